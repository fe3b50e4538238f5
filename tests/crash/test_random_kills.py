"""Ten kills at random, of server, workers and reading programs. ``python -m bench.crash`` does two hundred."""

from pathlib import Path

import pytest

from tests.crash.kills import Plan, judged
from tests.crash.paper import ENGINE


@pytest.mark.long
def test_ten_random_kills_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    told, lines = judged(tmp_path, Plan(pages=24, kills=10, engine=ENGINE, seed=7), lambda _words: None)
    assert (told.killed.total(), sum(len(file.words) for file in told.files.values())) == (10, 24)
    assert told.checkpoints
    assert [line for line in lines if line.wrong] == []
