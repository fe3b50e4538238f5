"""The web application: routers in, one FastAPI out. It knows nothing of databases or modes."""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from archive.core.errors import NotFound
from archive.web import problems, texts
from archive.web.api_docs import described
from archive.web.entrance import Entrance
from archive.web.guarded import Declared, GuardedRouter, declared_by, public
from archive.web.headers import Frontage
from archive.web.preferences import Interpreter
from archive.web.render import Pages, page
from archive.web.sessions import Attendance

STATIC = Path(__file__).parent / "web" / "static"


def create_app(entrance: Entrance, routers: Sequence[GuardedRouter]) -> FastAPI:
    """``routers`` in the order of their menu entries. Raises ``UnguardedRoute`` if any route declares nothing."""
    app = FastAPI(
        title="Juanzong",
        version="0.1.0",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.entrance = entrance
    app.state.pages = Pages(
        [entry for router in routers for entry in router.menu],
        [waiting for router in routers for waiting in router.waiting],
    )
    problems.install(app)
    for router in (*routers, _own_routes()):
        app.include_router(router)
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC)), name="static")
    app.add_middleware(Attendance, entrance=entrance)
    app.add_middleware(Frontage, settings=entrance.settings)
    app.add_middleware(Interpreter, settings=entrance.settings)
    app.state.methods = _methods(app)
    app.openapi = cache(partial(described, app))  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    return app


def _methods(app: FastAPI) -> dict[str, set[str]]:
    """Path → what can be done there, for answers that name it. Raises ``UnguardedRoute``."""
    found: dict[str, set[str]] = {}
    for method, path, _ in declared_routes(app):
        found.setdefault(path, set()).add(method)
    return found


def _own_routes() -> GuardedRouter:
    router = GuardedRouter()

    @router.get("/api/v1/openapi.json", summary="This description")
    @public("describes the interface; holds nothing of the archive")
    def openapi(request: Request) -> JSONResponse:
        app: FastAPI = request.app
        return JSONResponse(app.openapi())

    @router.get("/problems/{code}")
    @public("explains an error code; holds nothing of the archive")
    def problem(request: Request, code: str) -> HTMLResponse:
        pair = texts.shown_code(code)
        if pair is None:
            raise NotFound
        return page(request, "problem.html", code=code, message=pair[0], remedy=pair[1])

    return router


def declared_routes(app: FastAPI) -> Iterator[tuple[str, str, Declared]]:
    """(method, path, what it declares) of every route. Raises ``UnguardedRoute``."""
    for path, methods, endpoint in _routes(app.routes):
        for method in sorted(methods - {"HEAD"}):
            yield method, path, declared_by(endpoint)


def _routes(routes: Sequence[Any]) -> Iterator[tuple[str, set[str], Any]]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _routes(included.routes)
        elif getattr(route, "path", None) != "/static":
            yield route.path, route.methods, getattr(route, "endpoint", None)


def routes_table(app: FastAPI) -> str:
    """Method, path and actions of every route, sorted by path: the golden table of ``tests/architecture``."""
    lines = sorted(
        ((path, method, declared) for method, path, declared in declared_routes(app)),
        key=lambda line: line[:2],
    )
    return "".join(
        f"{method:<6} {path:<48} {' '.join(declared.actions) or 'public: ' + declared.reason}\n"
        for path, method, declared in lines
    )
