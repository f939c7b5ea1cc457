# SPDX-License-Identifier: MIT
#
# Weights that are missing, damaged, or of another network are refused in one line.

source "$(dirname "$0")/check.sh"
small_weights
small_films
film=films/NORMAL/phantom_0001.png

refuses 1 "cannot open 'missing.weights'" thorax predict --weights missing.weights $film
refuses 1 "expected a file" thorax predict --weights films $film
head -c 100000 small.weights >cut.weights
refuses 1 "was the file cut short" thorax predict --weights cut.weights $film
cp $film picture.weights
refuses 1 "'picture.weights'" thorax predict --weights picture.weights $film
cp small.weights changed.weights
printf '\x55' | dd of=changed.weights bs=1 seek=2000000 conv=notrunc status=none
refuses 1 "'changed.weights'" thorax predict --weights changed.weights $film
refuses 1 "holds weights of small_densenet, expected densenet121" \
  thorax predict --weights small.weights --network densenet121 $film
refuses 1 "made for an input of 3x64x64, expected 3x96x96" thorax predict --weights small.weights --size 96 $film
make_weights wrong wrong.weights
refuses 1 "'wrong.weights': small_densenet: golden sample: logit 0: expected" \
  thorax predict --weights wrong.weights $film
says err "If another backend accepts them, this machine computes wrongly"
refuses 1 "golden sample" thorax predict --weights wrong.weights --backend reference $film

# A file without this library's metadata: what it is for must be said, and that nothing protects it is said.
make_weights foreign foreign.weights
refuses 2 "does not say which network it is for" thorax predict --weights foreign.weights $film
ends 0 thorax predict --weights foreign.weights --network small_densenet --size 64 $film
says err "carries no checksum"
says out "finding 2"
