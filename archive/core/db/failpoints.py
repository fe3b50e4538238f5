"""Named places at which a crash test kills the process.

``JUANZONG_FAILPOINT=name`` in the environment of a test process makes it die there with SIGKILL, as a power cut would.
"""

import os
import signal

NAMES = frozenset(
    {
        "store.written",  # bytes in the temporary file, not yet synced
        "store.synced",  # synced, not yet renamed
        "store.renamed",  # renamed, folder not yet synced
        "key.created",  # DEK row committed, nothing sealed yet
        "gate.before-entry",  # the body ran, no entry yet
        "gate.before-unindex",
        "gate.before-commit",
        "gate.after-commit",
        "intake.part-sealed",  # a part is stored, no row names it yet
        "intake.gathered",  # the whole is committed, its parts still lie in the store
        "intake.sealed",  # the object is stored, the deposit row still says "receiving"
        "read.sealed",  # view and text of a page are stored, the page row is not
        "reseal.sealed",  # an object lies under the new key as well, no row names it yet
        "reseal.committed",  # rows name the new objects, the old ones still lie in the store
        "index.before-put",
        "index.after-put",  # the rows are searchable, the job is still running
        "job.claimed",
        "sequencer.before-commit",
        "backup.copied",  # databases copied, no object yet
        "backup.gathered",  # every object is in the pool, no manifest yet
        "backup.written",  # manifest written, the snapshot not yet under its name
        "backup.published",  # the snapshot counts, older ones are not yet withdrawn
        "backup.withdrawn",  # older ones do not count any more, their objects still lie in the pool
        "restore.copied",  # everything copied, no key file yet
        "restore.noted",  # the restored archive has its entry, the mark still stands
    }
)


def failpoint(name: str) -> None:
    if name not in NAMES:
        raise LookupError(f"no failpoint is called {name}")
    if os.environ.get("JUANZONG_FAILPOINT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
