# SPDX-License-Identifier: MIT
#
# The tables fit a terminal and hold the numbers of the papers' networks.

source "$(dirname "$0")/check.sh"

ends 0 thorax summary
grep -qE '^features +1920x9x9 +18,321,984 +7,344,024,320$' out || fail "expected DenseNet201 at 300"
grep -qE '^features.denseblock3 +1792x18x18 +8,180,736 +2,579,890,176$' out || fail "expected its third block"
fits out
ends 0 thorax summary --network chest_network --size 224 --json sum.json
grep -qE '^features +1920x7x7 +18,321,984 +4,289,445,888$' out || fail "expected DenseNet201 at 224"
is "$(json sum.json parts 0 macs)" 4289445888
is "$(json sum.json input 1)" 224

ends 0 thorax summary --network densenet264 --size 512 --findings 1000 --parts
says out "features.denseblock4.denselayer48.conv2" "2,689,000"
fits out
ends 0 thorax summary --network densenet264 --size 512 --plan
says out "nr>conv 1x1>nr" "softmax" "bytes of arena a film"
fits out


# Which instructions compute, and how each op is computed, can be seen and chosen.
THORAX_ARCH=sse2 thorax summary --plan >out
says out "kernels of the cpu backend: sse2" "F(6x6)" "F(3x3)" "product" "when packed"
fits out
refuses 2 "there are no kernels 'abacus' that run on this machine" env THORAX_ARCH=abacus thorax summary
says err "unset THORAX_ARCH, or set it to one that runs here"

refuses 2 "--size: expected a whole number from 64 to 4096, found '31'" thorax summary --size 31
ends 0 thorax summary --network xrv_densenet121 --size 224 --findings 18 --plan
says out "sigmoid"
fits out
refuses 2 "--findings: expected a whole number from 2 to 65536, found '1'" thorax summary --findings 1
refuses 2 "--network: vgg not in" thorax summary --network vgg
