"""The golden table of routes: what can be asked for by HTTP, and which actions each route may run."""

from archive.app import declared_routes
from archive.cli.server import web_application
from tests.architecture.regenerate import ROUTES, routes
from tests.architecture.test_operations import every_operation
from tests.cast import House

NOT_BY_HTTP = {"account:reset", "holding:define", "archive:backup", "archive:restore"}
"""What is done in the archive's own folder only."""

WORKERS = {
    "deposit:take",
    "deposit:accept",
    "deposit:refuse",
    "page:store",
    "page:index",
    "binding:reseal",
    "loan:expire",
}

KEEPERS = {"archive:sweep", "archive:check"}
"""What the worker's other half does, and the command line in the archive's folder."""


def test_the_routes_are_the_ones_that_were_reviewed(house: House) -> None:
    assert routes(house.archive) == ROUTES.read_text("utf-8"), (
        "changed on purpose? run: python -m tests.architecture.regenerate"
    )


def test_what_people_do_can_be_done_by_http_and_nothing_else_can(house: House) -> None:
    served = {
        str(operation.action)
        for _, _, declared in declared_routes(web_application(house.archive))
        for operation in declared.operations
    }
    performed = {str(operation.action) for operation in every_operation()}
    assert performed - served == NOT_BY_HTTP | WORKERS | KEEPERS
