#!/usr/bin/env bash
# Installs Neovim and tests whysafe in it: the plugin folder as it stands, with the whysafe that is on PATH. One line for
# each check; ends at the first failure. Writes nothing into the repository. Needs Debian, or NVIM naming a Neovim 0.11.
#
#   WHYSAFE_NEOVIM_PREFIX      where to install Neovim (see install.sh)
#   WHYSAFE_ARTIFACTS          where to keep what the terminal looked like (default: thrown away)
set -euo pipefail

readonly here=$(cd "$(dirname "$0")" && pwd)
readonly plugin=$(cd "$here/../../../editors/neovim" && pwd)

fail() { printf 'FAILED - %s\n' "$1"; exit 1; }
# Packages of this system that the tests drive or check with; none is installed where it is there already.
need() { command -v "$1" >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends "$2" >/dev/null; }

command -v whysafe >/dev/null || fail "whysafe is on PATH"
need tmux tmux || fail "tmux is installed"
need luacheck lua-check || fail "luacheck is installed"
NVIM=${NVIM:-$("$here/install.sh")} || fail "Neovim is installed"
printf 'ok - Neovim is there: %s; %s\n' "$("$NVIM" --version | head -n 1)" "$(whysafe --version)"
luacheck --quiet --std luajit --globals vim --max-line-length 120 -- "$plugin" "$here" || fail "luacheck"
printf 'ok - luacheck finds nothing\n'

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# A home of its own: neither settings nor logs of the person who runs this are read or written.
export HOME=$scratch/home NVIM WHYSAFE_AUTHOR="E. Tester" WHYSAFE_TESTS=$here WHYSAFE_PLUGIN=$plugin
unset "${!XDG_@}"
mkdir "$HOME"

for tests in features commands missing; do
    export WHYSAFE_TEST_FOLDER=$scratch/$tests
    mkdir "$WHYSAFE_TEST_FOLDER"
    status=0
    timeout 120 "$NVIM" --headless --clean --cmd 'let &runtimepath = $WHYSAFE_PLUGIN . "," . &runtimepath' \
        -c "luafile $here/$tests.lua" -c 'cquit 3' </dev/null 2>"$scratch/messages" || status=$?
    [ "$status" = 0 ] || { cat "$scratch/messages"; fail "$tests.lua ended with status $status"; }
done

mkdir "$scratch/screens"
"$here/screens.sh" "$scratch/screens" || fail "screens.sh"
[ -z "${WHYSAFE_ARTIFACTS:-}" ] || { mkdir -p "$WHYSAFE_ARTIFACTS" && cp "$scratch"/screens/*.{txt,svg} "$WHYSAFE_ARTIFACTS/"; }
