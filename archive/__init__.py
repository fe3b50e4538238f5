VERSION = "0.1.0"
"""As in ``pyproject.toml``; every snapshot of a backup names the version that wrote it."""
