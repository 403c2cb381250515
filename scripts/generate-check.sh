#!/usr/bin/env bash
# Generates everything and compares with what was there before, so it works beside other changes not yet committed.
set -euo pipefail
cd "$(dirname "$0")/.."
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT

while read -r path; do
	if [ -e "$path" ]; then
		mkdir -p "$before/$(dirname "$path")"
		cp -a "$path" "$before/$path"
	fi
done <scripts/generated-paths.txt

scripts/generate.sh

stale=0
while read -r path; do
	if [ ! -e "$path" ] && [ ! -e "$before/$path" ]; then continue; fi
	if ! diff -rq "$before/$path" "$path"; then stale=1; fi
done <scripts/generated-paths.txt
if [ "$stale" = 1 ]; then
	echo "generate-check: the files above were out of date; they are up to date now: commit them" >&2
	exit 1
fi
echo "generate-check: all generated files are up to date"
