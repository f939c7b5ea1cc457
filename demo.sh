#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Installs what is missing, builds the program thorax, and does its main job once: two-phase training,
# evaluation, prediction, heat maps.

set -euo pipefail
here=$(pwd)
cd "$(dirname "${BASH_SOURCE[0]}")"
source cmake/packages.sh

usage() {
  cat <<'END'
usage: ./demo.sh [--data DIR] [--out DIR] [--epochs N] [--no-install] [--help]

Builds the program thorax and shows its main job from films to heat maps: trains a small DenseNet in two phases,
evaluates it on films it has not seen, predicts a folder and explains some of its answers. Without --data it
draws its own films (phantoms of three findings, from a seed). On Debian 12 missing packages are installed first,
as root or with sudo; once they are there, no network is needed. Takes about 5 minutes on two cores.

  --data DIR    films in class folders, with or without a manifest.csv
  --out DIR     where everything goes (build/demo, with --data build/demo_own_films); a run that was stopped goes
                on there, one with other films or epochs needs another DIR
  --epochs N    of the second phase (24 for phantoms, 6 for films of your own)
  --no-install  never install anything
  --help        this text

Research and teaching software. Not a medical device.
END
}

data=
out=
epochs=
install=yes
while [ $# -gt 0 ]; do
  case $1 in
    --data | --out | --epochs) [ $# -ge 2 ] || { echo "demo.sh: $1 needs a value; see --help" >&2 && exit 2; } ;;&
    --data) data=$(cd "$here" && realpath -- "$2") && shift ;;
    --out) out=$(cd "$here" && realpath -m -- "$2") && shift ;;
    --epochs) epochs=$2 && shift ;;
    --no-install) install=no ;;
    --help | -h) usage && exit 0 ;;
    *) echo "demo.sh: unknown option '$1'; see --help" >&2 && exit 2 ;;
  esac
  shift
done
[ -z "$data" ] || [ -d "$data" ] || fail "There is no folder '$data'; give --data a folder of class folders."
[[ ${epochs:-1} =~ ^[1-9][0-9]*$ ]] || { echo "demo.sh: --epochs expects a positive number, found '$epochs'" >&2 && exit 2; }

# Another job needs another folder, or it would seem to be a run that goes on with other films.
[ -n "$out" ] || out=$PWD/build/demo${data:+_own_films}

[ $install = no ] || install_packages "${build_packages[@]}"

build program "the program thorax"
thorax=$PWD/build/program/bin/thorax

mkdir -p "$out"
if [ -z "$data" ]; then
  data=$out/phantoms
  if [ ! -f "$data/manifest.csv" ]; then  # it is written last
    rm -rf "$data"
    say "drawing phantoms"
    "$thorax" phantoms --out "$data" --count 240 --size 160 --seed 1
  fi
  epochs=${epochs:-24} rate=2e-3  # few films, so many epochs at a high rate
fi
epochs=${epochs:-6} rate=${rate:-1e-3}

say "training in two phases: first the head, then everything"
"$thorax" train --data "$data" --out "$out/run" --network small_densenet --size 96 \
  --norm-momentum 0.9 --phase "classifier:1:1e-3" --phase "everything:$epochs:$rate:cosine"

say "evaluating on the films of fold 0, which were not trained on"
"$thorax" evaluate --weights "$out/run/weights.safetensors" --data "$data" --fold 0 --report "$out/report"

say "predicting three films of each finding that it has not seen, and explaining them"
films=()
while IFS= read -r film; do films+=("$film"); done < <(
  awk -F, 'NR > 1 && $1 !~ /"/ && seen[$4]++ < 3 { print $1 }' "$out/report/predictions.csv"
)
[ ${#films[@]} -gt 0 ] || films=("$data")  # paths with commas: simply all
"$thorax" predict --weights "$out/run/weights.safetensors" --csv "$out/predictions.csv" "${films[@]}"
"$thorax" explain --weights "$out/run/weights.safetensors" --out "$out/heat_maps" "${films[@]}"

say "done; look at"
cat <<END
  $out/run/weights.safetensors   the trained network, with its preprocessing and a golden sample
  $out/run/history.svg           losses and accuracies by epoch; history.csv has the numbers
  $out/report/report.html        how well it agrees with the labels, and its surest mistakes; the same as text,
                                 tables, pictures and a model card beside it
  $out/predictions.csv           what the network says about some films
  $out/heat_maps/                where it reacted
END
