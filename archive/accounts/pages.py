"""The pages of signing in, the home page, accounts, roles and the own password."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from archive.accounts import operations, passwords
from archive.accounts.entering import change_own_password, sign_in
from archive.accounts.operations import NewAccount
from archive.accounts.to_dos import by_address, count_to_dos, roles_to_approve
from archive.core.access.actions import GRANTED_ROLES, Action
from archive.core.errors import Invalid, SignInRefused, TooManyAttempts
from archive.web import words
from archive.web.entrance import entrance_of
from archive.web.forms import VISITOR_COOKIE, Posted, PostedForm, VisitorForm, session_token
from archive.web.guarded import AnonymousDoor, Door, GuardedRouter, public, serves
from archive.web.language import N_, _
from archive.web.menu import MANAGE, MenuEntry, Waiting
from archive.web.preferences import keep
from archive.web.problems import status_of, with_retry
from archive.web.render import kinds_of_waiting, page, see_other
from archive.web.sessions import SESSION_COOKIE, cookie_token, give_cookie, take_cookie
from archive.web.signing_in import RESEND, Fields, kept_in, one_by_one, sign_in_page
from archive.web.texts import shown

router = GuardedRouter(
    menu=[
        MenuEntry(MANAGE, N_("账号"), "/accounts", Action.ACCOUNT_LIST, N_("新建和停用账号，查看所持角色")),
        MenuEntry(MANAGE, N_("角色审批"), "/roles", Action.ROLE_LIST, N_("批准管理员授予的角色")),
    ],
    waiting=[Waiting(N_("角色待批准"), "/roles", Action.ROLE_APPROVE, roles_to_approve)],
)


# --- signing in and out ----------------------------------------------------------------------------------------


@router.get("/sign-in")
@public("shows an empty form")
def sign_in_form(request: Request, next: str = "/") -> HTMLResponse:  # noqa: A002 - the name in the address
    return sign_in_page(request, target=local_path(next))


@router.post("/sign-in")
@serves(operations.check_password, operations.open_session)
def sign_in_by_form(request: Request, door: AnonymousDoor, form: VisitorForm) -> Response:
    target, resend, kept = local_path(form.secret("next")), form.secret(RESEND), kept_in(form)
    try:
        login, password = form.text("login"), form.secret("password")[: passwords.LONGEST + 1]
        opened = sign_in(request, door, login=login, password=password, kind="browser")
    except (SignInRefused, TooManyAttempts, Invalid) as error:
        again = sign_in_page(
            request,
            status=status_of(error),
            target=target,
            login=form.secret("login")[: passwords.LONGEST],
            trouble=shown(error),
            resend=resend,
            kept=kept,
        )
        return with_retry(again, error)
    if kept and local_path(resend) == resend and _is_hers(request, opened.token):
        answer = _resume_page(request, opened.token, resend, kept)
    else:
        answer = see_other(request, target)
    give_cookie(answer, entrance_of(request), SESSION_COOKIE, opened.token)
    take_cookie(answer, entrance_of(request), VISITOR_COOKIE)
    keep(answer, entrance_of(request), language=opened.language, theme=opened.theme)
    return answer


@router.post("/sign-out")
@serves(operations.close_session)
def sign_out(request: Request, door: Door, _form: PostedForm) -> Response:
    door.run(operations.close_session, None)
    answer = see_other(request, "/sign-in", notice=_("您已退出。"))
    take_cookie(answer, entrance_of(request), SESSION_COOKIE)
    return answer


def local_path(target: str) -> str:
    """An address of this archive, or the home page: after signing in nobody is sent elsewhere."""
    is_local = target.startswith("/") and not target.startswith("//")
    plain = target.isprintable() and "\\" not in target
    return target if is_local and plain else "/"


def _is_hers(request: Request, token: str) -> bool:
    """What somebody typed waits for herself only: whoever else signs in at this screen is not shown it."""
    entrance, ended = entrance_of(request), cookie_token(request)
    person = entrance.person(token)
    return ended is not None and person is not None and entrance.is_hers(ended, person.login)


def _resume_page(request: Request, token: str, resend: str, kept: Fields) -> Response:
    """The form that was sent after its session had ended, with one button: she sends it, or leaves it."""
    entrance = entrance_of(request)
    return page(
        request,
        "accounts/resume.html",
        person=entrance.person(token),
        csrf=session_token(entrance, token),
        resend=resend,
        kept=one_by_one(kept),
    )


# --- whether a session lasts -----------------------------------------------------------------------------------


@router.get("/signed-in")
@public("tells a browser whether its own session lasts; holds nothing of the archive")
def signed_in(request: Request) -> Response:
    """Asked before a form is sent. A page of another origin cannot read the answer."""
    entrance, token = entrance_of(request), cookie_token(request)
    person = None if token is None else entrance.person(token)
    if token is None or person is None:
        return JSONResponse({"login": None})
    return JSONResponse({"login": person.login, "csrf": session_token(entrance, token)})


# --- home ------------------------------------------------------------------------------------------------------


@router.get("/")
@serves(count_to_dos)
def home(request: Request, door: Door) -> HTMLResponse:
    waiting = door.run(count_to_dos, None, kinds_of_waiting(request)).value
    return page(request, "accounts/home.html", counts=by_address(waiting))


# --- accounts --------------------------------------------------------------------------------------------------


@router.get("/accounts")
@serves(operations.list_accounts, operations.list_units)
def accounts(request: Request, door: Door) -> HTMLResponse:
    return _accounts_page(request, door)


@router.post("/accounts")
@serves(operations.create_account, operations.list_accounts, operations.list_units)
def create_account(request: Request, door: Door, form: PostedForm) -> HTMLResponse:
    """The password that was made up stands on the answer, and nowhere else."""
    password = passwords.new_password()
    try:
        login, name, unit = form.text("login"), form.text("name"), form.text("unit")
        door.run(operations.create_account, None, NewAccount(login, name, unit, form.text("role"), password))
    except Invalid as error:
        return _accounts_page(request, door, form=form, error=error)
    return _accounts_page(request, door, made=(login, password))


def _accounts_page(
    request: Request,
    door: Door,
    *,
    made: tuple[str, str] | None = None,
    form: Posted | None = None,
    error: Invalid | None = None,
) -> HTMLResponse:
    return page(
        request,
        "accounts/accounts.html",
        status=200 if error is None else status_of(error),
        accounts=door.run(operations.list_accounts, None).value,
        units=door.run(operations.list_units, None).value,
        roles=[(role, words.word(role, "role")) for role in GRANTED_ROLES],
        made=made,
        given={
            name: (form.optional(name) if form else None) or "" for name in ("login", "name", "unit", "role")
        },
        error=error,
    )


@router.post("/accounts/{uid}/close")
@serves(operations.close_account)
def close_account(request: Request, door: Door, uid: UUID, _form: PostedForm) -> Response:
    door.run(operations.close_account, uid)
    return see_other(request, "/accounts", notice=_("账号已停用，其登录和授权已全部终止。"))


# --- roles -----------------------------------------------------------------------------------------------------


@router.get("/roles")
@serves(operations.list_waiting_roles)
def roles(request: Request, door: Door) -> HTMLResponse:
    return page(request, "accounts/roles.html", waiting=door.run(operations.list_waiting_roles, None).value)


@router.post("/roles/{uid}/approve")
@serves(operations.approve_role)
def approve_role(request: Request, door: Door, uid: UUID, _form: PostedForm) -> Response:
    door.run(operations.approve_role, uid)
    return see_other(request, "/roles", notice=_("角色已批准，即时生效。"))


# --- own password ----------------------------------------------------------------------------------------------


@router.get("/password")
@serves(operations.show_home)
def password_form(request: Request, door: Door) -> HTMLResponse:
    door.run(operations.show_home, None)
    return page(request, "accounts/password.html", error=None)


@router.post("/password")
@serves(operations.change_password)
def change_password(request: Request, door: Door, form: PostedForm) -> Response:
    try:
        change_own_password(request, door, old=form.secret("old"), new=_typed_twice(form))
    except (SignInRefused, TooManyAttempts, Invalid) as error:
        refused = page(request, "accounts/password.html", status=status_of(error), error=error)
        return with_retry(refused, error)
    return see_other(request, "/", notice=_("密码已修改，其他设备上的登录已终止。"))


def _typed_twice(form: Posted) -> str:
    new = form.secret("new")
    if new != form.secret("again"):
        raise Invalid("again", "The new password was not typed the same twice.", "Type it again.")
    return new
