#!/usr/bin/env bash
# Runs all linters, Go beside the rest, and shows what each one found. GOLANGCI and COMPOSE_GO name the built tools.
set -uo pipefail
cd "$(dirname "$0")/.."
scripts/install-deps.sh gcc npm:jsapi npm:cabinet npm:scripts/lint || exit 1

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failed=0

# check NAME COMMAND… runs a linter and prints what it said only if it complained.
check() {
	local name=$1
	shift
	if "$@" >"$out/$name" 2>&1; then
		echo "lint: $name: ok"
	else
		echo "lint: $name: FAILED"
		cat "$out/$name"
		failed=1
	fi
}

has_script() {
	[ -f "$1/package.json" ] && node -e "process.exit(require('./$1/package.json').scripts?.['$2'] ? 0 : 1)"
}

shell_syntax() {
	local file code=0
	for file in scripts/*.sh .ci/run .githooks/*; do bash -n "$file" || code=1; done
	return $code
}

dockerfile() {
	scripts/lint/node_modules/.bin/dockerfile-utils lint Dockerfile && scripts/lint/node_modules/.bin/dockerfilelint Dockerfile
}

compose() {
	"$COMPOSE_GO" compose.yaml
}

# The linter's cache belongs to the checkout: results found in another one carry its paths, and rules by path then miss them.
go_lint() {
	GOLANGCI_LINT_CACHE="$PWD/bin/golangci-cache" nice "$GOLANGCI" run --allow-parallel-runners ./...
}

( check go go_lint && exit "$failed" ) >"$out/go.summary" 2>&1 &
go_pid=$!
if has_script cabinet lint; then check cabinet npm --prefix cabinet run --silent lint; fi
if has_script jsapi lint; then check jsapi npm --prefix jsapi run --silent lint; elif has_script jsapi check; then check jsapi npm --prefix jsapi run --silent check; fi
check shell shell_syntax
check dockerfile dockerfile
check compose compose
wait "$go_pid" || failed=1
cat "$out/go.summary"
exit "$failed"
