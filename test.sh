#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Installs what is missing, builds everything with two compilers, runs every test.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source cmake/packages.sh

usage() {
  cat <<'END'
usage: ./test.sh [--quick] [--no-install] [--help]

Builds thorax with g++ (optimized; with address and undefined-behavior sanitizers; and, for what several threads do,
with the thread sanitizer) and with clang++ 16, every warning an error, and runs all tests and fuzzers. On Debian 12
missing packages are installed first, as root or with sudo; once they are there, no network is needed. Takes 40 to 50
minutes on two cores.

  --quick       the optimized g++ build and its tests only
  --no-install  never install anything
  --help        this text

Everything it makes is in build/; the logs are build/*.log. Exit status: 0 when every test passed.
END
}

quick=no
install=yes
for word in "$@"; do
  case $word in
    --quick) quick=yes ;;
    --no-install) install=no ;;
    --help | -h) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
done

[ $install = no ] || install_packages "${build_packages[@]}" "${test_packages[@]}"

command -v nvcc >/dev/null || [ -x /usr/local/cuda/bin/nvcc ] ||
  say "skipped: no nvcc, so the backend cuda is not compiled for GPUs; its kernels are tested on an emulated device"
build gcc-release "optimized, every header also alone, and with the backend cuda where nvcc is"
lists=(gcc-release)
if [ $quick = no ]; then
  build gcc-debug "with address and undefined-behavior sanitizers"
  build gcc-tsan "the tests of several threads, with the thread sanitizer"
  build clang-debug "with clang++, every warning an error"
  lists+=(gcc-debug gcc-tsan clang-debug/tests/fuzz)  # of clang++'s build only the fuzzers run, a minute each
fi

# One run over the test lists of several builds; the names of sanitized tests begin with `sanitized/` or
# `thread_sanitized/`.
mkdir -p build/tests
printf 'subdirs("../%s")\n' "${lists[@]}" >build/tests/CTestTestfile.cmake
say "running the tests of: ${lists[*]} (log: build/tests/Testing/Temporary/LastTest.log)"
exec ctest --test-dir build/tests --output-on-failure --no-tests=error --parallel "$(nproc)"
