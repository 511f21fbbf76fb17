#!/usr/bin/env bash
# The same inputs give the same jar bytes: packages this checkout twice as for a release, in two folders, and compares
# every jar and bill of materials; so Javadoc's warnings are seen too. Java only, unless options for Maven are given,
# for minutes more: tests/reproducible.sh -Dnative=cpu
set -euo pipefail
cd "$(dirname "$0")/.."

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
for copy in first second; do
  mkdir "$work/$copy"
  git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$work/$copy"
  (cd "$work/$copy" && mvn -q -B -ntp -DskipTests -Prelease -Dnative=off "$@" -pl java/cli,java/nd4j -am package)
  (cd "$work/$copy" && find java/*/target -maxdepth 1 '(' -name '*.jar' -o -name bom.json ')' | sort | xargs sha256sum) \
    > "$work/$copy.txt"
done
diff "$work/first.txt" "$work/second.txt" && cat "$work/first.txt"
