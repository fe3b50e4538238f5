"""The token of ``juanzong login``: one file that only its owner can read, and the client that carries it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from archive.core import errors
from archive.core.errors import ArchiveError, Invalid, NotReady, SignInNeeded

TIMEOUT = httpx.Timeout(60.0, connect=5.0)
LONG = httpx.Timeout(900.0, connect=5.0)


@dataclass(frozen=True)
class Login:
    server: str
    token: str


def token_file() -> Path:
    base = Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config"))
    return base / "juanzong" / "session.json"


def keep(login: Login) -> None:
    path = token_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"server": login.server, "token": login.token}, file)


def kept() -> Login:
    """Raises ``SignInNeeded``."""
    try:
        fields = json.loads(token_file().read_text())
        return Login(fields["server"], fields["token"])
    except (OSError, ValueError, KeyError) as error:
        raise SignInNeeded("You have not signed in on this machine.", "Run: juanzong login") from error


@dataclass(frozen=True)
class Client:
    """A small HTTP client for ``/api/v1``. Problems become errors of the closed family."""

    http: httpx.Client

    def get(self, path: str, **params: Any) -> Any:
        return self._ask("GET", path, params=params).json()

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        answer = self._ask("POST", path, json=body, headers=headers)
        return answer.json() if answer.content else None

    def post_and_wait(self, path: str) -> Any:
        """For an answer that takes the server long: it puts gigabytes together before it acknowledges."""
        return self._ask("POST", path, timeout=LONG).json()

    def put(self, path: str, body: Any) -> Any:
        answer = self._ask("PUT", path, json=body)
        return answer.json() if answer.content else None

    def send(self, path: str, content: Any, size: int, **params: Any) -> Any:
        """A raw body: a file on its way into the vault."""
        headers = {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
        return self._ask("PUT", path, content=content, params=params, headers=headers).json()

    def send_part(self, path: str, content: bytes, digest: str) -> None:
        self._ask("PUT", path, content=content, headers={"Content-Digest": digest})

    def load(self, path: str, *, method: str = "GET", **params: Any) -> bytes:
        return self._ask(method, path, params=params).content

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self.http.request(method, path, **options)
        except httpx.TransportError as error:
            raise NotReady(
                f"The server at {self.http.base_url} does not answer.",
                "Start it with ./start, or name another server.",
            ) from error
        if response.is_success:
            return response
        raise _problem(response)


def _problem(response: httpx.Response) -> ArchiveError:
    try:
        told = response.json()
        code, detail, remedy = told["code"], told["detail"], told["remedy"]
    except (ValueError, KeyError, TypeError):
        return NotReady(f"The server answered {response.status_code}.", "Look at the server's own messages.")
    if code == errors.Refused.code:
        return errors.Refused(str(told.get("rule", "")), detail, remedy)
    if code == errors.NotFound.code:
        return errors.NotFound()
    if code == Invalid.code:
        return Invalid(str(told.get("field", "")), detail, remedy)
    kinds = {kind.code: kind for kind in ArchiveError.__subclasses__()}
    return kinds.get(code, NotReady)(detail, remedy)


def connect(server: str, token: str | None = None) -> Client:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return Client(httpx.Client(base_url=server, headers=headers, timeout=TIMEOUT, trust_env=False))


def come_with_token(server: str, token: str) -> tuple[Login, str]:
    """For a program: a token that a person made for it, and whose it is. Raises ``SignInNeeded`` for one that is no longer good."""
    client = connect(server, token)
    with client.http:
        return Login(server, token), str(client.get("/api/v1/me")["name"])


def sign_in(server: str, login: str, password: str) -> Login:
    client = connect(server)
    with client.http:
        answer = client.post("/api/v1/sessions", {"login": login, "password": password})
    return Login(server, answer["token"])
