"""`python -m demo OUTDIR` writes the demonstration files, and truth.json with what is printed on their pages."""

import argparse
import dataclasses
import json
from pathlib import Path

from demo.fonts import FontMissingError
from demo.generate import DemoFile, case_files


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--seed", type=int, default=2024)
    arguments = parser.parse_args()
    try:
        files = case_files(arguments.seed)
    except FontMissingError as missing:
        parser.exit(1, f"{missing}\n")
    write(files, arguments.outdir)


def write(files: tuple[DemoFile, ...], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / file.name).write_bytes(file.content)
        print(f"{len(file.content):>10,}  {len(file.pages)} p.  {file.name}")
    truth = {
        file.name: {
            "media_type": file.media_type,
            "description": dataclasses.asdict(file.description),
            "pages": [dataclasses.asdict(page) for page in file.pages],
        }
        for file in files
    }
    (folder / "truth.json").write_text(
        json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
