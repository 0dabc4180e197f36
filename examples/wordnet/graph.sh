#!/bin/sh
# graph.sh DATA.verb OUT: WordNet's synsets of one part of speech (wndb(5WN)) as a graph with glosses. Synsets are
# numbered 0, 1, .. as they stand in the file.
#   OUT.adjlist      synset hypernym..
#   OUT.labels       synset class, the class being its lexicographer file (lexnames(5WN))
#   OUT.glosses.txt  a gloss a line, in the order of the numbers
set -eu
awk -v out="$2" '
  function hex(word) { return 16 * (index("0123456789abcdef", substr(word, 1, 1)) - 1) + index("0123456789abcdef", substr(word, 2, 1)) - 1 }
  /^  / { next }  # the licence
  NR == FNR { number[$1] = count++; next }
  {
    line = number[$1]
    at = 5 + 2 * hex($4)  # behind the words: how many pointers, then symbol, synset, part of speech, place each
    for (i = 0; i < $at; ++i)
      if ($(at + 4 * i + 1) ~ /^@i?$/) line = line " " number[$(at + 4 * i + 2)]
    print line > (out ".adjlist")
    print number[$1], $2 > (out ".labels")
    print substr($0, index($0, " | ") + 3) > (out ".glosses.txt")
  }' "$1" "$1"
