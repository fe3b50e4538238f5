"""``juanzong login``: with a password, or with a token that a person made for a program."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from archive.__main__ import app
from archive.accounts.tokens import NewToken, make_token, revoke_token
from archive.cli.server import ROUTERS
from archive.cli.session import connect, kept, token_file
from tests.cast import PASSWORD, House
from tests.web.visiting import Visitors, visiting


@pytest.fixture
def web(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitors]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


def login(web: Visitors, *words: str) -> Result:
    return CliRunner().invoke(app, ["login", "--server", web.address, *words])


def file_with(folder: Path, secret: str) -> str:
    file = folder / "secret"
    file.write_text(f"{secret}\n")
    return str(file)


def token(web: Visitors) -> str:
    gate = web.house.gate_of(web.house.handler, make_token, revoke_token)
    made = gate.run(make_token, None, NewToken("夜间任务", "claims_handler")).value
    return made.token


def test_a_token_from_a_file_signs_in_whoever_made_it(web: Visitors, tmp_path: Path) -> None:
    made = token(web)
    done = login(web, "--token-file", file_with(tmp_path, made))
    assert (done.exit_code, kept().token) == (0, made)
    assert stat.S_IMODE(token_file().stat().st_mode) == 0o600


def test_with_it_programs_do_what_people_do(web: Visitors, tmp_path: Path) -> None:
    login(web, "--token-file", file_with(tmp_path, token(web)))
    client = connect(kept().server, kept().token)
    with client.http:
        assert client.get("/api/v1/search", q="医疗")["items"] == []
    assert web.house.log()[-1].actor == web.house.handler.label


def test_a_token_that_opens_nothing_is_refused_and_not_kept(web: Visitors, tmp_path: Path) -> None:
    assert login(web, "--token-file", file_with(tmp_path, "jz_nothing")).exit_code == 3
    assert not token_file().exists()


def test_a_file_that_is_not_there_is_told(web: Visitors, tmp_path: Path) -> None:
    assert login(web, "--token-file", str(tmp_path / "nowhere")).exit_code == 6


def test_without_name_and_token_nobody_signs_in(web: Visitors) -> None:
    assert login(web).exit_code == 2


def test_a_name_and_a_password_still_do(web: Visitors, tmp_path: Path) -> None:
    assert login(web, "handler", "--password-file", file_with(tmp_path, PASSWORD)).exit_code == 0
