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

# The report is a folder of files that stand alone.
for file in report.html model_card.md roc.csv roc.svg precision_recall.csv precision_recall.svg reliability.csv reliability.svg; do
  [ -s report/$file ] || fail "report/$file should be there"
done
says report/report.html "Not a medical device." "<h2>Operating points</h2>" "data:image/png;base64," "BACTERIAL or VIRAL" "these weights do not say which films they were trained on"
says report/model_card.md "## Quantitative analyses" "untrained numbers of seed 1" "no field for age, sex or device"
! grep -qE '<script|src="http|@import|url\(' report/report.html || fail "the report should load nothing"
says out "Keras AUC" "operating points; thresholds were chosen on these very films" "BACTERIAL or VIRAL: 20 films against 10" "with 95 % intervals"
is "$(json report/metrics.json operating_points 3 negatives)" 10
is "$(json report/metrics.json leaky)" OFF
is "$(json report/metrics.json findings 0 support)" 10
is "$(head -n 1 report/roc.csv)" "finding,threshold,false_positive_rate,true_positive_rate"
is "$(awk -F, '{ films += $3 } END { print films }' report/reliability.csv)" 30
ends 0 thorax evaluate --weights small.weights --data films --report bare --mistakes 0
! grep -q '<img' bare/report.html || fail "without mistakes a report should hold no film"

# Other questions: a prevalence, another negative, mirror images, another network.
ends 0 thorax evaluate --weights small.weights --data films --json asked.json --csv flipped.csv --flips --negative VIRAL \
  --prevalence BACTERIAL=.3,NORMAL=.5,VIRAL=.2 --learned equal --against report/predictions.csv
says out "at the stated prevalence" "BACTERIAL or NORMAL: 20 films against 10" "Against report/predictions.csv:" "means over each film"
fits out
is "$(json asked.json flips)" ON
is "$(json asked.json at_prevalence stated NORMAL)" 0.5
is "$(json asked.json against left_out)" 0
ends 0 thorax evaluate --weights small.weights --data films --against report/predictions.csv --json same.json
is "$(json same.json against only_this_right) $(json same.json against only_other_right)" "0 0"
refuses 2 "'DOG' is no finding of these weights" thorax evaluate --weights small.weights --data films --negative DOG
refuses 2 "'VIRAL' has no share" thorax evaluate --weights small.weights --data films --prevalence BACTERIAL=.5,NORMAL=.5
refuses 2 "add up to 1.2" thorax evaluate --weights small.weights --data films --prevalence BACTERIAL=.5,NORMAL=.5,VIRAL=.2
refuses 2 "--learned is for --prevalence" thorax evaluate --weights small.weights --data films --learned equal
awk -F, -v OFS=, 'NR == 2 { $7 = "x" } { print }' report/predictions.csv >damaged.csv
refuses 1 "'damaged.csv', line 2, column p_normal: expected a number or a blank, found 'x'" \
  thorax evaluate --weights small.weights --data films --against damaged.csv
head -n 30 report/predictions.csv >fewer.csv
refuses 1 "only the first predictions have it" thorax evaluate --weights small.weights --data films --against fewer.csv
refuses 2 "is read by this command" thorax evaluate --weights small.weights --data films --against flipped.csv --csv flipped.csv

# Films of one patient in two folds: every report says the word.
mkdir leaky && cp -r films/* leaky/
awk -F, -v OFS=, 'NR > 1 { $3 = "p" (NR % 7) } { print }' films/manifest.csv >leaky/manifest.csv
ends 0 thorax evaluate --weights small.weights --data leaky --fold 1 --report leak
says out "(leaky)" "patients have films both in fold 1 and outside"
for file in report.html report.txt model_card.md; do says leak/$file leaky; done
is "$(json leak/metrics.json leaky)" ON

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
