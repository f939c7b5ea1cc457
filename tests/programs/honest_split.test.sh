# SPDX-License-Identifier: MIT
#
# Splits that are kept as tables, films that are left alone for testing, and numbers that say what they are worth.

source "$(dirname "$0")/check.sh"
small_films
options=(--data films --size 64 --batch 8 --threads 1 --phase classifier:1:1e-3)
fits_report() { fits out && says out "$@"; }

# A table of folds: the same films and seed give the same, no patient and no copy stands in two folds.
cp films/NORMAL/phantom_0001.png films/NORMAL/phantom_0010.png
ends 0 thorax split --data films --folds 4 --seed 3 --out splits.csv
says out "fold  films  groups  BACTERIAL  NORMAL  VIRAL" "1 films are exact copies of others"
fits out
is "$(head -n 1 splits.csv)" "path,class,patient,fold,content"
is "$(lines splits.csv)" 31
is "$(tail -n +2 splits.csv | cut -d, -f4 | sort -u | tr '\n' ' ')" "0 1 2 3 "
is "$(tail -n +2 splits.csv | cut -d, -f3,4 | sort -u | cut -d, -f1 | uniq -d)" ""
is "$(grep -E 'NORMAL/phantom_00(01|10)' splits.csv | cut -d, -f4,5 | sort -u | wc -l)" 1
ends 0 thorax split --data films --folds 4 --seed 3 --out -
cmp out splits.csv || fail "what is printed should be what is written"
ends 0 thorax split --data films --folds 4 --seed 4 --out other.csv
cmp -s other.csv splits.csv && fail "another seed should give other folds"
refuses 2 "is read by this command" thorax split --data films --out films/manifest.csv
refuses 1 "cannot make 900 folds" thorax split --data films --folds 900 --out no.csv

# In the manifest the copy stands in another fold.
copies=$(grep -E '^phantom_00(01|10).png,NORMAL' films/manifest.csv | cut -d, -f4)
first=$(echo "$copies" | head -n 1) second=$(echo "$copies" | tail -n 1)
[ "$first" != "$second" ] || fail "the test needs two films of different folds"
ends 1 thorax train "${options[@]}" --out no --fold "$first"
says err "has a copy on the other side of the split (validation film 'phantom_0001.png')" "--allow-leaky-split"
[ ! -e no ] || fail "nothing should be made of a leaky split"
ends 0 thorax train "${options[@]}" --out leaky --fold "$first" --allow-leaky-split
says err "leaky split"
says leaky/history.csv "validation_accuracy,seconds,split" ",leaky"
says leaky/history.svg "leaky split"
is "$(json leaky/run.json leaky_split)" ON
ends 0 thorax evaluate --weights leaky/weights.safetensors --data films --fold "$first" --report leaky_report
fits_report "of a leaky split" "leaky split: patients, or copies of films, were on both sides"
says leaky_report/metrics.json "leaky split"
is "$(json leaky_report/metrics.json leaky)" ON

# With the table the same films make a split that is none, and a film that was changed since is named.
ends 0 thorax train "${options[@]}" --out run --splits splits.csv --fold 1 --test-fold 2
says err "(fold 1), " " left alone (fold 2)"
grep -q leaky run/history.csv run/history.svg && fail "a sound split is not leaky"
cmp run/splits.csv splits.csv || fail "a run should keep its split"
is "$(json run/run.json test_fold)" 2
is "$(json run/run.json leaky_split)" OFF
for known in "2:never seen in training or choosing" "1:the epoch was chosen on it" "0:trained on"; do
  ends 0 thorax evaluate --weights run/weights.safetensors --data films --splits splits.csv --fold "${known%%:*}" --report seen
  fits_report "fold ${known%%:*}: ${known#*:}"
  says seen/metrics.json "fold ${known%%:*}: ${known#*:}"
done
grep -q "do not say what they saw" seen/report.txt && fail "training began with a seed"
ends 0 thorax evaluate --weights run/weights.safetensors --data films --splits splits.csv
says out "fold 2: never seen in training or choosing" "folds 0 and 3: trained on"
ends 0 thorax evaluate --weights run/weights.safetensors --data films --splits other.csv --fold 2
says out "fold 2: not known to these weights"

# The films that are left alone have no part in the weights: without them these are the same.
cp -r films without
for path in $(grep ',2,[0-9a-f]*$' splits.csv | cut -d, -f1); do rm "without/$path"; done
ends 0 thorax train "${options[@]/films/without}" --out untouched --splits splits.csv --fold 1
says err "the split lists 30 films"
for file in run untouched; do thorax predict --weights $file/weights.safetensors --csv $file.csv films/VIRAL >/dev/null; done
cmp run.csv untouched.csv || fail "a fold that is left alone should not change the weights"

# What weights saw goes on with them, and they neither choose nor judge what they know.
begun=(thorax train "${options[@]}" --weights run/weights.safetensors --splits splits.csv)
ends 1 "${begun[@]}" --out no --fold 1 --test-fold 0
says err "the weights to begin with were trained on the films of fold 0, which are to test what becomes of them"
ends 1 "${begun[@]}" --out no --fold 2 --test-fold 1
says err "the weights to begin with were chosen by the films of fold 1"
ends 0 "${begun[@]}" --out again --fold 1 --test-fold 2
ends 0 thorax evaluate --weights again/weights.safetensors --data films --splits splits.csv --fold 2
says out "fold 2: never seen in training or choosing"
ends 0 "${begun[@]}" --out spoiled --fold 0 --allow-leaky-split
ends 0 thorax evaluate --weights spoiled/weights.safetensors --data films --splits splits.csv --fold 0
says out "fold 0: trained on" "leaky split"

ends 2 thorax train "${options[@]}" --out no --splits splits.csv --fold 1 --test-fold 1
says err "cannot be validated and tested on"
ends 1 thorax train "${options[@]}" --out no --splits splits.csv --fold 1 --test-fold 7
says err "fold 7 has no film to test on"
cp films/VIRAL/phantom_0003.png films/VIRAL/phantom_0004.png
ends 1 thorax train "${options[@]}" --out no --splits splits.csv --fold 1
says err "the film 'VIRAL/phantom_0004.png' is not the one that was split: expected the content"
ends 1 thorax evaluate --weights run/weights.safetensors --data films --splits splits.csv
says err "the film 'VIRAL/phantom_0004.png' is not the one that was split"
