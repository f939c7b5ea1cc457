# SPDX-License-Identifier: MIT
#
# A temperature fitted on one fold travels with the weights: scores change, logits and answers do not, and whoever measures
# on the films of the fit is told.

source "$(dirname "$0")/check.sh"
thorax phantoms --out films --count 20 --size 64 >/dev/null
ends 0 thorax train --data films --out run --size 64 --batch 8 --threads 1 --norm-momentum 0.9 --phase everything:4:2e-3:cosine
weights=run/weights.safetensors

ends 0 thorax calibrate --weights $weights --data films --fold 1 --out calibrated.safetensors
says out "Not a medical device." "temperature " "films of films, fold 1" "before  after" "No answer changes"
fits out

ends 0 thorax evaluate --weights $weights --data films --fold 2 --csv plain.csv --json plain.json
ends 0 thorax evaluate --weights calibrated.safetensors --data films --fold 2 --csv cal.csv --json cal.json
says out "fitted on" "films, fold 1"
! grep -q "was fitted on films that are measured here" out || fail "fold 2 is not fold 1"
is "$(cut -d, -f1-5,9-11 cal.csv)" "$(cut -d, -f1-5,9-11 plain.csv)"
[ "$(cut -d, -f6-8 cal.csv)" != "$(cut -d, -f6-8 plain.csv)" ] || fail "scores should change"
for number in accuracy macro_f1 n; do is "$(json cal.json $number)" "$(json plain.json $number)"; done
is "$(sed -n 2p plain.csv | cut -d, -f12)" 1
is "$(sed -n 2p cal.csv | cut -d, -f12 | cut -c1-6)" "$(json cal.json temperature | cut -c1-6)"

# Fitted again from what carries one already, it is the same: logits never changed.
ends 0 thorax calibrate --weights calibrated.safetensors --data films --fold 1 --out again.safetensors
cmp calibrated.safetensors again.safetensors || fail "a second fit should find the same"

# The films of the fit, alone or among others, whatever their folder is called.
for where in "--data films --fold 1" "--data films"; do
  ends 0 thorax evaluate --weights calibrated.safetensors $where
  says out "note: the temperature was fitted on films that are measured here"
done
cp -r films elsewhere
ends 0 thorax evaluate --weights calibrated.safetensors --data elsewhere --fold 1 --report report
says report/report.html "the temperature was fitted on films that are measured here"

ends 0 thorax predict --weights calibrated.safetensors --json said.json films/NORMAL
says out "scores are calibrated: temperature"
[ "$(json said.json temperature)" != 1 ] || fail "predictions should say their temperature"
ends 0 thorax explain --weights calibrated.safetensors --out maps films/NORMAL/phantom_0001.png

refuses 2 "--fold is required" thorax calibrate --weights $weights --data films --out no.safetensors
refuses 2 "is read by this command" thorax calibrate --weights $weights --data films --fold 1 --out $weights
refuses 1 "has no film of fold 9" thorax calibrate --weights $weights --data films --fold 9 --out no.safetensors
[ ! -e no.safetensors ] || fail "nothing should be written"
