"""Phrase search equals a substring scan of the folded text, on the printed pages of the demonstration, in both scripts."""

import random
import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from opencc import OpenCC

from demo.layout import lay_out
from demo.marks import printed_text
from demo.texts import inpatient, memo, motor_claim, policy
from search.analysis import fold
from search.fts5 import Fts5Index
from search.index import Index
from search.query import parse
from tests.search.support import EVERYTHING, keyed, row

FORMS = (
    motor_claim.CLAIM_FORM,
    motor_claim.SURVEY,
    motor_claim.SETTLEMENT,
    motor_claim.MEDICAL_BILL,
    inpatient.FRONT_SHEET,
    inpatient.ADMISSION,
    inpatient.DISCHARGE,
    inpatient.ORDERS,
    inpatient.LAB_REPORT,
    policy.SCHEDULE,
    policy.CONDITIONS,
    memo.MEMO,
)
TEXTS = tuple(printed_text(lay_out(form)) for form in FORMS)
PHRASES = 500
LONGEST = 12

HAN = r"[\u3400-\u9fff]"
_BETWEEN_HAN = re.compile(rf"(?<={HAN})\s+(?={HAN})")
SCRIPTS = {"simplified": OpenCC("t2s"), "traditional": OpenCC("s2t")}


def scanned(text: str) -> str:
    """What the rule says a phrase is looked for in: the folded text, line ends inside a sentence taken out."""
    return _BETWEEN_HAN.sub("", fold(text).text)


def phrases(seed: int) -> list[str]:
    """Stretches of Han characters as they were printed, from anywhere on any page."""
    chance = random.Random(seed)
    runs = [run for text in TEXTS for run in re.findall(rf"{HAN}+", text)]
    return [_piece(chance, chance.choice(runs)) for _ in range(PHRASES)]


def _piece(chance: random.Random, run: str) -> str:
    start = chance.randrange(len(run))
    return run[start : start + chance.randint(1, LONGEST)]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fts5Index]:
    with closing(Fts5Index(keyed(tmp_path_factory.mktemp("phrases") / "search.db"))) as index:
        for item, text in enumerate(TEXTS, start=1):
            index.put(item, [row(item, 1, body=text)], version=1)
        yield index


def pages_found(index: Index, phrase: str) -> set[int]:
    answer = index.find(parse(f'"{phrase}"'), EVERYTHING, EVERYTHING, restricted=True, limit=100)
    return {hit.item_id for hit in answer.hits}


def pages_scanned(phrase: str) -> set[int]:
    wanted = scanned(phrase)
    return {item for item, text in enumerate(TEXTS, start=1) if wanted in scanned(text)}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_phrase_finds_the_pages_on_which_a_scan_finds_it(index: Index, script: str) -> None:
    typed = [SCRIPTS[script].convert(phrase) for phrase in phrases(seed=8)]
    differing = [phrase for phrase in typed if pages_found(index, phrase) != pages_scanned(phrase)]
    assert differing == []


def test_the_phrases_lie_on_pages_of_both_scripts_and_some_on_more_than_one() -> None:
    found = [pages_scanned(phrase) for phrase in phrases(seed=8)]
    assert all(found)
    assert set().union(*found) == set(range(1, len(TEXTS) + 1))
    assert any(len(pages) > 1 for pages in found)


def test_a_phrase_of_one_script_is_found_on_pages_of_the_other(index: Index) -> None:
    both = {form.script for form in FORMS}
    assert both == {"hans", "hant"}
    pages = pages_found(index, SCRIPTS["simplified"].convert("理賠"))
    assert {FORMS[page - 1].script for page in pages} == both
