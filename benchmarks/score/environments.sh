#!/bin/sh
# Makes an environment for each of the two yardsticks, so that winback depends on neither.
# Usage: benchmarks/score/environments.sh FOLDER; takes some minutes and about 2 GB.
set -eu
folder=${1:?say in which folder}
here=$(dirname "$0")
for name in lifetimes pymc; do
    "${PYTHON:-python3.11}" -m venv "$folder/$name"
    "$folder/$name/bin/pip" install --quiet --requirement "$here/requirements-$name.txt"
done
