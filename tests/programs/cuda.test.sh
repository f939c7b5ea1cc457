# SPDX-License-Identifier: MIT
#
# --backend cuda: where there is no GPU, or the program was built without, it says so in one line; where there is one, it
# says of films what the cpu says.

source "$(dirname "$0")/check.sh"
small_weights
small_films

status=0
thorax predict --weights small.weights --backend cuda --csv there.csv films/VIRAL >out 2>err || status=$?
if [ $status -eq 0 ]; then
  ends 0 thorax predict --weights small.weights --csv here.csv films/VIRAL
  is "$(cut -d, -f1-5 there.csv)" "$(cut -d, -f1-5 here.csv)"
  exit
fi
[ ! -e there.csv ] || fail "a refused prediction left a file"
case $(cat err) in
  *"built without the backend cuda"*) reason="cmake --preset cuda-release" ;;
  *) reason="found no GPU that it can use: " ;;
esac
refuses 1 "$reason" thorax predict --weights small.weights --backend cuda films/VIRAL
refuses 1 "$reason" thorax train --data films --out run --backend cuda
[ ! -e run ] || fail "a refused training left a folder"
refuses 2 "--bf16 is for --backend cpu" thorax predict --weights small.weights --backend cuda --bf16 films/VIRAL
