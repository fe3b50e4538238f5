"""Writes the golden files anew: ``python -m tests.architecture.regenerate``. Each changed line is then read in review."""

from pathlib import Path
from tempfile import TemporaryDirectory

from archive.app import routes_table
from archive.cli.server import web_application
from archive.core.settings import Settings
from archive.wiring import Archive, found_archive, open_archive
from tests.access import matrix

ROUTES = Path(__file__).with_name("routes.txt")


def routes(archive: Archive) -> str:
    return routes_table(web_application(archive))


def main() -> None:
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        found_archive(settings)
        archive = open_archive(settings)
        ROUTES.write_text(routes(archive), "utf-8")
        archive.close()
    matrix.GOLDEN.write_text(matrix.matrix(), "utf-8")


if __name__ == "__main__":
    main()
