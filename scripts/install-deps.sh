#!/usr/bin/env bash
# Installs what building and testing need and the machine lacks; says nothing when there is nothing to do.
#
#   scripts/install-deps.sh                   everything
#   scripts/install-deps.sh gcc npm:cabinet   only these: gcc, make, wrk, postgresql, chromium, npm:FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

# web_folders lists the folders with npm packages.
web_folders() {
	find . -name node_modules -prune -o -name .git -prune -o -name package-lock.json -printf '%P\n' | xargs -r -n 1 dirname | sort
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -n "$@"
	else
		echo "install-deps: need root for: $*" >&2
		return 1
	fi
}

# quietly runs a command twice at most and shows what it said only when both tries failed, without addresses.
quietly() {
	local log
	log=$(mktemp)
	if "$@" >"$log" 2>&1 </dev/null || { sleep 3 && "$@" >"$log" 2>&1 </dev/null; }; then
		rm -f "$log"
		return 0
	fi
	echo "install-deps: failed: $*" >&2
	sed -E 's#[a-z]+://[^ ]+#(address)#g' "$log" | tail -n 25 >&2
	rm -f "$log"
	return 1
}

apt_updated=
apt_install() {
	if ! command -v apt-get >/dev/null; then
		echo "install-deps: please install: $*" >&2
		return 1
	fi
	echo "install-deps: installing $*" >&2
	if [ -z "$apt_updated" ]; then
		quietly as_root apt-get update -qq
		apt_updated=1
	fi
	quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

have_postgresql() {
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null
}

have_chromium() {
	[ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
}

have_gcc() {
	command -v gcc >/dev/null && { [ "$(uname)" != Linux ] || [ -e /usr/include/stdlib.h ]; }
}

# npm_ci installs a folder's packages exactly as locked, once per change of the lock.
npm_ci() {
	local folder=$1
	if [ ! -f "$folder/package-lock.json" ]; then return 0; fi
	if [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then return 0; fi
	(
		flock 9
		if [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then exit 0; fi
		echo "install-deps: npm packages of $folder/" >&2
		quietly npm --prefix "$folder" ci --no-audit --no-fund --prefer-offline --loglevel=error
		touch "$folder/node_modules/.package-lock.json"
	) 9<"$folder/package-lock.json"
}

install() {
	case $1 in
	gcc) have_gcc || apt_install gcc libc6-dev ;;
	make) command -v make >/dev/null || apt_install make ;;
	wrk) command -v wrk >/dev/null || apt_install wrk ;;
	postgresql) have_postgresql || apt_install postgresql ;;
	chromium) have_chromium || apt_install chromium fonts-liberation fonts-dejavu-core ;;
	npm:*) npm_ci "${1#npm:}" ;;
	*)
		echo "install-deps: nothing known by the name $1" >&2
		return 2
		;;
	esac
}

if [ $# -eq 0 ]; then
	set -- gcc make postgresql chromium
	for folder in $(web_folders); do set -- "$@" "npm:$folder"; done
fi
for what in "$@"; do install "$what"; done
