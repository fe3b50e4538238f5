"""The interface is what its description says: schemathesis asks every route what it promises and what it forbids."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.server import ROUTERS
from tests.cast import House
from tests.web.visiting import Visitors, visiting

HERE = Path(__file__).parent
OWN_SESSION = "/api/v1/sessions/current"
"""Whoever asks there is signed out, so it is asked with a session of its own."""


@pytest.fixture
def web(house: House, tmp_path: Path) -> Iterator[Visitors]:
    house.archived_item(tier=1, texts=["封面", "傷者陳怡君主訴頸部疼痛"])
    house.draft_item()
    with visiting(house, tmp_path / "scratch", ROUTERS) as visitors:
        yield visitors


def keeps_its_word(web: Visitors, token: str | None, *options: str) -> None:
    """Fails with what schemathesis found."""
    done = subprocess.run(
        [
            *(
                Path(sys.executable).with_name("st"),
                "--config-file",
                HERE / "schemathesis.toml",
                "--no-color",
            ),
            *("run", f"{web.address}/api/v1/openapi.json", "--checks", "all", "--warnings", "off"),
            *("--generation-deterministic", "--continue-on-failure"),
            *("-H", f"Authorization: Bearer {token}", *options),
        ],
        cwd=web.scratch,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_route_answers_what_its_description_does_not_say(web: Visitors) -> None:
    options = ("--phases", "fuzzing", "-n", "1", "--exclude-path", OWN_SESSION)
    keeps_its_word(web, web.house.archivist.token, *options)
