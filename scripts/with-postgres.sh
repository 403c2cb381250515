#!/usr/bin/env bash
# Runs a command with a temporary PostgreSQL server that is gone afterwards:
#
#   scripts/with-postgres.sh go test ./store/...
#
# The command finds the administrator's address in SKVOZ_TEST_POSTGRES and must not skip for want of a server
# (SKVOZ_TEST_REQUIRE_POSTGRES=1). Its exit code is ours. Each run has its own cluster, port and directory, so runs
# neither see each other nor a server the machine has already.
#
# SKVOZ_PG_DURABLE=1 keeps fsync on, for benchmarks and for tests that kill things.
set -euo pipefail

if [ $# -eq 0 ]; then
	echo "usage: $0 COMMAND [ARGUMENT...]" >&2
	exit 2
fi

# newest_bin prints the directory of the newest installed server's programs, or nothing.
newest_bin() {
	local found
	found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -V | tail -n 1) || true
	if [ -n "$found" ] && [ -x "$found/initdb" ] && [ -x "$found/pg_ctl" ]; then
		echo "$found"
	elif command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
		dirname "$(readlink -f "$(command -v initdb)")"
	fi
}

bin=$(newest_bin)
if [ -z "$bin" ]; then
	echo "with-postgres: installing PostgreSQL" >&2
	"$(dirname "$0")/install-deps.sh" postgresql
	bin=$(newest_bin)
fi
if [ -z "$bin" ]; then
	echo "with-postgres: no PostgreSQL server found and none could be installed (Debian: apt-get install postgresql)" >&2
	exit 1
fi

# The server refuses to run as root: then it runs as "postgres", or as "nobody" where that user is missing.
server_user=$(id -un)
if [ "$(id -u)" = 0 ]; then
	server_user=postgres
	id postgres >/dev/null 2>&1 || server_user=nobody
fi
as_server() {
	if [ "$server_user" = "$(id -un)" ]; then "$@"; else runuser -u "$server_user" -- "$@"; fi
}

base=${TMPDIR:-/tmp}
as_server test -x "$base" || base=/tmp
dir=$(mktemp -d "$base/skvoz-pg.XXXXXX")
chmod 755 "$dir"
if [ "$server_user" != "$(id -un)" ]; then chown "$server_user" "$dir"; fi

child=
stop() {
	local code=$?
	trap - EXIT INT TERM HUP
	if [ -n "$child" ] && kill -TERM -- "-$child" 2>/dev/null; then
		wait "$child" 2>/dev/null || true
	fi
	if [ -s "$dir/data/postmaster.pid" ]; then
		(cd / && as_server "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop) >/dev/null 2>&1 || true
	fi
	rm -rf "$dir"
	exit "$code"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# A server that can't be reached from outside needs no password: it listens on loopback only and dies with us.
(cd / && as_server "$bin/initdb" -D "$dir/data" -U skvoz -A trust -E UTF8 --locale=C.UTF-8 --no-sync) >"$dir/initdb.log" 2>&1 || {
	cat "$dir/initdb.log" >&2
	exit 1
}

durability="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
if [ "${SKVOZ_PG_DURABLE:-}" = 1 ]; then durability="-c fsync=on -c synchronous_commit=on"; fi

# Somebody may take a free port between choosing and binding it, so a few are tried.
port=
for _ in 1 2 3 4 5 6 7 8 9 10; do
	candidate=$((20000 + (RANDOM * 32768 + RANDOM) % 40000))
	if (cd / && as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 \
		-o "-h 127.0.0.1 -p $candidate -c unix_socket_directories= -c max_connections=200 -c shared_buffers=128MB -c jit=off -c timezone=UTC $durability" \
		start) >/dev/null 2>&1; then
		port=$candidate
		break
	fi
done
if [ -z "$port" ]; then
	echo "with-postgres: the server did not start" >&2
	tail -n 20 "$dir/server.log" >&2 || true
	exit 1
fi

export SKVOZ_TEST_POSTGRES="postgres://skvoz@127.0.0.1:$port/postgres?sslmode=disable"
export SKVOZ_TEST_REQUIRE_POSTGRES=1
code=0
if [ -t 0 ]; then
	# At a terminal the command stays in front: it may read, and Ctrl-C reaches it directly.
	"$@" || code=$?
else
	# Elsewhere it gets a process group of its own, so that a signal to us can stop all of it at once.
	set -m
	"$@" <&0 &
	child=$!
	set +m
	wait "$child" || code=$?
	child=
fi
exit "$code"
