# SPDX-License-Identifier: MIT
#
# The same seed makes the same folder of films, which the library reads as a dataset; nothing that is there already
# is written over.

source "$(dirname "$0")/check.sh"

ends 0 thorax phantoms --out films --count 10 --size 64 --seed 7
says out "30 synthetic films of 3 findings in films"
is "$(ls films | tr '\n' ' ')" "BACTERIAL NORMAL VIRAL manifest.csv "
is "$(ls films/VIRAL | wc -l)" 10
is "$(head -n 1 films/manifest.csv)" "file,class,patient,patient_fold"
is "$(lines films/manifest.csv)" 31

ends 0 thorax phantoms --out again --count 10 --size 64 --seed 7 --threads 1
diff -r films again >diff || fail "the same seed should make the same files"
ends 0 thorax phantoms --out other --count 10 --size 64 --seed 8
! cmp -s films/NORMAL/phantom_0001.png other/NORMAL/phantom_0001.png || fail "another seed, the same film"

refuses 1 "'films' is there already and not an empty folder" thorax phantoms --out films
diff -r films again >diff || fail "a refused run has changed films"
refuses 2 "--count: expected a whole number from 10 to 99999, found '3'" thorax phantoms --out few --count 3
refuses 2 "--size: expected a whole number from 32 to 4096, found '8'" thorax phantoms --out tiny --size 8
refuses 1 "cannot make the folder" thorax phantoms --out films/manifest.csv/below
