"""Whatever a desk does in the browser, a program can do too: every act of a form is an act of a route of the interface."""

from archive.app import create_app, declared_routes
from archive.cli.server import ROUTERS
from archive.web.sessions import is_api
from tests.cast import House
from tests.web.conftest import entrance_to


def test_every_act_of_a_form_is_an_act_of_the_interface(house: House) -> None:
    routes = list(declared_routes(create_app(entrance_to(house.archive, []), ROUTERS)))
    served = {id(one) for _, path, it in routes if is_api(path) for one in it.operations}
    missing = {
        f"{method} {path}: {it.operations[0].action}"
        for method, path, it in routes
        if method == "POST" and not is_api(path) and it.operations and id(it.operations[0]) not in served
    }
    assert missing == set()
