# SPDX-License-Identifier: MIT
#
# Networks of several folds and seeds: each a run of its own, and together one number for all films. Killed at any time
# they go on, to the same bytes.

source "$(dirname "$0")/check.sh"
small_films
recipe=(thorax train --data films --size 64 --batch 8 --threads 1 --phase classifier:1:1e-3 --phase everything:2:1e-3:cosine)
series=("${recipe[@]}" --folds 5 --test-fold 3)

began=$EPOCHREALTIME
ends 0 "${series[@]}" --out whole
ended=$EPOCHREALTIME
says err "run 1 of 4: whole/fold_0" "run 4 of 4: whole/fold_4" "left alone (fold 3)"
says out "films, 4 folds pooled: " "standard deviation" "it is no interval" "fold 3 was left alone" \
  "by patients, 2000 draws of" "this report, metrics.json and predictions.csv are in whole"
fits whole/report.txt
says out "$(sed -n '/pooled:/p' whole/report.txt)"
is "$(ls whole | tr '\n' ' ')" "fold_0 fold_1 fold_2 fold_4 folds.json metrics.json predictions.csv report.txt splits.csv "
is "$(cut -d, -f3 whole/predictions.csv | sort -u | tr '\n' ' ')" "0 1 2 4 fold "
is "$(json whole/metrics.json n)" "$(tail -n +2 films/manifest.csv | grep -vc ',3$')"
is "$(json whole/folds.json folds 3 fold)" 4

# Each film is answered by the network that was validated on it, as if that one were asked alone.
for fold in 0 4; do
  ends 0 thorax evaluate --weights "whole/fold_$fold/weights.safetensors" --data films --fold $fold --csv alone.csv --json alone.json
  says alone.json "the epoch was chosen on it"
  is "$(grep -F "$(tail -n +2 alone.csv)" whole/predictions.csv | wc -l)" "$(tail -n +2 alone.csv | wc -l)"
  is "$(json whole/folds.json folds $([ $fold = 4 ] && echo 3 || echo 0) accuracy)" "$(json alone.json accuracy)"
done
ends 0 thorax evaluate --weights whole/fold_0/weights.safetensors --weights whole/fold_1/weights.safetensors --data films --fold 3
says out "fold 3: never seen in training or choosing"
ends 0 thorax evaluate --weights whole/fold_0/weights.safetensors --weights whole/fold_1/weights.safetensors --data films --fold 0
says out "fold 0: trained on"

# A run of its own gives the same weights as one of the series.
ends 0 "${recipe[@]}" --fold 1 --test-fold 3 --out alone
cmp alone/weights.safetensors whole/fold_1/weights.safetensors || fail "a run of a series should be a run as any other"

# Killed again and again, in whatever run it is, the series goes on and ends with the same bytes. It is killed after
# shares of the time that it took; what is left to do becomes less.
for share in 0.4 0.3 0.15; do
  seconds=$(awk -v share=$share -v began="$began" -v ended="$ended" 'BEGIN { print share * (ended - began) }')
  (timeout --signal KILL "$seconds" "${series[@]}" --out killed || true) >out 2>&1
  [ ! -d killed ] || for folder in killed killed/*/; do flock "$folder" true; done
done
ends 0 "${series[@]}" --out killed
for file in fold_{0,1,2,4}/weights.safetensors folds.json; do
  cmp whole/$file killed/$file || fail "a killed series should end with the same $file"
done
is "$(cut -d, -f 2- killed/predictions.csv | cksum)" "$(cut -d, -f 2- whole/predictions.csv | cksum)"
ends 0 "${series[@]}" --out killed
is "$(grep -c 'this run is over' err)" 4
ends 1 "${series[@]/8/4}" --out killed
says err "batch was 8 and is 4"
(flock 9; ends 1 "${series[@]}" --out whole) 9<whole
says err "another run is working in 'whole'"

# Seeds: the mean of the networks answers, and reports say so.
ends 0 "${recipe[@]}" --ensemble 2 --seed 5 --out seeds
is "$(ls -d seeds/seed_*/ | tr '\n' ' ')" "seeds/seed_5/ seeds/seed_6/ "
says seeds/report.txt "mean of 2 networks: small_densenet, small_densenet" "films, fold 0: 6 films measured"
[ ! -e seeds/folds.json ] || fail "one fold has no deviation"
ends 0 thorax evaluate --weights seeds/seed_5/weights.safetensors --weights seeds/seed_6/weights.safetensors --data films \
  --fold 0 --csv together.csv
cmp together.csv seeds/predictions.csv || fail "the series should say what its networks say"
ends 0 "${recipe[@]}" --ensemble 2 --folds 3 --out both
says err "run 6 of 6: both/fold_2/seed_2" "note: manifest.csv names no such folds: 3 were made of its patients"
is "$(lines both/predictions.csv)" 31

# What the series is worth is said, whatever it is.
cp films/NORMAL/phantom_0001.png films/NORMAL/phantom_0010.png
ends 1 "${recipe[@]}" --folds 5 --out no
says err "has a copy on the other side"
ends 0 "${recipe[@]}" --folds 5 --out leaky --allow-leaky-split
says leaky/report.txt "leaky split"
says leaky/metrics.json "leaky split"

ends 2 "${recipe[@]}" --folds 5 --fold 1 --out no
says err "--fold excludes --folds"
for wrong in "--folds 1" "--ensemble 1" "--ensemble x" "--test-fold -1"; do
  # shellcheck disable=SC2086
  ends 2 "${recipe[@]}" --out no $wrong
  says err "found '"
done
thorax split --data films --folds 4 --out four.csv >/dev/null
ends 1 "${recipe[@]}" --folds 5 --splits four.csv --out no
says err "'four.csv' has 4 folds, expected 5"
