# SPDX-License-Identifier: MIT
#
# To be sourced by the tests of the programs thorax and thorax-weights. They run in an empty folder that is gone when they end; the
# programs and `make_weights` are found by PATH.

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  for file in out err; do
    [ ! -s $file ] || { printf -- '-- %s:\n' $file && head -n 40 $file; } >&2
  done
  exit 1
}

# ends STATUS COMMAND...: runs it; what it says is then in the files out and err
ends() {
  local expected=$1 status=0
  shift
  "$@" >out 2>err || status=$?
  [ $status -eq "$expected" ] || fail "'$*' ended with $status, expected $expected"
}

# says FILE TEXT...: the file holds each text
says() {
  local file=$1 text
  shift
  for text in "$@"; do
    grep -qF -- "$text" "$file" || fail "expected in $file: $text"
  done
}

# refuses STATUS TEXT COMMAND...: the command ends so, with one readable line that holds the text
refuses() {
  local expected=$1 text=$2
  shift 2
  ends "$expected" "$@"
  says err "$text"
  [ "$(wc -l <err)" -eq 1 ] || fail "'$*' should say one line on standard error"
  grep -qE '^thorax(-weights)?: ' err || fail "'$*' should say who refuses"
}

# fits FILE: no line is longer than a terminal is wide
fits() {
  awk 'length($0) > 80 { exit 1 }' "$1" || fail "$1 has lines of more than 80 columns"
}

# is VALUE EXPECTED
is() { [ "$1" = "$2" ] || fail "expected '$2', found '$1'"; }

# json FILE KEY...: what stands there in a JSON document
json() {
  local file=$1
  shift
  cmake -D FILE="$file" -D "KEYS=$(IFS=';' && echo "$*")" -P "$here/json.cmake"
}

# lines FILE: how many it has
lines() { wc -l <"$1"; }

small_weights() { make_weights small small.weights; }
small_films() { thorax phantoms --out films --count 10 --size 64 >/dev/null; }
