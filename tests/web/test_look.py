"""The colours of the sheet: every one is a token, and text can be read on its ground in both themes."""

import re
from collections.abc import Iterator

import pytest

from archive.app import STATIC

SHEET = (STATIC / "juanzong.css").read_text("utf-8")
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\(")

TEXT = [  # (text, ground): 4.5 to 1 (WCAG 2.2, 1.4.3)
    *[
        (ink, ground)
        for ink in ("ink", "dim", "blue", "blue-deep")
        for ground in ("ground", "paper", "shade")
    ],
    *[(ink, ground) for ink in ("ink", "dim", "blue", "blue-deep") for ground in ("blue-pale", "chosen")],
    *[(state, f"{state}-pale") for state in ("good", "wait", "busy", "bad", "plain")],
    *[("ink", f"{state}-pale") for state in ("good", "wait", "busy", "bad", "plain", "drag")],
    ("bad", "paper"),
    ("bad", "blue-pale"),
    ("good", "paper"),
    ("wait", "paper"),
    ("button-ink", "button"),
    ("button-ink", "button-deep"),
    ("bar-ink", "bar-ground"),
    ("bar-dim", "bar-ground"),
    ("count-ink", "count"),
    ("hit-ink", "hit"),
]
SHAPES = [("edge", "paper"), ("edge", "ground"), ("blue", "paper"), ("drag", "ground"), ("hit-line", "sheet")]


def blocks() -> Iterator[tuple[str, dict[str, str]]]:
    for selector, body in re.findall(r"^ *(:root[^{,]*)\{([^}]*)\}", SHEET, re.MULTILINE):
        yield selector.strip(), dict(re.findall(r"--([a-z-]+): ([^;]+);", body))


TOKENS = dict(blocks())
LIGHT, DARK, BY_SYSTEM = TOKENS.values()
THEMES = {"light": LIGHT, "dark": {**LIGHT, **DARK}}


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_on_its_ground(theme: str) -> None:
    tokens = THEMES[theme]
    weak = {pair: round(contrast(tokens[pair[0]], tokens[pair[1]]), 2) for pair in TEXT}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_can_be_used_stands_out(theme: str) -> None:
    tokens = THEMES[theme]
    assert [pair for pair in SHAPES if contrast(tokens[pair[0]], tokens[pair[1]]) < 3] == []


def test_the_dark_theme_is_one_whether_the_person_or_her_system_chose_it() -> None:
    assert DARK == BY_SYSTEM
    sizes = {name for name in LIGHT if not HEX.match(LIGHT[name])}
    assert set(DARK) == set(LIGHT) - sizes


def test_no_sheet_names_a_colour_outside_the_tokens() -> None:
    for sheet in STATIC.glob("*.css"):
        rules = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        if sheet.name == "juanzong.css":
            rules = re.sub(r"--[a-z-]+: [^;]+;", "", rules)
        assert not HEX.findall(rules), sheet.name


def test_every_token_that_a_sheet_uses_exists() -> None:
    for sheet in STATIC.glob("*.css"):
        text, island = sheet.read_text("utf-8"), sheet.with_suffix(".js")
        own = set(re.findall(r"--([a-z-]+)", island.read_text("utf-8"))) if island.is_file() else set()
        own |= set(re.findall(r"--([a-z-]+):", text))
        assert set(re.findall(r"var\(--([a-z-]+)", text)) <= set(LIGHT) | own, sheet.name
