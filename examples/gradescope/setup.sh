#!/usr/bin/env bash
# Runs once, when Gradescope builds the image: Sheetformer in an environment of its own.
set -euo pipefail
root="${AUTOGRADER:-/autograder}"
apt-get update
apt-get install -y python3 python3-venv
python3 -m venv "$root/venv"
# A wheel in the zip comes first: python -m build, or pip wheel --no-deps .
if compgen -G "$root/source/sheetformer-*.whl" > /dev/null; then
  "$root/venv/bin/pip" install "$root"/source/sheetformer-*.whl
else
  "$root/venv/bin/pip" install sheetformer
fi
