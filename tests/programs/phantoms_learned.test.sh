# SPDX-License-Identifier: MIT
# slow
#
# Phantoms are hard for a linear model (tests/data/phantom.test.cpp) and can be learned by a network: what ./demo.sh
# does, and its figure in docs/results.md.

source "$(dirname "$0")/check.sh"
ends 0 thorax phantoms --out films --count 240 --size 160 --seed 1
ends 0 thorax train --data films --out run --size 96 --norm-momentum 0.9 \
  --phase classifier:1:1e-3 --phase everything:24:2e-3:cosine
ends 0 thorax evaluate --weights run/weights.safetensors --data films --fold 0 --report report
accuracy=$(json report/metrics.json accuracy)
echo "accuracy $accuracy on $(json report/metrics.json n) phantoms that were held back"
awk -v found="$accuracy" 'BEGIN { exit !(found > 0.8) }' || fail "expected an accuracy above 0.8, found $accuracy"
