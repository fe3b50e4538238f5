#!/usr/bin/env bash
# Writes the hash-pinned requirement files from pyproject.toml. Run by hand when a dependency changes.
set -euo pipefail
cd "$(dirname "$0")/.."
pin() { .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
          --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet "$@"; }
pin -o install/requirements.txt
pin --group dev -c install/requirements.txt -o install/requirements-dev.txt
