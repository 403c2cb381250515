#!/usr/bin/env bash
# Runs parts of the test suite and counts what passed. Parts: go, jsapi, cabinet (unit tests), jsapi-browser,
# cabinet-browser, pages (a browser on each page of the built product), e2e (processes), journeys (a browser on the whole product); or all. Logs and machine-readable results are left in bin/test-results.
#
# Go's tests run beside the web's unit tests. What drives a real browser runs afterwards: none of the browser script's tests, the
# cabinet's and those of the pages occupies two processors, so they run beside each other; what measures the built program runs alone.
set -uo pipefail
cd "$(dirname "$0")/.."

results=$PWD/bin/test-results
mkdir -p "$results"
if [ $# -eq 0 ] || [ "$1" = all ]; then set -- go jsapi cabinet jsapi-browser cabinet-browser pages e2e journeys; fi

wants() {
	local part
	for part in $parts; do [ "$part" = "$1" ] && return 0; done
	return 1
}
parts=$*

has_script() {
	[ -f "$1/package.json" ] && node -e "process.exit(require('./$1/package.json').scripts?.['$2'] ? 0 : 1)"
}

# need collects what the wanted parts need installed.
need() {
	local needs="gcc"
	if wants go; then # some of Go's tests run Node and a browser
		scripts/install-deps.sh
		return
	fi
	{ wants jsapi || wants jsapi-browser; } && needs="$needs npm:jsapi"
	{ wants cabinet || wants cabinet-browser; } && needs="$needs npm:cabinet"
	{ wants jsapi-browser || wants cabinet-browser || wants pages || wants journeys; } && needs="$needs chromium"
	wants e2e && needs="$needs npm:cabinet npm:jsapi postgresql"
	{ wants pages || wants journeys; } && needs="$needs npm:cabinet npm:e2e postgresql"
	# shellcheck disable=SC2086
	scripts/install-deps.sh $needs
}

# run PART COMMAND… runs one part with its output in a file, and counts. What is said of two parts that end together stays apart.
run() {
	local part=$1 code=0 started=$SECONDS
	shift
	rm -f "$results/$part".*
	"$@" >"$results/$part.log" 2>&1 </dev/null || code=$?
	flock "$results" node scripts/count-tests.mjs "$results" "$part" "$code" $((SECONDS - started))
}

go_tests() {
	# internal/archtest looks at the source through the go command, which the test cache does not notice: it runs by itself.
	local code=0
	go test -count=1 -json ./internal/archtest >"$results/go.json" || code=1
	SKVOZ_REQUIRE_NODE=1 scripts/with-postgres.sh go test -race -shuffle=on -timeout 15m -json \
		$(go list ./... | grep -Ev '/(internal/archtest|e2e)$') >>"$results/go.json" || code=1
	return $code
}

# e2e_tests drives the built program from outside, with a database that writes durably, since it kills things.
e2e_tests() {
	SKVOZ_BIN=$PWD/bin/skvoz SKVOZ_PG_DURABLE=1 scripts/with-postgres.sh \
		go test -count=1 -shuffle=on -timeout 15m -json ./e2e/... >"$results/e2e.json"
}

# pages_tests looks at each page of the built product in a real browser; journeys_tests walks through it, on both databases.
pages_tests() {
	SKVOZ_BIN=$PWD/bin/skvoz scripts/with-postgres.sh npm --prefix e2e run --silent test:pages
}

journeys_tests() {
	SKVOZ_BIN=$PWD/bin/skvoz scripts/with-postgres.sh npm --prefix e2e run --silent test:journeys
}

# npm_tests FOLDER SCRIPT PART runs tests of a folder; vitest leaves its results as JSON.
npm_tests() {
	local extra=()
	if grep -q '"vitest"' "$1/package.json"; then
		extra=(-- --reporter=default --reporter=json "--outputFile.json=$results/$3.json")
	fi
	npm --prefix "$1" run --silent "$2" "${extra[@]}"
}

web_unit() {
	if wants jsapi && has_script jsapi test; then run jsapi npm_tests jsapi test jsapi; fi
	if wants cabinet && has_script cabinet test; then run cabinet npm_tests cabinet test cabinet; fi
}

web_browser() {
	if wants jsapi-browser && has_script jsapi test:browser; then run jsapi-browser npm_tests jsapi test:browser jsapi-browser & fi
	if wants cabinet-browser && has_script cabinet test:browser; then run cabinet-browser npm_tests cabinet test:browser cabinet-browser & fi
	if wants pages && has_script e2e test:pages; then run pages pages_tests & fi
	wait
}

need || exit 1
rm -f "$results"/*.count
if wants go || wants e2e || wants journeys || wants pages || wants cabinet-browser; then
	# Tests of the whole start the real binary with the real cabinet in it, and the emulators beside it.
	make build emulators-binary >"$results/build.log" 2>&1 || {
		cat "$results/build.log"
		exit 1
	}
fi

web_unit &
web_pid=$!
if wants go; then run go go_tests; fi
wait "$web_pid"
web_browser
if wants e2e && compgen -G 'e2e/*_test.go' >/dev/null; then run e2e e2e_tests; fi
if wants journeys && has_script e2e test:journeys; then run journeys journeys_tests; fi

node scripts/count-tests.mjs "$results" total
