"""Paper set by typst: what people wrote stays text, nothing touches the disk, the same input gives the same bytes."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

import archive
from archive.core.errors import NotReady
from archive.desks.reading_room.watermark import find_font
from archive.web import typeset as setting
from archive.web.typeset import typeset

TEMPLATE = "#set page(width: 150mm, height: 80mm)\n#data.title\n\n#data.missing"
HOSTILE = '#eval("1+1") $x^2$ *粗* _斜_ = 题 @来源 <标> \\ // 注 /* 注 */ #import "@preview/x:1.0.0" `码` [块] #read("/etc/passwd")'


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_what_people_wrote_is_never_markup() -> None:
    assert "".join(HOSTILE.split()) in text_of(typeset(TEMPLATE, {"title": HOSTILE}))


def test_the_same_input_gives_the_same_bytes_without_a_time() -> None:
    pdf = typeset(TEMPLATE, {"title": "张三住院病案"})
    assert pdf == typeset(TEMPLATE, {"title": "张三住院病案"})
    assert b"CreationDate" not in pdf
    assert b"CreateDate" not in pdf


def test_other_data_gives_other_text() -> None:
    assert "李四" in text_of(typeset(TEMPLATE, {"title": "李四"}))
    assert "李四" not in text_of(typeset(TEMPLATE, {"title": "王五"}))


def test_two_printed_at_once_do_not_mix() -> None:
    names = [f"第{number}卷" for number in range(24)]
    with ThreadPoolExecutor(4) as hands:
        pdfs = list(hands.map(lambda name: typeset(TEMPLATE, {"title": name}), names))
    assert [text_of(pdf) for pdf in pdfs] == names


def test_a_character_without_a_sign_is_marked_and_named() -> None:
    lonely = "\U0003fffd"  # a place that Unicode has given to nothing
    words = text_of(typeset(TEMPLATE, {"title": f"张{lonely}丰", "rows": [{"name": f"{lonely}"}]}))
    assert "张〓丰" in words
    assert "U+3FFFD" in words
    assert lonely not in words


def test_spaces_and_controls_are_not_missing_characters() -> None:
    assert "〓" not in text_of(typeset(TEMPLATE, {"title": "张\u200b三\u3000李\t四\n王\ufe00五·—"}))


def test_a_chosen_font_comes_first() -> None:
    pdf = typeset(TEMPLATE, {"title": "病案"}, find_font(None))
    assert pdf == typeset(TEMPLATE, {"title": "病案"})
    assert b"WenQuanYi" in pdf or b"Noto" in pdf


def test_a_machine_without_chinese_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setting, "FAMILIES", ("No Such Family",))
    with pytest.raises(NotReady, match="No font with Chinese"):
        typeset(TEMPLATE, {"title": "病案"})


STRACE = ("/usr/bin/strace", "-f", "-e", "trace=openat,creat,mkdir,rename,connect", "-o")
WITNESS = "from archive.web.typeset import typeset; typeset({template!r}, {{'title': '绝密'}})"


@pytest.mark.long
def test_nothing_is_written_to_any_disk(tmp_path: Path) -> None:
    """The library is Rust: only the system's own calls tell what it opens."""
    seen = tmp_path / "calls"
    subprocess.run(
        [*STRACE, str(seen), sys.executable, "-B", "-c", WITNESS.format(template=TEMPLATE)],
        check=True,
        cwd=Path(archive.__file__).parent.parent,
        capture_output=True,
    )
    calls = seen.read_text().splitlines()
    assert any("typst" in call for call in calls)
    assert [
        call
        for call in calls
        if any(w in call for w in ("O_WRONLY", "O_RDWR", "O_CREAT", "creat(", "mkdir(", "connect("))
    ] == []
