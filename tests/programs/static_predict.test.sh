#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# static_predict is one file that needs nothing else: it is run in a root that holds that file, a film, and no more.

source "$(dirname "$0")/check.sh"
program=$(command -v static_predict) || { echo "skipped: no static_predict in this build" && exit 0; }
small_films
mkdir root
cp films/NORMAL/phantom_0001.png root/film.png
head -c 100 root/film.png >root/half.png
cp "$program" root/static_predict

# A project of its own must be told what to embed.
ends 1 cmake -G Ninja -S "$here/../../examples/static_predict" -B alone
says err "there are no weights to embed" "-D THORAX_STATIC_WEIGHTS=FILE"

# The weights that are embedded are not code.
ends 1 ldd "$program"
says err "not a dynamic executable"
code=$(($(stat -c %s "$program") - $(small_weights && stat -c %s small.weights)))
[ "$code" -le 5000000 ] || fail "$code bytes of code, at most 5000000 are allowed"
echo "code: $code bytes"

ends 0 "$program" films/*/*.png
is "$(lines out)" 31
ends 2 "$program"
says err "usage: static_predict FILM..."

# The same answers as the program that is linked the usual way.
thorax predict --weights small.weights --csv - films/NORMAL/phantom_0001.png >csv
ends 0 "$program" films/NORMAL/phantom_0001.png
finding=$(sed -n 2p out | cut -d' ' -f1)
says csv "$finding"

# Nothing but the kernel: who may not change the root, may in a namespace of their own.
enter=(chroot root)
[ "$(id -u)" -eq 0 ] || enter=(unshare -r chroot root)
"${enter[@]}" /static_predict >/dev/null 2>&1 || [ $? -eq 2 ] || { echo "skipped: no right to change the root" && exit 0; }
ends 0 "${enter[@]}" /static_predict /film.png
says out "$finding"
ends 1 "${enter[@]}" /static_predict /half.png /film.png /missing.png
says out "$finding"
says err "/half.png" "cannot open '/missing.png'"

# The instructions can be chosen, and are named.
ends 0 env THORAX_ARCH=sse2 "$program" root/film.png
says out "on sse2"
ends 1 env THORAX_ARCH=abacus "$program" root/film.png
says err "there are no kernels 'abacus'" "sse2"
