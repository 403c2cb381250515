#!/usr/bin/env bash
# Writes all generated files anew. What it writes is listed in generated-paths.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -f gqlgen.yml ]; then
	echo "generating graph/ and resolvers/"
	go tool gqlgen generate
fi
if [ -f cabinet/codegen.ts ]; then
	echo "generating the cabinet's types"
	npm --prefix cabinet run --silent generate >/dev/null
fi
if [ -f jsapi/build.mjs ]; then
	echo "building the browser script"
	npm --prefix jsapi run --silent build
fi
