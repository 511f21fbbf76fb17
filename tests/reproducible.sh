#!/usr/bin/env bash
# The same inputs give the same jar bytes: packages this checkout twice, in two folders, and compares every jar. Java
# only, unless options for Maven are given: tests/reproducible.sh -Dnative=cpu
set -euo pipefail
cd "$(dirname "$0")/.."

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
for copy in first second; do
  mkdir "$work/$copy"
  git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$work/$copy"
  (cd "$work/$copy" && mvn -q -B -ntp -DskipTests -Prelease -Dnative=off "$@" -pl java/core,java/train,java/cli package)
  (cd "$work/$copy" && find java/*/target -maxdepth 1 -name '*.jar' | sort | xargs sha256sum) > "$work/$copy.txt"
done
diff "$work/first.txt" "$work/second.txt" && cat "$work/first.txt"
