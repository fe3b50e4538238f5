"""A route cannot be forgotten, and cannot do more than it says."""

from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from archive.app import routes_table
from archive.core.access.actions import Action
from archive.core.access.policy import Target
from archive.core.gate import Found, Look, Work, operation, place
from archive.web.guarded import Door, GuardedRouter, UnguardedRoute, public, serves
from tests.web.conftest import Site, outcomes

HERE_BUT_HIDDEN = UUID(int=5)


@operation(Action.HOME_SHOW, on=place("desk"), reads=True)
def look_around(work: Work, _place: None) -> str:
    return work.actor.name


@operation(Action.HOME_SHOW, on=place("desk"))
def move_things(work: Work, _place: None) -> None:
    work.touch("desk")


def _item(_look: Look, uid: UUID) -> Found[None] | None:
    """Exists under one uid; nobody of the tests reaches T5."""
    return (
        Found(Target("item", uid=uid, tier=5, state="archived", guarded=True), None)
        if uid == HERE_BUT_HIDDEN
        else None
    )


@operation(Action.ITEM_SHOW, on=_item, reads=True)
def show_item(_work: Work, _it: None) -> str:
    return "a secret"


def desk() -> GuardedRouter:
    router = GuardedRouter()

    @router.get("/api/v1/desk")
    @serves(look_around)
    def honest(door: Door) -> str:
        return door.run(look_around, None).value

    @router.get("/api/v1/desk/more")
    @serves(look_around)
    def does_more_than_it_says(door: Door) -> str:
        door.run(move_things, None)
        return "moved"

    @router.get("/api/v1/items/{uid}")
    @serves(show_item)
    def item(door: Door, uid: UUID) -> str:
        return door.run(show_item, uid).value

    @router.get("/items/{uid}")
    @serves(show_item)
    def item_page(door: Door, uid: UUID) -> Response:
        return PlainTextResponse(door.run(show_item, uid).value)

    return router


def test_a_route_that_declares_nothing_does_not_register() -> None:
    router = GuardedRouter()
    with pytest.raises(UnguardedRoute):

        @router.get("/forgotten")
        def forgotten() -> str:
            return "open to everybody"


def test_a_public_route_says_why() -> None:
    with pytest.raises(UnguardedRoute):
        public("  ")


@pytest.mark.parametrize("way", ["add_route", "add_websocket_route", "add_api_websocket_route", "mount"])
def test_there_is_no_other_way_in(way: str) -> None:
    with pytest.raises(UnguardedRoute):
        getattr(GuardedRouter(), way)("/side-door", lambda _: None)


def test_a_plain_router_is_not_included() -> None:
    with pytest.raises(UnguardedRoute):
        GuardedRouter().include_router(APIRouter())


def test_an_application_with_a_plain_router_does_not_start(serve: Callable[..., Site]) -> None:
    plain = APIRouter()

    @plain.get("/forgotten")
    def forgotten() -> str:
        return "open to everybody"

    plain.menu = ()  # type: ignore[attr-defined]  # dressed up as a guarded one
    plain.waiting = ()  # type: ignore[attr-defined]  # dressed up as a guarded one
    with pytest.raises(UnguardedRoute):
        serve(plain)


def test_a_route_runs_what_it_declares(serve: Callable[..., Site]) -> None:
    assert serve(desk()).by_program("wang").get("/api/v1/desk").json() == "Wang"


def test_a_route_that_runs_another_operation_is_refused_and_does_nothing(serve: Callable[..., Site]) -> None:
    site = serve(desk())
    program = site.by_program("wang")
    before = len(site.log())
    assert program.get("/api/v1/desk/more").status_code == 500
    assert len(site.log()) == before


def test_without_a_session_a_route_is_closed_and_the_log_says_so(serve: Callable[..., Site]) -> None:
    site = serve(desk())
    assert site.client().get("/api/v1/desk").status_code == 401
    assert outcomes(site.log()[:1]) == [("home:show", "failed: SignInNeeded")]


def test_hidden_is_answered_with_the_bytes_of_not_found(serve: Callable[..., Site]) -> None:
    site = serve(desk())
    program, browser = site.by_program("wang"), site.at_browser("wang")
    for client, path in ((program, "/api/v1/items"), (browser, "/items")):
        hidden = client.get(f"{path}/{HERE_BUT_HIDDEN}")
        unknown = client.get(f"{path}/{UUID(int=6)}")
        nowhere = client.get(f"{path}/not-even-an-identifier")
        assert hidden.status_code == unknown.status_code == nowhere.status_code == 404
        assert hidden.content == unknown.content == nowhere.content
        assert _without_request(hidden.headers) == _without_request(unknown.headers)


def _without_request(headers: object) -> dict[str, str]:
    return {k: v for k, v in dict(headers).items() if k not in {"x-request-id", "date"}}  # type: ignore[call-overload]  # httpx headers


def test_hidden_is_logged_with_its_target(serve: Callable[..., Site]) -> None:
    site = serve(desk())
    site.by_program("wang").get(f"/api/v1/items/{HERE_BUT_HIDDEN}")
    newest = site.log()[0]
    assert (newest.outcome, newest.target) == ("denied", f"item:{HERE_BUT_HIDDEN}")


def test_the_description_of_the_interface_names_each_route_s_actions(site: Site) -> None:
    described = site.client().get("/api/v1/openapi.json").json()
    assert described["paths"]["/api/v1/sessions"]["post"]["x-action"] == ["session:check", "session:open"]
    assert all(path.startswith("/api/") for path in described["paths"])


def test_the_table_of_routes_names_method_path_and_actions(site: Site) -> None:
    table = routes_table(site.app)
    assert "GET    /                                                home:show\n" in table
    assert "public: shows an empty form" in table
    assert [line.split()[1] for line in table.splitlines()] == sorted(
        line.split()[1] for line in table.splitlines()
    )
