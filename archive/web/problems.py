"""Errors on their way out: RFC 9457 problems to programs, pages with a way on to people.

A thing that does not exist and a thing that the asker may not know of are answered with the same bytes.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from archive.core import errors
from archive.core.errors import ArchiveError
from archive.web import texts
from archive.web.render import bare_page, page
from archive.web.sessions import is_api
from archive.web.signing_in import page_that_keeps

STATUS: dict[type[ArchiveError], int] = {
    errors.ArchiveError: 500,
    errors.NotFound: 404,
    errors.Refused: 403,
    errors.SignInNeeded: 401,
    errors.SignInRefused: 401,
    errors.TooManyAttempts: 429,
    errors.ForgedForm: 403,
    errors.Invalid: 422,
    errors.Stale: 409,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.UploadCut: 400,
    errors.PermitRefused: 403,
    errors.Altered: 500,
    errors.ObjectMissing: 500,
    errors.StoreFull: 507,
    errors.StoreUnavailable: 503,
    errors.KeyUnavailable: 503,
    errors.KeyDestroyed: 410,
    errors.DatabaseUnavailable: 503,
    errors.SearchUnavailable: 503,
    errors.SandboxUnavailable: 503,
    errors.ScannerUnavailable: 503,
    errors.LeaseLost: 409,
    errors.LogAltered: 500,
    errors.NotReady: 503,
}

_TITLES = {
    400: "Bad request",
    401: "Sign in",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Too large",
    422: "Invalid",
    429: "Too many attempts",
    500: "Fault",
    503: "Unavailable",
    507: "Storage full",
}

RETRY_AFTER_SECONDS = 900
PASSING = (errors.DatabaseUnavailable, errors.StoreUnavailable, errors.SearchUnavailable)
PASSING_SECONDS = 30
"""What may be over soon: a busy lock, a disk that comes back. A full disk needs somebody to make room."""

MEDIA_TYPE = "application/problem+json"


def install(app: FastAPI) -> None:
    app.add_exception_handler(ArchiveError, _archive_error)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http_error)


def status_of(error: ArchiveError) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def answer(request: Request, error: ArchiveError, *, status: int | None = None) -> Response:
    """The problem or the page for an error. A page that needs a sign-in goes to the sign-in form instead."""
    status = status or status_of(error)
    if is_api(request.url.path):
        return _problem(error, status)
    if isinstance(error, errors.SignInNeeded) and not _is_fragment(request):
        return page_that_keeps(request) or RedirectResponse(_sign_in_address(request), 303)
    return _error_page(request, error, status)


def _is_fragment(request: Request) -> bool:
    """Asked by a script of a page, which shows the error in place: a sign-in form would land in the middle of it."""
    return "hx-request" in request.headers


def problem_type(code: str) -> str:
    """Resolves, on this archive, to a page that explains the code."""
    return f"/problems/{code}"


def _problem(error: ArchiveError, status: int) -> JSONResponse:
    body: dict[str, Any] = {
        "type": problem_type(error.code),
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": error.message,
        "code": error.code,
        "remedy": error.remedy,
    }
    if isinstance(error, errors.Refused):
        body["rule"] = error.rule
    if isinstance(error, errors.Invalid):
        body["field"] = error.field
    return JSONResponse(body, status, media_type=MEDIA_TYPE, headers=dict(_headers(error)))


def _headers(error: ArchiveError) -> Mapping[str, str]:
    if isinstance(error, errors.SignInNeeded | errors.SignInRefused):
        return {"WWW-Authenticate": "Bearer"}
    seconds = _retry_after(error)
    return {} if seconds is None else {"Retry-After": str(seconds)}


def _retry_after(error: ArchiveError) -> int | None:
    if isinstance(error, errors.TooManyAttempts):
        return RETRY_AFTER_SECONDS
    return PASSING_SECONDS if isinstance(error, PASSING) else None


def _error_page(request: Request, error: ArchiveError, status: int) -> Response:
    message, remedy = texts.shown(error)
    frame = page if status < 500 else bare_page
    shown = frame(
        request, "error.html", status=status, message=message, remedy=remedy, error=error, request_id=""
    )
    return with_retry(shown, error)


def with_retry(response: Response, error: ArchiveError) -> Response:
    """Tells a throttled client, and one that met a passing fault, when to come back."""
    seconds = _retry_after(error)
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


def fault(request: Request, request_id: str) -> Response:
    """For what nobody foresaw: says nothing about it, except the number under which it was logged."""
    unforeseen = ArchiveError(
        "Something unforeseen happened; it was logged.",
        f"Try again; if it stays, report request {request_id}.",
    )
    if is_api(request.url.path):
        return _problem(unforeseen, 500)
    message, remedy = texts.shown(unforeseen)
    return bare_page(
        request,
        "error.html",
        status=500,
        message=message,
        remedy=remedy,
        error=unforeseen,
        request_id=request_id,
    )


def _sign_in_address(request: Request) -> str:
    if request.method != "GET" or request.url.path == "/":
        return "/sign-in"
    query = f"?{request.url.query}" if request.url.query else ""
    return "/sign-in?" + urlencode({"next": request.url.path + query})


# --- handlers: plain functions, run in a worker thread ---------------------------------------------------------


def _archive_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ArchiveError)
    return answer(request, error)


def _not_valid(request: Request, error: Exception) -> Response:
    """FastAPI's own answer repeats what was sent, passwords included; ours names the field only."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place, *rest = [str(part) for part in first["loc"]]
    if place == "path":
        return answer(request, errors.NotFound())
    field = ".".join(rest) or place
    return answer(
        request, errors.Invalid(field, f"{field}: {first['msg']}.", "Correct this value and send it again.")
    )


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return answer(request, errors.NotFound())
    if error.status_code == 413:
        return answer(request, errors.TooLarge("The request is too large.", "Send less at once."))
    refusal = errors.Invalid(
        "request", "This cannot be done at this address.", "Use the pages, or see /api/v1/openapi.json."
    )
    response = answer(request, refusal, status=error.status_code)
    response.headers.update(error.headers or {})
    if error.status_code == 405:
        response.headers["Allow"] = _methods_here(request)
    return response


def _methods_here(request: Request) -> str:
    """All of the address. The router names those of the first route that fits."""
    path = request.scope["route"].path_format
    return ", ".join(sorted(request.app.state.methods.get(path, ())))
