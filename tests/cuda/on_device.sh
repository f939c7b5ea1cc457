#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Takes what was built where there is no GPU to a machine that has one, which needs neither a compiler nor a package:
# tests, sanitizes and times the backend cuda there and writes one table.

set -euo pipefail

usage() {
  cat <<'END_OF_USAGE'
usage: tests/cuda/on_device.sh build [KIT]     here: builds the preset cuda-release and packs the programs (default .device)
       tests/cuda/on_device.sh run [KIT] [OUT] on the machine with the GPU: table.md and logs in OUT (default device_results)

run takes at most 9 minutes: each part has its own limit, and one that is not over by then is a line of the table. Where
there is no GPU it ends with 1. The table's films a second are differences of a long and a short run, so starting counts
for nothing; they include reading and preprocessing films on the host.
END_OF_USAGE
}

build() {
  local kit=$1 bin=build/cuda-release/bin program
  cmake --preset cuda-release
  cmake --build --preset cuda-release --target test_cuda_device thorax_program make_weights
  mkdir -p "$kit/lib"
  for program in test_cuda_device thorax make_weights; do
    strip -o "$kit/$program" "$bin/$program"
    ldd "$bin/$program" | awk '/=> \// { print $3 }' | grep -Ev '/(libc|libm|libdl|librt|libpthread|libstdc\+\+|libgcc_s)\.so' |
      xargs -r cp -L -t "$kit/lib"
  done
  cp tests/cuda/on_device.sh "$kit/"
  du -sh "$kit"
}

row() { printf '| %s | %s |\n' "$1" "$2" | tee -a "$out/table.md" >&2; }  # not to be taken for a result

# part LIMIT NAME COMMAND...: runs it for so many seconds at most, its words in a log of that name
part() {
  local limit=$1 name=$2 status=0
  shift 2
  timeout "$limit" "$@" >"$out/$name.log" 2>&1 || status=$?
  case $status in
    0) return 0 ;;
    124) row "$name" "not over after $limit s" ;;
    *) row "$name" "FAILED with $status, see $name.log" ;;
  esac
  failed=1
  return 1
}

sanitize() {
  local tool
  for tool in memcheck racecheck initcheck; do
    # The test of too much memory fails an allocation on purpose, the one of a host that follows pointers a process.
    part 60 $tool compute-sanitizer --tool $tool --error-exitcode 9 --report-api-errors no \
      ./test_cuda_device '~more memory*' '~a host that*' '~networks that*' '~a network trains*' && row $tool clean
  done
  return 0
}

# seconds LIMIT NAME COMMAND...: how long it takes, or nothing
seconds() {
  local begin end
  begin=$(date +%s.%N)
  part "$@" || return 0
  end=$(date +%s.%N)
  awk -v a="$begin" -v b="$end" 'BEGIN { print b - a }'
}

predictions() {
  local backend short long
  for backend in cuda cpu; do
    short=$(seconds 30 "predict_short_$backend" ./thorax predict --weights chest.weights --backend $backend --csv - few)
    long=$(seconds 30 "predict_long_$backend" ./thorax predict --weights chest.weights --backend $backend --csv - films)
    if [ -z "$short" ] || [ -z "$long" ]; then
      failed=1
      continue
    fi
    row "chest_network at 300, predict, $backend" "$(awk -v s="$short" -v l="$long" 'BEGIN { printf "%.1f films/s", 150 / (l - s) }')"
  done
}

trainings() {
  local backend
  for backend in cuda cpu; do
    part 60 "train_$backend" ./thorax train --data few --out "run_$backend" --size 96 --phase everything:2:1e-3 \
      --batch 8 --backend $backend --json || continue
    row "small_densenet at 96, 30 films, last epoch, $backend" "$(tail -n 1 "$out/train_$backend.log" |
      sed 's/.*"loss":\([0-9.]*\).*"seconds":\([0-9.]*\).*/loss \1, \2 s/')"
  done
}

run() {
  out=$(mkdir -p "$2" && cd "$2" && pwd)
  failed=0
  cd "$1"
  export LD_LIBRARY_PATH=$PWD/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  printf '| what | result |\n| --- | --- |\n' >"$out/table.md"
  row GPU "$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>&1 | head -n 1 || true)"
  part 60 tests ./test_cuda_device || true
  if grep -q 'skipped: no CUDA device' "$out/tests.log"; then
    row tests "no CUDA device"
    exit 1
  fi
  grep -q 'All tests passed' "$out/tests.log" && row tests "$(grep 'All tests passed' "$out/tests.log")"
  if command -v compute-sanitizer >/dev/null; then sanitize; else row sanitizers "compute-sanitizer is not there"; fi
  rm -rf films few run_cuda run_cpu
  ./make_weights chest chest.weights >"$out/films.log" 2>&1
  ./thorax phantoms --out films --count 60 >>"$out/films.log" 2>&1
  ./thorax phantoms --out few --count 10 >>"$out/films.log" 2>&1
  predictions
  trainings
  exit $failed
}

case ${1:-} in
  build)
    cd "$(dirname "${BASH_SOURCE[0]}")/../.."
    build "${2:-.device}"
    ;;
  run) run "${2:-.device}" "${3:-device_results}" ;;
  --help | -h) usage ;;
  *) usage >&2 && exit 2 ;;
esac
