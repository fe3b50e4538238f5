"""What a process does that backs up or restores and dies at a failpoint."""

import os
from pathlib import Path

from archive.backup.checking import chosen
from archive.backup.making import back_up
from archive.backup.restoring import Wanted, restore
from archive.core.settings import Settings
from archive.core.vault.keyfile import load_root
from archive.wiring import open_archive
from tests.backup.doing import CHEAP, PASSPHRASE, quiet
from tests.cast import Clock


def main(act: str, failpoint: str, data: Path, target: Path) -> None:
    settings, clock = Settings(data=data), Clock()
    if act == "restore":
        os.environ["JUANZONG_FAILPOINT"] = failpoint
        restore(chosen(target, None, PASSPHRASE), Wanted(settings, None, None, CHEAP, clock), quiet)
        return
    archive = open_archive(settings, clock=clock)
    root = load_root(settings.key_file, None)
    os.environ["JUANZONG_FAILPOINT"] = failpoint
    back_up(archive, root, target, PASSPHRASE, keep=1, watch=quiet, cost=CHEAP)
