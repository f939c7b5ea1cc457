# SPDX-License-Identifier: MIT
#
# Several weights answer together, with the mean of their softmax, if they answer the same question.

source "$(dirname "$0")/check.sh"
small_films
recipe=(thorax train --data films --size 64 --batch 8 --threads 1 --phase everything:2:1e-3)
for seed in 1 2; do ends 0 "${recipe[@]}" --seed $seed --out $seed; done
ends 0 "${recipe[@]/64/96}" --out larger
one=1/weights.safetensors two=2/weights.safetensors larger=larger/weights.safetensors

# A film behind --weights is a film; each number is the mean of what both say.
for weights in $one $two; do ends 0 thorax predict --weights $weights --csv "${weights%%/*}.csv" films/VIRAL; done
ends 0 thorax predict --weights $one --weights $two --csv both.csv --json both.json films/VIRAL
paste -d, 1.csv 2.csv both.csv | awk -F, 'NR > 1 { for (c = 6; c <= 8; ++c) {
    mean = ($c + $(c + 14)) / 2; found = $(c + 28); logit = $(c + 31)
    if (found - mean > 1e-6 || mean - found > 1e-6 || exp(logit) - found > 1e-6 || found - exp(logit) > 1e-6) exit 1 } }' ||
  fail "probabilities should be means, and logits their logarithms"
is "$(json both.json network)" "mean of 2 networks: small_densenet, small_densenet"
cmp -s 1.csv both.csv && fail "two networks should not say what one says"
ends 0 thorax predict --weights $one --weights $one --csv twice.csv films/VIRAL
is "$(cut -d, -f1,5 twice.csv | cksum)" "$(cut -d, -f1,5 1.csv | cksum)"
ends 0 thorax predict --threads 1 --weights $one --weights $two --csv - films/VIRAL
cmp out both.csv || fail "the number of threads should change no bit"
ends 0 thorax predict --backend reference --weights $one --weights $two films/VIRAL/phantom_0001.png

# Networks for films of other sizes answer together; where their maps have other cells no one map is theirs.
ends 0 thorax evaluate --weights $one --weights $larger --data films --fold 0 --report report
says out "mean of 2 networks" "films of 64x64, 96x96" "fold 0: the epoch was chosen on it"
fits out
ends 0 thorax explain --weights $one --weights $two --finding NORMAL --json both.json films/VIRAL/phantom_0001.png
says out "a map of 2x2 cells at features"
is "$(json both.json films 0 probability | cut -c1-6)" "$(grep phantom_0001 both.csv | cut -d, -f7 | cut -c1-6)"
refuses 1 "explain the networks one at a time" thorax explain --weights $one --weights $larger films/VIRAL/phantom_0001.png
refuses 2 "'features.nose' is not a part of small_densenet" \
  thorax explain --weights $one --weights $two --at features.nose films/VIRAL/phantom_0001.png

# Other findings are another question; what no network says of its films, all of them do not.
mv films/VIRAL films/FUNGAL && sed -i 's/,VIRAL,/,FUNGAL,/' films/manifest.csv
ends 0 "${recipe[@]}" --out other
refuses 1 "'other/weights.safetensors' knows the findings BACTERIAL, FUNGAL, NORMAL, expected BACTERIAL, NORMAL, VIRAL" \
  thorax predict --weights $one --weights other/weights.safetensors films
small_weights
ends 0 thorax predict --weights $one --weights small.weights films/NORMAL
mv films/FUNGAL films/VIRAL && sed -i 's/,FUNGAL,/,VIRAL,/' films/manifest.csv
ends 0 thorax evaluate --weights $one --weights small.weights --data films --fold 0
says out "these weights do not say which films they were trained on" "untrained numbers of seed 1"
refuses 1 "missing.weights" thorax predict --weights $one --weights missing.weights films
refuses 2 "is read by this command" thorax predict --weights $one --weights $two --csv $two films/NORMAL
