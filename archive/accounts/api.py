"""Sessions, accounts and roles for programs."""

from datetime import datetime
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from archive.accounts import operations, passwords
from archive.accounts.entering import change_own_password, sign_in
from archive.accounts.operations import NewAccount
from archive.web.entrance import entrance_of
from archive.web.guarded import AnonymousDoor, Door, GuardedRouter, serves
from archive.web.sessions import bearer_token

router = GuardedRouter()


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Credentials(Body):
    login: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=passwords.LONGEST)


class NewAccountBody(Body):
    """Without a password the archive makes one up and answers with it, once."""

    login: str = Field(max_length=64, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    name: str = Field(max_length=100)
    unit: str = Field(min_length=1, max_length=64)
    role: str
    password: str | None = Field(default=None, max_length=passwords.LONGEST)


class SessionMade(BaseModel):
    token: str
    until: datetime


class AccountMade(BaseModel):
    uid: UUID
    password: str | None


class RoleHeld(BaseModel):
    role: str
    approved: bool


class AccountShown(BaseModel):
    uid: UUID
    login: str
    name: str
    unit: str
    state: str
    roles: list[RoleHeld]


class PasswordBody(Body):
    old: str = Field(min_length=1, max_length=passwords.LONGEST)
    new: str = Field(min_length=passwords.SHORTEST, max_length=passwords.LONGEST)


class RoleWaitingShown(BaseModel):
    """``ready``: the holder has chosen a password of her own; before that nobody can approve."""

    uid: UUID
    account: str
    role: str
    unit: str
    ready: bool


class Me(BaseModel):
    """``may`` holds the actions for which any rule exists; what they reach is decided at each request."""

    name: str
    unit: str
    may: list[str]


@router.post("/api/v1/sessions", status_code=201)
@serves(operations.check_password, operations.open_session)
def open_session(request: Request, door: AnonymousDoor, body: Credentials) -> SessionMade:
    opened = sign_in(request, door, login=body.login, password=body.password, kind="api")
    return SessionMade(token=opened.token, until=opened.until)


@router.delete("/api/v1/sessions/current", status_code=204)
@serves(operations.close_session)
def close_session(door: Door) -> Response:
    door.run(operations.close_session, None)
    return Response(status_code=204)


@router.get("/api/v1/me")
@serves(operations.show_home)
def me(request: Request, door: Door) -> Me:
    may = door.run(operations.show_home, None).value
    person = entrance_of(request).person(bearer_token(request) or "")
    return Me(name=person.name if person else "", unit=person.unit if person else "", may=list(may))


@router.put("/api/v1/me/password", status_code=204)
@serves(operations.change_password)
def change_password(request: Request, door: Door, body: PasswordBody) -> Response:
    """Every other session of the account ends."""
    change_own_password(request, door, old=body.old, new=body.new)
    return Response(status_code=204)


@router.get("/api/v1/accounts")
@serves(operations.list_accounts)
def list_accounts(door: Door) -> list[AccountShown]:
    return [
        AccountShown(
            uid=seen.uid,
            login=seen.login,
            name=seen.name,
            unit=seen.unit,
            state=seen.state,
            roles=[RoleHeld(role=role, approved=approved) for role, approved in seen.roles],
        )
        for seen in door.run(operations.list_accounts, None).value
    ]


@router.post("/api/v1/accounts", status_code=201)
@serves(operations.create_account)
def create_account(door: Door, body: NewAccountBody) -> AccountMade:
    made_up = None if body.password else passwords.new_password()
    new = NewAccount(body.login, body.name, body.unit, body.role, body.password or made_up or "")
    return AccountMade(uid=door.run(operations.create_account, None, new).value, password=made_up)


@router.post("/api/v1/accounts/{uid}/close", status_code=204)
@serves(operations.close_account)
def close_account(door: Door, uid: UUID) -> Response:
    door.run(operations.close_account, uid)
    return Response(status_code=204)


@router.get("/api/v1/roles/waiting")
@serves(operations.list_waiting_roles)
def list_waiting_roles(door: Door) -> list[RoleWaitingShown]:
    waiting = door.run(operations.list_waiting_roles, None).value
    return [
        RoleWaitingShown(uid=r.uid, account=r.account, role=r.role, unit=r.unit, ready=r.ready)
        for r in waiting
    ]


@router.post("/api/v1/roles/{uid}/approve", status_code=204)
@serves(operations.approve_role)
def approve_role(door: Door, uid: UUID) -> Response:
    door.run(operations.approve_role, uid)
    return Response(status_code=204)
