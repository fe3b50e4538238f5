"""Runs under a filter like Docker's default profile, chooses a launcher there, and reads a page through it.

Arguments: what is forbidden (`namespaces`, `landlock`, joined by a comma), then the launchers that are allowed. Docker answers EPERM to what makes or enters namespaces and mounts, and ENOSYS to clone3. The numbers stand here once
more, so that a wrong one in the product is found.
"""

from __future__ import annotations

import ctypes
import errno
import json
import logging
import sys

from ocr.launchers import LauncherUnavailable, choose_launcher, refusal_of_bwrap, walls_of
from ocr.sandbox import Limits, launch
from ocr.seccomp import Refused, RefusedWhen, Rule, install
from tests.ocr import drawing

NAMESPACES = 0x7E020000
NO_NEW_PRIVS = 38
FORBIDDEN = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "open_tree": (428, 428),
    "bpf": (321, 280),
    "keyctl": (250, 219),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
LANDLOCK = (444, 444)


def forbid(what: list[str]) -> None:
    ctypes.CDLL(None).prctl(NO_NEW_PRIVS, 1, 0, 0, 0)
    rules: list[Rule] = []
    if "namespaces" in what:
        rules += [Refused(number) for number in FORBIDDEN.values()]
        rules += [Refused((435, 435), errno.ENOSYS)]
        rules += [RefusedWhen((56, 220), 0, (0,), mask=NAMESPACES, unless=True)]
    if "landlock" in what:
        rules += [Refused(LANDLOCK)]
    install(rules)


def read(allowed: list[str]) -> dict[str, object]:
    launcher = choose_launcher(allowed)
    refusal = refusal_of_bwrap()
    pdf = drawing.pdf_bytes(drawing.lines_of_text(drawing.SIMPLIFIED))
    with launch(
        launcher, lambda at, length: pdf[at : at + length], "a.pdf", len(pdf), Limits(), "rapidocr"
    ) as box:
        text = box.read_page(1).text.text
    return {
        "launcher": launcher.name,
        "reason": refusal.reason if refusal else None,
        "remedy": refusal.remedy if refusal else None,
        "text": text,
        "landlock": walls_of(launcher).landlock,
    }


def main() -> None:
    logging.basicConfig()
    forbid(sys.argv[1].split(","))
    try:
        told = read(sys.argv[2:])
    except LauncherUnavailable as unavailable:
        told = {"launcher": None, "reason": unavailable.reason, "remedy": unavailable.remedy}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
