# SPDX-License-Identifier: MIT
#
# The way from real films to a heat map, on a few of them, where they are at hand.

source "$(dirname "$0")/check.sh"
real=$here/../../../shared/data/chest_xray
if [ ! -d "$real" ]; then
  echo "skipped: no ../shared/data/chest_xray"
  exit 0
fi

ends 0 thorax train --data "$real" --out run --size 64 --most-films 64 --phase classifier:1:1e-3
says err "'$real' holds films by size; those in '224' are used" "64 films to train on, 523 to validate on (fold 0)"
ends 0 thorax evaluate --weights run/weights.safetensors --data "$real" --fold 0 --report report
is "$(json report/metrics.json n)" 523
is "$(json report/metrics.json rejected)" 0

mapfile -t films < <(find "$real/224" -name '*1.jpeg' | sort | head -5)
ends 0 thorax predict --weights run/weights.safetensors --csv said.csv "${films[@]}"
is "$(lines said.csv)" 6
ends 0 thorax explain --weights run/weights.safetensors --out maps "${films[@]}"
is "$(ls maps | wc -l)" 5
