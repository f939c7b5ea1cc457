# SPDX-License-Identifier: MIT
#
# Shared by demo.sh and test.sh, to be sourced: which Debian packages they need, how they come, and how a
# preset is built.

# What building and running the programs needs.
build_packages=(
  g++ cmake ninja-build
  libxtensor-dev libxsimd-dev libopenblas-dev librange-v3-dev libjpeg62-turbo-dev libpng-dev
  libcli11-dev nlohmann-json3-dev
)

# What the tests need beside that.
test_packages=(libhdf5-dev libthrust-dev catch2 clang-16 libclang-rt-16-dev git mawk)

say() { printf '== %s\n' "$*"; }

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# install_packages NAME...: installs what is missing; asks the network only if something is.
install_packages() {
  local missing=() as_root=() name
  command -v dpkg-query >/dev/null || fail "This script installs Debian packages and finds no dpkg. Install the" \
    "equivalents of: $*, then run it with --no-install."
  for name in "$@"; do
    is_installed "$name" || missing+=("$name")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    say "packages: all there"
    return
  fi
  say "packages: installing ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "Missing packages: ${missing[*]}. Run this as root, or install sudo."
    as_root=(sudo)
  fi
  local log=build/packages.log
  mkdir -p build
  if ! { "${as_root[@]}" apt-get update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "Installing failed; the whole output is in $log."
  fi
}

# logged NAME COMMAND...: runs a command with its output in build/NAME.log, shown when it fails.
logged() {
  local log=build/$1.log begin=$SECONDS
  shift
  mkdir -p build
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    fail "Failed: $*. The whole output is in $log."
  fi
  [ $((SECONDS - begin)) -lt 5 ] || say "done in $((SECONDS - begin)) s"
}

# build PRESET WHAT [ARGUMENT...]: configures and builds a preset; arguments go to cmake --build.
build() {
  say "$1: building $2"
  logged "$1-configure" cmake --preset "$1"
  logged "$1-build" cmake --build --preset "$1" "${@:3}"
}
