# SPDX-License-Identifier: MIT
#
# Training leaves weights that predict; a run that was killed goes on and ends with the same weights, byte for byte.

source "$(dirname "$0")/check.sh"
small_films
run=(thorax train --data films --size 64 --batch 8 --threads 1 --phase classifier:1:1e-3 --phase everything:2:1e-3:cosine)

ends 0 "${run[@]}" --out whole
says out "phase epoch    rate" "    1     1   1e-03" "    2     2" "the best weights are in whole/weights.safetensors"
says err "24 films to train on, 6 to validate on (fold 0)"
fits out
is "$(lines whole/history.csv)" 4
says whole/history.svg "<svg" ">phase 2<"
ends 0 thorax predict --weights whole/weights.safetensors films/NORMAL

# killed_after SECONDS FOLDER COMMAND...: kills the command, and waits until the system has let go of its folder
killed_after() {
  local seconds=$1 folder=$2
  shift 2
  (timeout --signal KILL "$seconds" "$@" || true) >out 2>&1
  [ ! -d "$folder" ] || flock "$folder" true
}

killed_after 0.5 killed "${run[@]}" --out killed
ends 0 "${run[@]}" --out killed
cmp whole/weights.safetensors killed/weights.safetensors || fail "a killed run should end with the same weights"

mkdir damaged && cp -r films/* damaged/
printf 'no picture' >"$(echo damaged/VIRAL/*1.png | cut -d' ' -f1)"
ends 1 thorax train --data damaged --out no --size 64 --phase classifier:1:1e-3
ends 0 thorax train --data damaged --out skipped --size 64 --phase classifier:1:1e-3 --skip-unreadable
says err "thorax: left out: film 'damaged/VIRAL/" "1 of 30 films cannot be read and are left out"
ends 1 thorax train --data damaged --out many --size 64 --phase classifier:1:1e-3 --skip-unreadable --most-unreadable 3
says err "'damaged': 1 of 30 films cannot be read, at most 3 % may be"
[ ! -e many ] || fail "nothing should be made before films are known to be readable"

ends 2 thorax train --data films --out no --phase classifier
says err "thorax: --phase 'classifier': expected FROM:EPOCHS:RATE"
ends 2 thorax train --data films --out no --size 64 --phase nose:1:1e-3
says err "thorax: --phase: 'nose' is neither a part nor a weight"

# A run that is over, one with other options, damage, and weights that no checkpoint belongs to.
ends 0 "${run[@]}" --out whole
says err "this run is over"
ends 1 "${run[@]}" --out whole --seed 2
says err "other films or options" "seed was 1 and is 2" "--fresh begins again"
ends 1 "${run[@]}" --out whole --phase everything:2:1e-4
says err "; phases had 2 entries and has 3;"
ends 1 "${run[@]/classifier:1/classifier:2}" --out whole
says err "; phases/0/epochs was 1 and is 2;"
cp films/VIRAL/phantom_0001.png kept.png
cp films/NORMAL/phantom_0001.png films/VIRAL/phantom_0001.png
ends 1 "${run[@]}" --out whole
says err "other films or options" "films_content was"
mv kept.png films/VIRAL/phantom_0001.png
cp whole/weights.safetensors start.safetensors
begun=(thorax train --data films --size 64 --batch 8 --threads 1 --phase classifier:2:1e-3 --weights start.safetensors --out begun)
ends 0 "${begun[@]}"
ends 0 thorax train --data films --size 64 --batch 8 --threads 1 --phase classifier:1:1e-3 --seed 9 --preprocessing keras --out nearest
cp nearest/weights.safetensors start.safetensors
ends 1 "${begun[@]}"
says err "start_content was"
ends 2 "${run[@]}" --out no --cache films/kept
says err "lies among the films"
damage() { printf x | dd of="$1" bs=1 seek=5000 conv=notrunc 2>err; }
cp -r whole broken
damage broken/checkpoint.safetensors
ends 0 "${run[@]}" --out broken
says err "the newest checkpoint is damaged, this run goes on from the one before it" "going on from"
cmp whole/weights.safetensors broken/weights.safetensors || fail "it should end with the same weights"
damage broken/checkpoint.safetensors
damage broken/checkpoint.previous.safetensors
ends 1 "${run[@]}" --out broken
says err "--fresh begins again"
rm broken/checkpoint.safetensors
refuses_after_notes() { ends 1 "$@" && says err "holds the weights of another run"; }
refuses_after_notes "${run[@]}" --out broken
cmp whole/weights.safetensors broken/weights.safetensors || fail "weights should stay as they are"
touch whole/.checkpoint.safetensors.aB3dE6
(flock 9; ends 1 "${run[@]}" --out whole) 9<whole
says err "another run is working in 'whole'"
ends 0 "${run[@]}" --out whole
[ ! -e whole/.checkpoint.safetensors.aB3dE6 ] || fail "half-written files of a killed run should be removed"

ends 0 "${run[@]}" --out whole --seed 2 --fresh
says err "the same command without --fresh goes on"
cmp -s whole/weights.safetensors killed/weights.safetensors && fail "another seed should give other weights"

# Rules: rates that fall, phases that stop, weights that are put back, and the best of all phases beside them.
rules=("${run[@]}" --phase classifier:4:1e-3:warmup=1 --plateau .5:1 --stop-after 1 --best-by accuracy --average .9)
rules=("${rules[@]/everything:2:1e-3:cosine/everything:3:1e-3}")
ends 0 "${rules[@]}" --out ruled
says out "the weights that the last phase put back are in ruled/weights.safetensors" \
  "the best of all phases in ruled/best_by_accuracy.safetensors"
is "$(json ruled/run.json phases 1 stop patience)" 1
is "$(json ruled/run.json phases 2 warmup_epochs)" 1.0
is "$(json ruled/run.json phases 0 plateau factor)" 0.5
is "$(json ruled/run.json best_by)" "validation accuracy"
ends 0 thorax predict --weights ruled/best_by_accuracy.safetensors films/NORMAL
killed_after 0.6 cut "${rules[@]}" --out cut
ends 0 "${rules[@]}" --out cut
for file in weights best_by_accuracy; do
  cmp ruled/$file.safetensors cut/$file.safetensors || fail "a killed run should end with the same $file"
done
ends 0 "${rules[@]}" --out json --json --fresh
says out '"new_rate":' '"stops":' '"kept":true'
ends 2 "${run[@]}" --out no --plateau .3:3
says err "expected one rule for the learning rate, found a cosine and a plateau"

# Gray levels and parts of films: other weights, named in run.json where they are asked for, and part of what a run is.
ends 0 "${run[@]}" --out gray --brightness .1 --contrast .2 --gamma .5 --crop .75
is "$(json gray/run.json augmentation gamma)" 0.5
is "$(json gray/run.json augmentation crop)" 0.75
cmp -s killed/weights.safetensors gray/weights.safetensors && fail "other films should give other weights"
grep -qE 'brightness|crop' killed/run.json && fail "what was not asked for should not be named"
ends 1 "${run[@]}" --out gray --brightness .1 --contrast .2 --gamma .5
says err "other films or options" "; augmentation had 8 entries and has 7;"
ends 0 "${run[@]}" --out still --brightness 0 --contrast 0 --gamma 0 --crop 1
cmp killed/weights.safetensors still/weights.safetensors || fail "no change should change nothing"

# A preset, but for its size, network and phases, which would take hours here.
parity=(thorax train --preset keras-parity --data films --network small_densenet --size 64 --threads 1)
ends 0 "${parity[@]}" --out parity --phase classifier:1:1e-4
is "$(json parity/run.json preset)" keras-parity
is "$(json parity/run.json preprocessing)" keras
is "$(json parity/run.json batch)" 16
is "$(json parity/run.json phases 0 plateau patience)" 3
is "$(json parity/run.json phases 0 stop patience)" 6
best=(thorax train --preset best --data films --size 64 --threads 1 --phase classifier:1:1e-3)
ends 0 "${best[@]}" --out best
is "$(json best/run.json preset)" best
is "$(json best/run.json phases 0 epochs)" 1
is "$(json best/run.json augmentation rotation_degrees)" 12.0
is "$(json best/run.json class_weights)" "[]"
ends 0 "${best[@]}" --out weighed --class-weights --rotation 3
is "$(json weighed/run.json augmentation rotation_degrees)" 3.0
[ "$(json weighed/run.json class_weights)" != "[]" ] || fail "an option beside a preset should count more"
ends 0 "${best[@]:0:4}" --data films --size 64 --threads 1 --most-films 6 --plateau .3:3 --out falls --phase everything:1:1e-3
ends 0 "${parity[@]}" --out cosine --phase classifier:1:1e-4:cosine
ends 2 "${parity[@]}" --out no
says err "--preset keras-parity: 'features.denseblock4.denselayer24.conv2' is neither a part nor a weight"

ends 2 thorax train --data films --out films/run --size 64
says err "lies among the films"

for wrong in "--rotation nan" "--zoom 1" "--shift -1" "--batch 0" "--threads 1000000" "--seed -1" "--fold -1" \
  "--crop 0" "--brightness 2" "--contrast 1" "--gamma -1" \
  "--label-smoothing nan" "--norm-momentum nan" "--phase everything:1:inf" "--most-films 0" \
  "--plateau 1:3" "--plateau nan:3" "--plateau .3:0" "--plateau .3:3:-1" "--stop-after -1" "--average 1" \
  "--phase everything:2:1e-3:warmup=x" "--phase everything:2:1e-3:hot"; do
  # shellcheck disable=SC2086
  ends 2 thorax train --data films --out no --size 64 $wrong
  says err "found '"
done
rm films/manifest.csv
ends 0 thorax train --data films --out guessed --size 64 --phase classifier:1:1e-3
says err "no manifest.csv says whose films these are"

# What frozen layers make of films is kept, and changes no number; a folder of the run's own is gone in the end.
frozen=(thorax train --data films --size 64 --batch 8 --threads 1
  --phase classifier:5:1e-3 --phase features.norm5:3:1e-3 --phase everything:1:1e-3)
viewed=("${frozen[@]}" --views 2)
ends 0 "${viewed[@]}" --out without --cache-gb 0
[ ! -e without/features ] || fail "nothing should be kept"
ends 0 "${viewed[@]}" --out own
[ ! -e own/features ] || fail "the run's own features should be gone"
ends 0 "${viewed[@]}" --out first --cache features
is "$(ls features | wc -l)" 2  # of two phases that freeze something
killed_after 0.4 stopped "${viewed[@]}" --out stopped --cache features
for file in features/*; do damage "$file"; done
ends 0 "${viewed[@]}" --out stopped --cache features
ends 0 "${viewed[@]}" --out small --cache-gb 0.00001
says err "thorax: note:" "is full"
for run_of in own first stopped small; do
  cmp without/weights.safetensors $run_of/weights.safetensors || fail "$run_of should end with the same weights"
done
ends 1 "${frozen[@]}" --out first --views 3
says err "views was 2 and is 3"
ends 1 "${viewed[@]}" --out nowhere --cache /dev/null/features
says err "cannot use '/dev/null/features/"
