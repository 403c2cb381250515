#!/usr/bin/env bash
# Builds one pinned Go tool outside go.mod:  install-tool.sh MODULE@VERSION FILE
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for try in 1 2; do
	if GOBIN="$dir" GOFLAGS= CGO_ENABLED=0 go install "$1" >"$dir/log" 2>&1; then break; fi
	if [ "$try" = 2 ]; then
		grep -v downloading "$dir/log" | sed -E 's#[a-z]+://[^ ]+#(address)#g' | tail -n 20 >&2
		exit 1
	fi
	sleep 3
done
rm -f "$dir/log"
mkdir -p "$(dirname "$2")"
mv "$dir"/* "$2"
