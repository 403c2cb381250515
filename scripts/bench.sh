#!/usr/bin/env bash
# Measures against references within one run, with a PostgreSQL server that writes durably:  bench.sh [ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-deps.sh gcc wrk postgresql
mkdir -p bin/bench
code=0
for dir in bench/*/; do
	name=$(basename "$dir")
	if [ "$(go list -f '{{.Name}}' "./$dir" 2>/dev/null)" != main ]; then continue; fi
	go build -o "bin/bench/$name" "./$dir"
	echo "=== bench: $name"
	SKVOZ_PG_DURABLE=1 scripts/with-postgres.sh "bin/bench/$name" "$@" || code=1
done
exit $code
