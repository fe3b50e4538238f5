"""Writing a file so that it is there whole after a power cut, or not at all."""

import os
from pathlib import Path


def write_all(descriptor: int, data: bytes) -> None:
    """``os.write`` may take fewer bytes than it was given."""
    view = memoryview(data)
    while len(view) > 0:
        view = view[os.write(descriptor, view) :]


def sync_folder(folder: Path) -> None:
    """Makes the names in this folder durable (POSIX syncs a file's bytes and its name apart)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
