# SPDX-License-Identifier: MIT
#
# A picture a film, named after it; the grid of the part that was asked; what is not there is refused.

source "$(dirname "$0")/check.sh"
small_weights
small_films
film=films/NORMAL/phantom_0001.png

ends 0 thorax explain --weights small.weights --finding NORMAL --out maps --json maps.json $film films/VIRAL/phantom_0001.png
says out "Not a medical device." "a map of 2x2 cells at features"
fits out
is "$(ls maps | tr '\n' ' ')" "phantom_0001.NORMAL-2.png phantom_0001.NORMAL.png "
is "$(head -c 4 maps/phantom_0001.NORMAL.png | tail -c 3)" PNG
is "$(json maps.json films 0 part)" features
is "$(json maps.json films 0 picture)" maps/phantom_0001.NORMAL.png

ends 0 thorax explain --weights small.weights --at features.denseblock1 --probability --json - $film
is "$(json out films 0 finding)" "$(ls heat_maps/phantom_0001.*.png | cut -d. -f2)"
for y in 0 15; do json out films 0 cells $y 15 >/dev/null || fail "expected 16x16 cells"; done

refuses 2 "'FLU' is no finding of these weights; expected BACTERIAL, NORMAL, VIRAL" \
  thorax explain --weights small.weights --finding FLU $film
refuses 2 "'features.nose' is not a part of small_densenet" thorax explain --weights small.weights --at features.nose $film
refuses 1 "cannot make the folder 'small.weights'" thorax explain --weights small.weights --out small.weights $film

refuses 2 "--finding: expected a name, found ''" thorax explain --weights small.weights --finding "" $film
refuses 2 "--out: expected a name, found ''" thorax explain --weights small.weights --out "" $film

mkdir here && cp $film here/a.png && cp $film here/a.NORMAL.png
ends 0 thorax explain --weights small.weights --finding NORMAL --out here here/a.png here/a.NORMAL.png
cmp $film here/a.NORMAL.png || fail "a film should never be overwritten by a picture of another"
is "$(ls here | wc -l)" 4
long=$(printf 'x%.0s' {1..240})
cp $film "$long.png"
ends 0 thorax explain --weights small.weights --finding NORMAL --out names "$long.png" $film
is "$(ls names | wc -l)" 2
refuses 2 "'small.weights' is read by this command" thorax explain --weights small.weights --json small.weights $film

echo words >text.png
refuses 1 "1 of 2 films could not be read" thorax explain --weights small.weights --out more text.png $film
says out "rejected: film 'text.png'"
is "$(ls more | wc -l)" 1
