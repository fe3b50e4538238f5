"""Whatever is typed: it is parsed, the index answers it, and hits are marked in any text, without a complaint."""

from functools import cache

from search.fts5 import Fts5Index
from search.highlight import snippets, spans
from search.query import MOST_TERMS, parse
from tests.fuzz.edits import edited
from tests.fuzz.harness import Harness, scratch
from tests.search.support import EVERYTHING, SENTENCES, keyed, row

PAGE = " ".join(sentence for pair in SENTENCES for sentence in pair)
SAMPLES = [
    query.encode()
    for query in (
        '张伟 "腰椎 骨折" OR 高血压 -青霉素',
        "「維生素B12」|500μg NOT ward*",
        "CLM2024-0012345678 074514 或 ０７４",
        "body : NEAR(a b, 5) ^ {about} + * '; DROP TABLE m; --",
        PAGE[:200],
    )
]
WORDS = [
    word.encode("utf-8", "surrogatepass")
    for word in (
        *(
            '"',
            "“",
            "”",
            "「",
            "」",
            "*",
            "＊",
            "-",
            "－",
            "|",
            "｜",
            " OR ",
            " 或 ",
            " NOT ",
            " 非 ",
            " AND ",
            "NEAR(",
        ),
        *(
            "\0",
            "\ud800",
            "\u200b",
            "\u202e",
            "\u3000",
            "🙂",
            "ﬁ",
            "İ",
            "ß",
            "㍿",
            "\U000e0100",
            "e\u0301",
            "ⅷ",
            "①",
            "٣",
        ),
    )
]


@cache
def _index() -> Fts5Index:
    index = Fts5Index(keyed(scratch() / "search.db"))
    index.put(1, [row(1, body=PAGE)], 1)
    return index


def check(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    query = parse(text)
    assert query == parse(text)
    assert query.is_empty == (not query.wanted)
    assert query.tree or query.notes
    assert len(query.wanted) <= MOST_TERMS
    for page in (PAGE, text):
        hits = spans(page, query)
        assert all(0 <= start < end <= len(page) for start, end in hits)
        snippets(page, query)
    found = _index().find(query, EVERYTHING, EVERYTHING, restricted=False, limit=10)
    assert not (query.is_empty and found.hits)


HARNESS = Harness(edited(SAMPLES, WORDS), check)
