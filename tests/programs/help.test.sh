# SPDX-License-Identifier: MIT
#
# Every help fits a terminal, shows an example and says what the program is not; wrong usage ends with 2.

source "$(dirname "$0")/check.sh"

ends 0 thorax --help
says out "Subcommands:" "thorax train --data films --out run" "Not a medical device."
fits out
ends 0 thorax --version
grep -qE '^thorax [0-9]+\.[0-9]+\.[0-9]+$' out || fail "expected a version"

for command in train evaluate calibrate predict explain phantoms summary; do
  ends 0 thorax $command --help
  says out "example: thorax $command" "Exit status: 0 done" "Not a medical device."
  fits out
done

refuses 2 "expected a command; see thorax --help" thorax
refuses 2 "there is no command 'diagnose'" thorax diagnose
refuses 2 "there is no option '--loud'" thorax --loud
refuses 2 "--weights is required; see thorax predict --help" thorax predict films
refuses 2 "PATH is required" thorax predict --weights w
refuses 2 "--bogus; see thorax predict --help" thorax predict --weights w --bogus films
refuses 2 "expected a whole number from 1 to 1024" thorax predict --weights w --threads 0 films
refuses 2 "--backend: gpu not in" thorax predict --weights w --backend gpu films
