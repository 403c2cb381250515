#!/usr/bin/env bash
# Develops with hot reload:  dev.sh LISTEN DATA_DIR
# The server is built again and restarted when its sources change; a build that fails leaves the old one running. The
# cabinet is served by Vite on :5173, which passes everything else on to the server.
set -euo pipefail
cd "$(dirname "$0")/.."
listen=${1:-:8080}
data=${2:-./data}

scripts/install-deps.sh gcc npm:cabinet npm:jsapi
mkdir -p bin
stamp=$(mktemp)
server=
vite=

stop_server() {
	if [ -n "$server" ]; then
		kill "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
		server=
	fi
}
stop() {
	trap - EXIT INT TERM
	stop_server
	if [ -n "$vite" ]; then kill -- "-$vite" 2>/dev/null || true; fi
	rm -f "$stamp"
}
trap stop EXIT
trap 'exit 0' INT TERM

# A process group of its own: npm starts Vite as a child, and both must go.
set -m
SKVOZ_BACKEND="http://localhost:${listen##*:}" npm --prefix cabinet run --silent dev </dev/null &
vite=$!
set +m

restart() {
	touch "$stamp"
	if go build -o bin/skvoz-dev .; then
		stop_server
		bin/skvoz-dev serve --listen "$listen" --data-dir "$data" --public-url http://localhost:5173 --log-level debug --introspection &
		server=$!
	fi
}

changed() {
	[ -n "$(find . \( -name node_modules -o -name .git -o -name bin -o -name data -o -path ./cabinet/src \) -prune -o \
		-type f \( -name '*.go' -o -name '*.sql' -o -name '*.graphqls' -o -name '*.html' -o -name 'cs*.js' -o -name '*.css' \) -newer "$stamp" -print -quit)" ]
}

restart
while sleep 1; do
	if changed; then
		echo "dev: sources changed, building"
		restart
	fi
done
