"""API tokens for programs that a person signed in with her password; a token makes no token."""

from datetime import datetime
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from archive.accounts import tokens
from archive.web.guarded import Door, GuardedRouter, serves

router = GuardedRouter()


class NewTokenBody(BaseModel):
    """``role`` is one of your own; ``days`` says how long the token lives."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=tokens.LONGEST_NAME)
    role: str = Field(min_length=1, max_length=64)
    days: StrictInt = Field(default=tokens.USUAL_DAYS, ge=1, le=tokens.MOST_DAYS)


class TokenMade(BaseModel):
    """``token`` is shown here and never again."""

    uid: UUID
    token: str
    until: datetime


class TokenShown(BaseModel):
    """``works`` is false when the role has ended."""

    uid: UUID
    name: str
    role: str
    created_at: datetime
    until: datetime
    used_at: datetime | None
    works: bool


@router.get("/api/v1/tokens")
@serves(tokens.list_tokens)
def list_tokens(door: Door) -> list[TokenShown]:
    """Your own; without those that were revoked or have run out."""
    return [
        TokenShown(
            uid=seen.uid,
            name=seen.name,
            role=seen.role,
            created_at=seen.created_at,
            until=seen.until,
            used_at=seen.used_at,
            works=seen.works,
        )
        for seen in door.run(tokens.list_tokens, None).value.tokens
    ]


@router.post("/api/v1/tokens", status_code=201)
@serves(tokens.make_token)
def make_token(door: Door, body: NewTokenBody) -> TokenMade:
    made = door.run(tokens.make_token, None, tokens.NewToken(body.name, body.role, body.days)).value
    return TokenMade(uid=made.uid, token=made.token, until=made.until)


@router.delete("/api/v1/tokens/{uid}", status_code=204)
@serves(tokens.revoke_token)
def revoke_token(door: Door, uid: UUID) -> Response:
    """It stops working at once."""
    door.run(tokens.revoke_token, uid)
    return Response(status_code=204)
