#!/usr/bin/env bash
# Installs a current Neovim for the tests into a folder of its own, from the newest Debian suite that has one: Debian
# bookworm's own is too old for `vim.lsp.enable`. The system gets at most `patchelf`. Prints the path of the executable.
#
#   WHYSAFE_NEOVIM_PREFIX   the folder (default: ~/.cache/whysafe/neovim); nothing is done if a Neovim that will do is there
set -euo pipefail

readonly WANTED=0.11
readonly SUITES="forky trixie"
readonly PREFIX=${WHYSAFE_NEOVIM_PREFIX:-${XDG_CACHE_HOME:-$HOME/.cache}/whysafe/neovim}

say() { printf '%s\n' "$*" >&2; }

version() { "$1" --version 2>/dev/null | sed -n '1s/^NVIM v//p'; }

new_enough() {
    local found
    found=$(version "$1") && [ -n "$found" ] && [ "$(printf '%s\n' "$WANTED" "$found" | sort -V | head -n 1)" = "$WANTED" ]
}

# The archive that this machine gets its own packages from.
archive() { apt-get indextargets --format '$(REPO_URI)' | grep -E '/debian/?$' | sort -u | head -n 1; }

# Puts the files of Neovim and of everything it needs, libc included, below $PREFIX.
unpack() {
    local suite=$1 state=$PREFIX/.apt package source
    rm -rf "$PREFIX"
    mkdir -p "$state"/{lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d,etc/sources.list.d}
    # An empty list of installed packages, so that nothing of the older system is relied upon.
    : >"$state/status"
    source=$(archive)
    [ -n "$source" ] || { say "apt knows no Debian archive on this machine; run apt-get update first."; return 1; }
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$source" "$suite" \
        >"$state/etc/sources.list"
    local apt=(apt-get --quiet --quiet
        -o Dir::Etc="$state/etc" -o Dir::Etc::sourcelist="$state/etc/sources.list"
        -o Dir::Etc::sourceparts="$state/etc/sources.list.d" -o Dir::State="$state" -o Dir::State::Lists="$state/lists"
        -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache"
        -o APT::Install-Recommends=0 -o APT::Sandbox::User=root -o Debug::NoLocking=1)
    "${apt[@]}" update >&2 || return 1
    "${apt[@]}" --yes --download-only install neovim >&2 || return 1
    for package in "$state"/cache/archives/*.deb; do dpkg-deb --extract "$package" "$PREFIX" || return 1; done
    rm -rf "$state"
}

# Makes the executable use the unpacked libc. A wrapper around the loader would not do: Neovim starts itself again.
link() {
    local program=$PREFIX/usr/bin/nvim loader libraries
    loader=$(find "$PREFIX/usr/lib64" "$PREFIX/lib64" "$PREFIX/usr/lib" -name 'ld-linux-*.so.*' 2>/dev/null | head -n 1)
    libraries=$(find "$PREFIX/usr/lib" -maxdepth 1 -name '*-linux-gnu*' | head -n 1)
    [ -n "$loader" ] && [ -n "$libraries" ] || { say "the packages hold no loader for this machine."; return 1; }
    patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$program" || return 1
    printf '#!/bin/sh\nexport VIMRUNTIME="%s"\nexec "%s" "$@"\n' "$PREFIX/usr/share/nvim/runtime" "$program" >"$PREFIX/nvim"
    chmod +x "$PREFIX/nvim"
}

if ! new_enough "$PREFIX/nvim"; then
    command -v patchelf >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes patchelf >/dev/null
    for suite in $SUITES; do
        if unpack "$suite" && link && new_enough "$PREFIX/nvim"; then
            break
        fi
        say "Debian $suite gives no Neovim $WANTED or later that runs here."
    done
    new_enough "$PREFIX/nvim" || { say "Neovim $WANTED or later could not be installed in $PREFIX."; exit 1; }
fi
say "Neovim $(version "$PREFIX/nvim") in $PREFIX"
printf '%s\n' "$PREFIX/nvim"
