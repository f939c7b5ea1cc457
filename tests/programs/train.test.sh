# SPDX-License-Identifier: MIT
#
# Training leaves weights that predict; a run that was killed goes on and ends with the same weights, byte for byte.

source "$(dirname "$0")/check.sh"
small_films
run=(thorax train --data films --size 64 --batch 8 --threads 1 --phase classifier:1:1e-3 --phase everything:2:1e-3:cosine)

ends 0 "${run[@]}" --out whole
says out "phase 1 epoch  1: loss" "phase 2 epoch  2: loss" "the best weights are in whole/weights.safetensors"
says err "24 films to train on, 6 to validate on (fold 0)"
fits out
is "$(lines whole/history.csv)" 4
ends 0 thorax predict --weights whole/weights.safetensors films/NORMAL

(timeout --signal KILL 0.5 "${run[@]}" --out killed || true) >out 2>&1
ends 0 "${run[@]}" --out killed
cmp whole/weights.safetensors killed/weights.safetensors || fail "a killed run should end with the same weights"

mkdir damaged && cp -r films/* damaged/
printf 'no picture' >"$(echo damaged/VIRAL/*1.png | cut -d' ' -f1)"
ends 1 thorax train --data damaged --out no --size 64 --phase classifier:1:1e-3
ends 0 thorax train --data damaged --out skipped --size 64 --phase classifier:1:1e-3 --skip-unreadable
says err "thorax: left out: film 'damaged/VIRAL/"

ends 2 thorax train --data films --out no --phase classifier
says err "thorax: --phase 'classifier': expected FROM:EPOCHS:RATE"
ends 1 thorax train --data films --out no --size 64 --phase nose:1:1e-3
says err "thorax: 'nose' is neither a part nor a weight"
