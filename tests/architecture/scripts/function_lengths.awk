# SPDX-License-Identifier: MIT
#
# Reports function bodies of more than `most` lines. Braces are counted outside comments, strings and
# character literals. `head` is what stands before a brace: a block at namespace or class scope whose head
# has a parameter list is a function; blocks inside it belong to it. `kind` is a stack, one letter a block:
# n namespace, class or enumeration; f function; i initializer.

# What stands before a brace without its template parameters and constraints.
function without_template(text,   at, i, open, c) {
  while (at = match(text, /template *</)) {
    open = 0
    for (i = at + RLENGTH - 1; i <= length(text); ++i) {
      c = substr(text, i, 1)
      if (c == "<") open++
      if (c == ">" && --open == 0) break
    }
    text = substr(text, 1, at - 1) " " substr(text, i + 1)
  }
  gsub(/requires *\([^()]*\)/, "", text)
  return text
}

function kind_of(text,   before) {
  text = without_template(text)
  before = text
  sub(/\(.*/, "", before)
  if (before ~ /(^|[^a-zA-Z0-9_])(namespace|class|struct|union|enum)[^a-zA-Z0-9_]/) return "n"
  if (text ~ /extern *"" *$/) return "n"
  if (text ~ /\(/ || text ~ /\] *$/) return "f"
  return "i"
}

function without_literals(line) {
  if (comment) {
    if (line !~ /\*\//) return ""
    sub(/^.*\*\//, "", line)
    comment = 0
  }
  gsub(/\\\\/, "", line)
  gsub(/\\"/, "", line)
  gsub(/'\\?.'/, "0", line)
  gsub(/"[^"]*"/, "\"\"", line)
  gsub(/\/\*[^*]*\*\//, "", line)
  sub(/\/\/.*/, "", line)
  if (line ~ /\/\*/) {
    comment = 1
    sub(/\/\*.*/, "", line)
  }
  return line
}

function open_brace(   here) {
  here = substr(kind, depth, 1)
  if (here == "" || here == "n") {
    here = kind_of(head)
  }
  else here = "x"
  kind = substr(kind, 1, depth) here
  depth++
  block_begin[depth] = FNR
}

function close_brace(   was, lines) {
  was = substr(kind, depth, 1)
  if (was == "f") {
    lines = FNR - block_begin[depth] + 1
    if (lines > longest) longest = lines
    if (lines > most) {
      printf "%s:%d: a function of %d lines, at most %d: name its parts\n", FILENAME, block_begin[depth], lines, most
      failed = 1
    }
  }
  depth--
  kind = substr(kind, 1, depth)
  after_close = 1
}

FNR == 1 {
  if (depth != 0) {
    printf "%s: braces do not match, the check cannot read it\n", previous
    failed = 1
  }
  depth = 0; kind = ""; head = ""; comment = 0; after_close = 0; previous = FILENAME
}

/^[ \t]*#/ { next }

{
  line = without_literals($0)
  for (i = 1; i <= length(line); ++i) {
    c = substr(line, i, 1)
    here = substr(kind, depth, 1)
    outside = here == "" || here == "n"
    if (c == " " || c == "\t") { if (outside) head = head " "; continue }
    # After a member's braces a comma or the body goes on with the same constructor; else something new begins.
    if (after_close && outside) { if (c != "," && c != "{") head = ""; after_close = 0 }
    if (c == "{") open_brace()
    else if (c == "}") close_brace()
    else if (c == ";") { if (outside) head = "" }
    else if (outside) head = head c
    if (c == "{" && substr(kind, depth, 1) == "n") head = ""
  }
  if (head != "") head = head " "
}

END {
  if (depth != 0) { printf "%s: braces do not match, the check cannot read it\n", previous; failed = 1 }
  printf "the longest function body has %d lines\n", longest
  exit failed
}
