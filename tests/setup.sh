#!/bin/sh
# What building and testing need beside the repository: looked for, installed where that is possible, else named.
#   sh tests/setup.sh build|test
# A test that needs another program adds `need COMMAND DEBIAN-PACKAGE...` under `test` below.
set -eu

missing=""
need() {
    command=$1
    shift
    command -v "$command" >/dev/null 2>&1 || missing="$missing $*"
}

if ! command -v cargo >/dev/null 2>&1; then
    echo "Rust is missing: install Rust 1.95 or newer (rustup, or your system's package), so that 'cargo' is found." >&2
    exit 1
fi

need cc gcc libc6-dev
# The engine of hearing and the codec of voice notes are C and C++ inside crates.
need c++ g++
need cmake cmake
case "${1:-test}" in
build) ;;
test)
    need espeak-ng espeak-ng # what is read aloud on Telegram is listened to
    need git git # for `waymark diff`. SQLite is compiled in, and no test uses the network
    # Journeys in a real browser (tests/browser); a real identity provider (tests/identity).
    need node nodejs
    need npm npm
    need chromium chromium fonts-liberation
    # The store on a server of its own (tests/it/server.rs).
    need pg_ctlcluster postgresql
    ;;
*)
    echo "usage: sh tests/setup.sh build|test" >&2
    exit 2
    ;;
esac

# The packages that the tests use, as their lock files name them.
packages() {
    [ "${1:-test}" = test ] || return 0
    for folder in tests/browser tests/identity; do
        [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] && continue
        npm ci --silent --ignore-scripts --prefix "$folder"
    done
}

# Speaking turns words into sounds with it; without it nothing is read aloud, and all else works.
if [ "${WAYMARK_VOICE:-on}" != off ] && ! command -v espeak-ng >/dev/null 2>&1; then
    wished="espeak-ng"
fi

[ -n "$missing${wished:-}" ] || { packages "${1:-test}"; exit 0; }

as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo -n"
if ! command -v apt-get >/dev/null 2>&1 || { [ -n "$as_root" ] && ! $as_root true 2>/dev/null; }; then
    if [ -z "$missing" ]; then
        echo "Nothing will be read aloud: sudo apt-get install $wished" >&2
        packages "${1:-test}"
        exit 0
    fi
    echo "Missing, and not to be installed from here. On Debian: sudo apt-get install$missing ${wished:-}" >&2
    exit 1
fi
echo "Installing:$missing ${wished:-}"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# The names are ours, above: splitting them into words is meant.
# shellcheck disable=SC2086
[ -z "$missing" ] || $as_root apt-get install -y -qq --no-install-recommends $missing
[ -z "${wished:-}" ] || $as_root apt-get install -y -qq --no-install-recommends "$wished" ||
    echo "Nothing will be read aloud: $wished could not be installed." >&2
packages "${1:-test}"
