#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Compares thorax with other runtimes; `run.sh --help` says how. With --training, steps of training with PyTorch's.
# Everything it makes lies in build/peers: the virtual environment, thorax' engine, the models.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/build/peers
venv=$work/venv
program=
requirements=("$here/requirements.txt")
target=benchmark_peer_engine
script=compare.py
options=()

fail()
{
  echo "run.sh: $1" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) exec python3 "$here/compare.py" - - --help ;;
    --venv | --program)
      [ $# -gt 1 ] || fail "$1 needs a value"
      if [ "$1" = --venv ]; then venv=$2; else program=$2; fi
      shift
      ;;
    --training)
      target=benchmark_training_step
      script=training.py
      ;;
    --keras)
      requirements+=("$here/requirements_keras.txt")
      options+=("$1")
      ;;
    *) options+=("$1") ;;
  esac
  shift
done

# Installs once for each list of packages.
install_peers()
{
  local wanted=() file
  for file in "${requirements[@]}"; do wanted+=(-r "$file"); done
  if cat "${requirements[@]}" | cmp -s - "$venv/installed.txt"; then return; fi
  echo "installs the peers in $venv; this takes minutes and gigabytes"
  [ -x "$venv/bin/python3" ] || python3 -m venv "$venv" || fail "python3 has no module venv; install python3-venv"
  nice "$venv/bin/python3" -m pip install --quiet --disable-pip-version-check "${wanted[@]}" ||
    fail "pip could not install the packages above; is there a network, and Python 3.11 or later?"
  cat "${requirements[@]}" > "$venv/installed.txt"
}

build_engine()
{
  program=$work/engine/bin/$target
  cmake -S "$root" -B "$work/engine" -DCMAKE_BUILD_TYPE=Release -DTHORAX_NATIVE=ON -DTHORAX_BUILD_TESTS=OFF \
    > "$work/cmake.log" 2>&1 || fail "cmake could not configure thorax; see $work/cmake.log"
  nice cmake --build "$work/engine" --target "$target" > "$work/build.log" 2>&1 ||
    fail "thorax' engine could not be built; see $work/build.log"
}

mkdir -p "$work"
install_peers
[ -n "$program" ] || build_engine
[ -x "$program" ] || fail "$program is no program"
exec "$venv/bin/python3" "$here/$script" "$program" "$work" ${options[@]+"${options[@]}"}
