#!/usr/bin/env bash
# Writes the hash-pinned requirement files from pyproject.toml. Run by hand when a dependency changes.
set -euo pipefail
cd "$(dirname "$0")/.."
pin() { .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
          --no-emit-index-url --no-emit-find-links --quiet "$@"; }
printf 'setuptools\nuv\n' | pin - -o install/bootstrap.txt
pin pyproject.toml -c install/bootstrap.txt -o install/requirements.txt
pin pyproject.toml --group dev -c install/requirements.txt -c install/bootstrap.txt -o install/requirements-dev.txt
