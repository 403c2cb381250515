#!/usr/bin/env bash
# Fuzzes every fuzz test for a while:  fuzz.sh TIME [PACKAGE...]
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-10s}
shift || true
if [ $# -eq 0 ]; then set -- ./...; fi
code=0
while read -r package; do
	dir=$(go list -f '{{.Dir}}' "$package")
	for name in $(grep -ohE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go 2>/dev/null | cut -c6- | sort -u); do
		echo "fuzz: ${package#github.com/skvoz/skvoz/} $name"
		go test "$package" -run '^$' -fuzz "^$name\$" -fuzztime "$time" >/tmp/skvoz-fuzz.$$ 2>&1 || {
			code=1
			cat /tmp/skvoz-fuzz.$$
		}
		rm -f /tmp/skvoz-fuzz.$$
	done
done < <(go list "$@")
exit $code
