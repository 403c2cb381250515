#!/usr/bin/env bash
# Builds the cabinet into cabinet/dist, from where the binary embeds it, unless it is newer than all it is made from.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ ! -f cabinet/package.json ]; then exit 0; fi

built=cabinet/dist/index.html
if [ -f "$built" ] && [ -z "$(find cabinet/src cabinet/public cabinet/index.html cabinet/package-lock.json cabinet/vite.config.ts cabinet/tsconfig.json -newer "$built" -print -quit)" ]; then
	exit 0
fi
scripts/install-deps.sh npm:cabinet
echo "building the cabinet"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
npm --prefix cabinet run --silent build >"$log" 2>&1 || {
	cat "$log" >&2
	exit 1
}
touch "$built"
