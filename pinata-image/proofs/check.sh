#!/bin/sh
# Compiles the proofs, has them checked a second time by coqchk, refuses every assumption, and compares the table that the
# proofs speak about with vectors/gate.txt. With --write, replaces that table instead. Leaves no file behind.
set -eu
cd "$(dirname "$0")"

MODULES='Release Table Export'
TABLE=../vectors/gate.txt
# What VERIFICATION.md promises: none of these may go missing.
CLAIMS='release_is_earned release_follows_its_proofs at_most_one_release_per_open releases_never_exceed_opens
  dead_admits_only_open dead_stays_dead honest_trace_releases shortest_honest_trace_releases release_exactly_when_earned
  connections_are_independent others_cannot_interfere table_is_complete table_has_54_rows'
# Whatever leaves a statement unproved or weakens the checker.
FORBIDDEN='Admitted|admit|give_up|Abort|Axioms?|Parameters?|Conjecture|Hypothes[ie]s|Variables?|bypass_check|Unset|ML'

fail() {
  echo "proofs/check.sh: $*" >&2
  exit 1
}

for program in coqc coqchk; do
  if ! command -v "$program" >/dev/null; then
    echo "proofs/check.sh: $program is not installed. Install it with: apt-get install coq" >&2
    exit 3
  fi
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

for module in $MODULES; do
  if grep -nwE "$FORBIDDEN" "$module.v"; then fail "$module.v leaves something unproved, see above"; fi
  cp "$module.v" "$work"
done
here=$PWD
cd "$work"
for module in $MODULES; do
  coqc -q -R . Pinata "$module.v" >"$module.out" || fail "$module.v does not compile"
done

# The generated file asks for the assumptions of every theorem and lemma, whether it is a claim or not.
names=$(sed -nE 's/^(Theorem|Lemma|Corollary|Fact|Remark|Proposition|Property|Example) ([A-Za-z0-9_]+).*/\2/p' Release.v Table.v)
for claim in $CLAIMS; do
  echo "$names" | grep -qx "$claim" || fail "the theorem $claim is gone"
done
{
  echo 'From Pinata Require Import Release Table.'
  for name in $names; do echo "Print Assumptions $name."; done
} >Assumptions.v
coqc -q -R . Pinata Assumptions.v >assumptions.out || fail 'the assumptions cannot be printed'
if grep -vx 'Closed under the global context' assumptions.out; then fail 'a theorem rests on an assumption, see above'; fi
proved=$(wc -l <assumptions.out)
[ "$proved" -eq "$(echo "$names" | wc -l)" ] || fail "only $proved theorems say what they rest on"

# A second program reads the compiled proofs, with the parts of the standard library below them.
coqchk -silent -o -R . Pinata Pinata.Release Pinata.Table >coqchk.out 2>&1 || { cat coqchk.out >&2; fail 'coqchk refuses the proofs'; }
[ "$(grep -c '^\* .*: <none>$' coqchk.out)" -eq 4 ] || { cat coqchk.out >&2; fail 'coqchk finds an assumption'; }

# Coq prints `     = "…text…" : string`, where the text ends with a line's end.
sed -e '1s/^ *= "//' -e '/^"/,$d' Export.out >gate.txt
rows=$(grep -vc '^#' gate.txt)
[ "$rows" -eq 54 ] || fail "the table has $rows rows instead of 54"
if [ "${1:-}" = --write ]; then cp gate.txt "$here/$TABLE"; fi
diff "$here/$TABLE" gate.txt || fail 'vectors/gate.txt is not the table that was proved; see above (< file, > proof)'

echo "proofs: $proved theorems and lemmas without assumptions, compiled by coqc and checked by coqchk; $rows rows equal vectors/gate.txt"
