"""`python -m ocr FILE...` prints what is read on the pages of local files, through the same sandbox as the archive."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import BinaryIO

from ocr.sandbox import ByteSource, Limits, PageUnreadable, Sandbox, Unacceptable, choose_launcher, launch


def main() -> int:
    """0 when every page was read, 6 when a file or page could not be."""
    parser = argparse.ArgumentParser(
        prog="python -m ocr", description="Print the text of scans and PDF files."
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--engine", default="rapidocr", help="rapidocr or tesseract")
    parser.add_argument(
        "--launcher",
        action="append",
        choices=["auto", "bwrap", "container", "bare"],
        help="allowed; default auto: bwrap, else container",
    )
    options = parser.parse_args()
    launcher = choose_launcher(options.launcher or ("auto",))
    faults = 0
    files: list[Path] = options.files
    for path in files:
        with path.open("rb") as file:
            source, size = ranges_of(file), path.stat().st_size
            with launch(launcher, source, path.name, size, Limits(), options.engine) as sandbox:
                faults += _print_pages(sandbox, path.name)
    return 6 if faults else 0


def ranges_of(file: BinaryIO) -> ByteSource:
    def read(offset: int, length: int) -> bytes:
        file.seek(offset)
        return file.read(length)

    return read


def _print_pages(sandbox: Sandbox, name: str) -> int:
    """How many pages could not be read."""
    try:
        pages = sandbox.probe().pages
    except Unacceptable as refusal:
        sys.stderr.write(f"{name}: {refusal.reason} {refusal.remedy}\n")
        return 1
    return sum(_print_page(sandbox, name, page.number) for page in pages)


def _print_page(sandbox: Sandbox, name: str, number: int) -> bool:
    try:
        reading = sandbox.read_page(number).text
    except PageUnreadable as fault:
        sys.stderr.write(f"{name}, page {number}: {fault.reason}\n")
        return True
    sys.stdout.write(f"── {name}, page {number} ({reading.engine})\n{reading.text or reading.reason}\n")
    return False


if __name__ == "__main__":
    sys.exit(main())
