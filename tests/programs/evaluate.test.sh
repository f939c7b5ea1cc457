# SPDX-License-Identifier: MIT
#
# The report on the terminal is the one in the folder; its numbers agree with metrics.json and predictions.csv.

source "$(dirname "$0")/check.sh"
small_weights
small_films

ends 0 thorax evaluate --weights small.weights --data films --report report
says out "Not a medical device." "films: 30 films measured, 0 rejected" "macro AUC" "precision    recall  f1-score   support" \
  "label \\ predicted" "untrained numbers of seed 1"
fits out
cmp out report/report.txt || fail "report.txt should be what the terminal shows"
is "$(json report/metrics.json n)" 30
says out "by patients, 2000 draws of" "calibration error"
is "$(json report/metrics.json by_patients resamples)" 2000
is "$(json report/metrics.json by_patients patients)" "$(tail -n +2 films/manifest.csv | cut -d, -f3 | sort -u | wc -l)"
is "$(json report/metrics.json confusion_matrix counts 2 2)" "$(grep -c ',VIRAL,VIRAL,' report/predictions.csv)"
is "$(lines report/predictions.csv)" 31

ends 0 thorax evaluate --weights small.weights --data films --fold 1 --json - --csv fold.csv
is "$(json out split)" "films, fold 1"
is "$(json out n)" "$(grep -c ',1$' films/manifest.csv)"
is "$(cut -d, -f3 fold.csv | sort -u | tr '\n' ' ')" "1 fold "

# A film that cannot be read is counted, and does not stop the others.
echo words >films/NORMAL/phantom_0001.png
ends 1 thorax evaluate --weights small.weights --data films
says out "29 films measured, 1 rejected"
says err "films/NORMAL/phantom_0001.png"

refuses 1 "has no film of fold 9" thorax evaluate --weights small.weights --data films --fold 9
refuses 1 "'missing' is no folder" thorax evaluate --weights small.weights --data missing
refuses 1 "holds 0 class folders, expected at least 2" thorax evaluate --weights small.weights --data films/NORMAL
mkdir -p others/CAT others/NORMAL
cp films/NORMAL/phantom_0002.png others/CAT
cp films/NORMAL/phantom_0002.png others/NORMAL
refuses 1 "class folder 'CAT' of 'others' is no finding of these weights; expected BACTERIAL, NORMAL, VIRAL" \
  thorax evaluate --weights small.weights --data others

# Neither the manifest nor another result is overwritten, and results do not become a class folder.
cp films/manifest.csv kept.csv
refuses 2 "is read by this command" thorax evaluate --weights small.weights --data films --csv films/manifest.csv
cmp films/manifest.csv kept.csv || fail "the manifest should stay as it is"
refuses 2 "would hold two results" thorax evaluate --weights small.weights --data films --report report --csv ./report/predictions.csv
refuses 2 "lies among the films" thorax evaluate --weights small.weights --data films --report films/report
refuses 1 "it is a folder" thorax evaluate --weights small.weights --data films --csv films
ends 1 thorax evaluate --weights small.weights --data films --csv /dev/null --json /dev/null
[ -c /dev/null ] || fail "a device should stay one"
