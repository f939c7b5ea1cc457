# SPDX-License-Identifier: MIT
#
# One line a film, also for one that cannot be read; CSV and JSON say the same as the table.

source "$(dirname "$0")/check.sh"
small_weights
small_films

ends 0 thorax predict --weights small.weights films/VIRAL films/NORMAL/phantom_0003.png
says out "Not a medical device." "films/VIRAL/phantom_0010.png"
is "$(tail -n 1 out | awk '{ print $3 }')" films/NORMAL/phantom_0003.png
is "$(grep -c phantom_ out)" 11
fits out
is "$(cat err)" ""

# Folders are searched all the way down, in the order of their paths; what is hidden or no picture is passed over.
mkdir -p deep/er
cp films/NORMAL/phantom_0001.png deep/er/b.PNG
cp films/NORMAL/phantom_0002.png deep/a.png
cp films/NORMAL/phantom_0002.png deep/.hidden.png
echo words >deep/notes.txt
ends 0 thorax predict --weights small.weights --csv said.csv --json said.json deep
is "$(cut -d, -f1 said.csv | tr '\n' ' ')" "path deep/a.png deep/er/b.PNG "
is "$(head -n 1 said.csv)" "path,patient,fold,true,pred,p_bacterial,p_normal,p_viral,logit_bacterial,logit_normal,logit_viral,temperature,rejected,reason"
is "$(json said.json films 1 path)" deep/er/b.PNG
is "$(json said.json films 1 finding)" "$(sed -n 3p said.csv | cut -d, -f5)"
is "$(json said.json films 1 probabilities NORMAL | cut -c1-7)" "$(sed -n 3p said.csv | cut -d, -f7 | cut -c1-7)"

# The number of threads changes no bit of an answer, another backend only the last digits.
ends 0 thorax predict --weights small.weights --threads 1 --csv - deep
cmp out said.csv || fail "one thread should say the same as two"
ends 0 thorax predict --weights small.weights --backend reference --csv slow.csv deep
is "$(cut -d, -f1-5 slow.csv)" "$(cut -d, -f1-5 said.csv)"
for switch in --bf16 --no-winograd --no-strassen --no-gray; do
  refuses 2 "$switch is for --backend cpu" thorax predict --weights small.weights --backend reference $switch deep
done

# With mirror images an answer is a mean, which has no logits; a film and its own mirror image then say the same.
ends 0 thorax predict --weights small.weights --flips --csv mean.csv --json mean.json deep
says out "means over each film and its mirror image"
is "$(sed -n 2p mean.csv | cut -d, -f9-12)" ",,,1"
is "$(json mean.json flips)" ON
[ "$(sed -n 2p mean.csv | cut -d, -f6)" != "$(sed -n 2p said.csv | cut -d, -f6)" ] || fail "a mean should be another number"
ends 0 thorax predict --weights small.weights --flips --threads 1 --csv - deep
cmp out mean.csv || fail "one thread should say the same as two"
mkdir turned && printf 'P5 2 2 255\n\000\377\100\200' >turned/left.pgm && printf 'P5 2 2 255\n\377\000\200\100' >turned/right.pgm
ends 0 thorax predict --weights small.weights --csv sides.csv turned
[ "$(sed -n 2p sides.csv | cut -d, -f5-8)" != "$(sed -n 3p sides.csv | cut -d, -f5-8)" ] || fail "the two films should differ"
ends 0 thorax predict --weights small.weights --flips --csv sides.csv turned
is "$(sed -n 2p sides.csv | cut -d, -f5-8)" "$(sed -n 3p sides.csv | cut -d, -f5-8)"

# A film that cannot be read has its line, the others theirs, and the status says so.
echo words >deep/text.png
head -c 700 films/NORMAL/phantom_0001.png >deep/cut.png
refuses 1 "3 of 5 films could not be read" thorax predict --weights small.weights --csv said.csv deep missing.png
says out "rejected" "expected the content of a JPEG, PNG," "cannot open 'missing.png'"
fits out
is "$(lines said.csv)" 6
is "$(tail -n +2 said.csv | grep -c ',true,')" 3
grep -q '^deep/a.png,.*,false,$' said.csv || fail "a good film beside bad ones should be predicted"

# So has a folder that cannot be listed, by its own name, and one that holds no film.
mkdir -p behind/closed void
cp films/NORMAL/phantom_0001.png behind/
chmod 0 behind/closed
as_user=()
[ "$(id -u)" -ne 0 ] || as_user=(setpriv --bounding-set=-dac_override,-dac_read_search)
if ! "${as_user[@]}" ls behind/closed >/dev/null 2>&1; then
  refuses 1 "1 of 2 films could not be read" "${as_user[@]}" thorax predict --weights small.weights behind
  says out "behind/phantom_0001.png" "cannot list 'behind/closed': Permission"
  refuses 1 "cannot list 'behind/closed'" "${as_user[@]}" thorax predict --weights small.weights behind/closed
fi
chmod 755 behind/closed
refuses 1 "1 of 2 films could not be read" thorax predict --weights small.weights void films/NORMAL/phantom_0001.png
says out "'void' holds no film; expected files" "films/NORMAL/phantom_0001.png"
refuses 1 "'void' holds no film" thorax predict --weights small.weights void

# Each thread takes whole films, and the last ones may be computed by all threads together: the lines stand in the order
# of the paths, each with the numbers that the film has alone, whatever the threads.
mkdir many
cp -r films/NORMAL films/VIRAL many
echo words >many/NORMAL/phantom_0005x.png
find many -name '*.png' | LC_ALL=C sort >paths
is "$(lines paths)" 21
ends 1 thorax predict --weights small.weights --threads 1 --csv one.csv many
tail -n +2 one.csv | cut -d, -f1 | cmp - paths || fail "the lines should be in the order of the paths"
is "$(grep -c '^many.*,true,' one.csv)" 1
says one.csv "many/NORMAL/phantom_0005x.png,,,,,,,,,,,,true,"
for threads in 2 3 4 6; do
  ends 1 thorax predict --weights small.weights --threads $threads --csv some.csv many
  cmp some.csv one.csv || fail "$threads threads should say the same as one"
done
ends 0 thorax predict --weights small.weights --threads 3 --csv alone.csv many/VIRAL/phantom_0007.png
is "$(tail -n 1 alone.csv)" "$(grep '^many/VIRAL/phantom_0007.png,' one.csv)"

# A DICOM film is read like any other, in a folder too. What the file gives reason to remark stands on standard error with
# the film's name, and in the JSON; nothing of the patient does.
mkdir hospital
cp "$here/../data/image/dicom/plain_12.bin" hospital/a.dcm
cp "$here/../data/image/dicom/percentiles.bin" hospital/b.dcm
ends 0 thorax predict --weights small.weights --csv said.csv --json said.json hospital
is "$(cut -d, -f1,13 said.csv | tr '\n' ' ')" "path,rejected hospital/a.dcm,false hospital/b.dcm,false "
is "$(lines err)" 1
says err "thorax: film 'hospital/b.dcm' has neither window nor look-up table of interest; grays are spread from the 1st to"
says said.json '"remarks"' "has neither window nor look-up table"
is "$(json said.json films 0 path)" hospital/a.dcm
! grep -rq Phantom said.csv said.json out err || fail "no name of a patient should be repeated"
LC_ALL=C sed 's/CR/CT/' hospital/a.dcm >hospital/c.dcm
refuses 1 "1 of 1 films could not be read" thorax predict --weights small.weights hospital/c.dcm
says out "expected the modality of a film (CR, DX" "found CT; choose a radiograph"

# What cannot be saved is refused before the work, not after it.
refuses 1 "there is no folder 'nowhere'" thorax predict --weights small.weights --csv nowhere/said.csv deep
mkdir kept && chmod 555 kept
if ! "${as_user[@]}" touch kept/file 2>/dev/null; then
  refuses 1 "nothing can be written into the folder '$(pwd -P)/kept': Permission denied" \
    "${as_user[@]}" thorax predict --weights small.weights --csv kept/said.csv deep
fi

# No result overwrites what is read, or another result.
cp small.weights kept.weights
refuses 2 "'small.weights' is read by this command" thorax predict --weights small.weights --csv small.weights films/NORMAL
refuses 2 "would hold two results" thorax predict --weights small.weights --csv a.out --json ./a.out films/NORMAL
refuses 2 "would hold two results" thorax predict --weights small.weights --csv - --json - films/NORMAL
cmp small.weights kept.weights || fail "the weights should stay as they are"
mkdir loops && cp films/NORMAL/phantom_0001.png loops/ && ln -s loop.png loops/loop.png
ends 1 thorax predict --weights small.weights --csv - loops
says out "loops/loop.png" "loops/phantom_0001.png"

# An empty name asks for nothing.
for option in --weights --csv --json; do
  refuses 2 "$option: expected a name, found ''" thorax predict --weights small.weights $option "" deep
done
refuses 2 "PATH: expected a name, found ''" thorax predict --weights small.weights ""
