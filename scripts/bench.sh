#!/usr/bin/env bash
# Measures against references within one run, with a PostgreSQL server that writes durably:  bench.sh [ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-deps.sh gcc wrk postgresql
mkdir -p bin/bench
code=0
for dir in bench/*/; do
	name=$(basename "$dir")
	if [ -f "$dir/go.mod" ]; then # a module of its own, which takes over what the product has come to need
		(cd "$dir" && go build -mod=mod -o "../../bin/bench/$name" .)
	elif [ "$(go list -f '{{.Name}}' "./$dir" 2>/dev/null)" = main ]; then
		go build -o "bin/bench/$name" "./$dir"
	else
		continue
	fi
	echo "=== bench: $name"
	SKVOZ_PG_DURABLE=1 scripts/with-postgres.sh "bin/bench/$name" "$@" || code=1
done
exit $code
