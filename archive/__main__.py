"""``juanzong``: the command line. Heavy parts load inside the commands that need them, so that ``--help`` is quick."""

import typer

from archive.cli.keeper import keeper
from archive.cli.people import people

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)
for group in (people, keeper):
    app.registered_commands += group.registered_commands
    app.registered_groups += group.registered_groups


def main() -> None:
    app()


if __name__ == "__main__":
    main()
