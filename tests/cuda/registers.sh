#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# registers.sh NVCC INCLUDE FLAG...: compiles the backend cuda for one GPU and lets ptxas tell what each kernel takes.
# Fails if one of the products or sums spills, or another more than 64 bytes: thrust's kernels give up a few for more
# threads at once.

set -euo pipefail
nvcc=$1
include=$2
shift 2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo '#include <thorax/backend/cuda/cuda.cuh>' >"$scratch/cuda.cu"
"$nvcc" "$@" -O3 -arch=sm_90 -Xptxas -v -I"$include" -cubin -o "$scratch/cuda.cubin" "$scratch/cuda.cu" \
  >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }

awk '
  /Compiling entry function/ { ++kernels; block = /block_kernel/; blocks += block }
  /spill stores/ {
    for (i = 1; i < NF; ++i) if ($(i + 1) == "bytes" && $(i + 2) == "spill" && $(i + 3) ~ /^stores/) spilled = $i
    if (spilled > (block ? 0 : 64)) { print "a kernel spills " spilled " bytes"; bad = 1 }
    if (spilled > most) most = spilled
  }
  /Used [0-9]+ registers/ { if (block) { used = $5; if (used > registers) registers = used } }
  END {
    print kernels " kernels, of these " blocks " of blocks with at most " registers " registers; most spilled: " most + 0 " bytes"
    if (kernels < 20 || blocks < 8) { print "fewer kernels than there are; has what ptxas says changed?"; bad = 1 }
    exit bad
  }' "$scratch/log"
