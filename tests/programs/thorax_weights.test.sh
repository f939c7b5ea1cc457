# SPDX-License-Identifier: MIT
#
# Weights go out to Keras and timm and come back as they were; files that cannot be weights are refused in one line.

source "$(dirname "$0")/check.sh"
small_weights
weights=$here/../data/files/weights

# Out and back: the numbers, and what the network says about a film, are the same.
small_films
film=films/NORMAL/phantom_0001.png
ends 0 thorax predict --weights small.weights --csv before.csv $film
for name in small.h5 small.weights.h5 small.safetensors; do
  ends 0 thorax-weights export small.weights --out $name
  ends 0 thorax-weights import $name --network small_densenet --size 64 --epsilon 1e-5 \
    --findings BACTERIAL,NORMAL,VIRAL --out back.weights
  fits out
  says out "tensors taken"
  ends 0 thorax predict --weights back.weights --csv after.csv $film
  cmp before.csv after.csv || fail "$name changed what the network says"
done
ends 0 thorax-weights verify back.weights
says out "reference" "cpu" "ok"

# Fewer bits: the file is half as large and says what that costs.
ends 0 thorax-weights export small.weights --out half.weights --storage F16
says out "changes the logits of the golden sample by up to"
[ "$(stat -c %s half.weights)" -lt $(($(stat -c %s small.weights) * 6 / 10)) ] || fail "expected half of the bytes"
ends 0 thorax-weights verify half.weights

ends 0 thorax-weights export small.weights --out half.safetensors --storage BF16 --features-only
says out "BF16 changes the logits"

# Weights that say what they are: a file of this library for another network gives its features only.
ends 0 thorax-weights import small.weights --network small_densenet --out same.weights
says out "the file's own"
ends 1 thorax-weights import small.weights --network chest_network --out none.weights

# Another number of findings: the features stay, the head starts anew, and that is said.
ends 0 thorax-weights import small.h5 --network small_densenet --size 64 --findings A,B,C,D --out four.weights
says out "starts from seed 1" "classifier_linear2" "thorax train --weights"
ends 0 thorax-weights inspect four.weights
says out '["A","B","C","D"]' "4x512" "checksum right"
fits out
ends 0 thorax-weights inspect small.h5 --json
is "$(json out tensors 0 type)" F32

# What a foreign file holds, and what of it cannot be read.
ends 0 thorax-weights inspect "$weights/hdf5/types.h5"
says out "not read" "is stored in chunks" "10 tensors" "6 more cannot be read"
ends 0 thorax-weights inspect "$weights/hdf5/types.h5" --json
says out '"bytes":24' '"refusal":"is stored in chunks'
ends 0 thorax-weights inspect "$weights/torchvision.pth"
says out "ZIP checksums right"

# The mapping can be seen first; nothing is written.
ends 0 thorax-weights import small.h5 --network small_densenet --findings A,B,C --dry-run --out none.weights
says out "<- conv1_conv/conv1_conv/kernel, HWIO to OIHW"
[ ! -e none.weights ] || fail "--dry-run wrote a file"

# A head and a body from two files.
ends 0 thorax-weights export small.weights --out body.safetensors --features-only
ends 0 thorax-weights import body.safetensors --head small.h5 --network small_densenet --size 64 \
  --findings BACTERIAL,NORMAL,VIRAL --out joined.weights
ends 0 thorax predict --weights joined.weights --csv after.csv $film
cmp before.csv after.csv || fail "a head and a body from two files changed what the network says"
refuses 1 "body.safetensors': expected a head to take" thorax-weights import small.h5 --head body.safetensors \
  --network small_densenet --findings A,B,C --out none.weights
refuses 1 "name as many findings as it has" thorax-weights import body.safetensors --head small.h5 \
  --network small_densenet --findings A,B --out none.weights

# What cannot be weights leaves nothing behind.
into="--network small_densenet --findings A,B,C --out none.weights"
printf '<html>not found</html>\n' >page.h5
refuses 1 "was a page or a text saved" thorax-weights import page.h5 $into
: >empty.pth
refuses 1 "'empty.pth'" thorax-weights import empty.pth $into
refuses 1 "cannot open 'missing.h5'" thorax-weights import missing.h5 $into
for name in small.h5 small.safetensors; do
  head -c 100000 $name >cut
  refuses 1 "'cut'" thorax-weights import cut $into
done
for file in "$weights"/keras_nested.keras "$weights"/torchvision.pth "$weights"/torchvision_legacy.pth; do
  head -c $(($(stat -c %s "$file") / 2)) "$file" >cut
  refuses 1 "'cut'" thorax-weights import cut $into
done
cp small.weights changed.weights
printf '\x55' | dd of=changed.weights bs=1 seek=2000000 conv=notrunc status=none
refuses 1 "'changed.weights'" thorax-weights import changed.weights $into
refuses 1 "xray_module.pt': " thorax-weights import "$weights/xray_module.pt" $into
refuses 1 "it looks like small_densenet" thorax-weights import small.h5 --network densenet121 --findings A,B --out none.weights
refuses 1 "'features.conv0.weight': expected 64x3x7x7, found 4x3x7x7" thorax-weights import "$weights/torchvision.pth" --network densenet121 --findings A,B --out none.weights
[ ! -e none.weights ] || fail "a refused file left weights behind"

# Wrong usage.
refuses 2 "--network is required" thorax-weights import small.h5 --out none.weights
refuses 2 "Say --out FILE" thorax-weights import small.h5 --network small_densenet --findings A,B,C
refuses 2 "is read by this command" thorax-weights import small.h5 --network small_densenet --findings A,B,C --out small.h5
for names in A,,C "A, B,C" "A,B,A"; do
  refuses 2 "expected A,B,C without blanks" thorax-weights import small.h5 --network small_densenet --findings "$names" --out none.weights
done
refuses 2 "is not written" thorax-weights export small.weights --out small.keras
refuses 1 "import it with thorax-weights first" thorax-weights verify small.h5
refuses 1 "import it with thorax-weights first" thorax predict --weights "$weights/torchvision.pth" $film
refuses 2 "2 to 65536" thorax-weights import small.h5 --network small_densenet --findings A --out none.weights
refuses 2 "Keras reads F32" thorax-weights export small.weights --out half.h5 --storage F16
make_weights foreign foreign.weights
refuses 1 "import them first" thorax-weights export foreign.weights --out x.h5
refuses 1 "expected a golden sample" thorax-weights verify foreign.weights

# Training begins with imported weights: their network, size, preprocessing and origin are taken over.
ends 0 thorax-weights import small.h5 --network small_densenet --size 64 --findings BACTERIAL,NORMAL,VIRAL \
  --preprocessing keras --provenance "of the phantoms, CC BY" --out start.weights
ends 0 thorax train --data films --out run --weights start.weights --phase classifier:1:1e-3
ends 0 thorax-weights inspect run/weights.safetensors
says out "begun with weights: of the phantoms," "nearest" "[3,64,64]"

# Findings that do not exclude each other: no film's probabilities add up to 1, and nobody minds.
ends 0 thorax-weights export small.weights --out body.safetensors --features-only
refuses 1 "it looks like small_densenet" thorax-weights import body.safetensors --network xrv_densenet121 \
  --findings A,B --out none.weights

# A program that carries its weights.
ends 0 thorax-weights embed small.weights --out small_weights.cpp
says out "embedded::small_weights()"
refuses 2 "expected NAME.cpp" thorax-weights embed small.weights --out 2.cpp
refuses 1 "'page.h5'" thorax-weights embed page.h5 --out page.cpp
[ ! -e page.cpp ] || fail "a refused file left a source behind"
