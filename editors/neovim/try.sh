#!/bin/sh
# Opens Neovim on a sample with everything that whysafe shows, without your own configuration. Leaves nothing behind.
# Needs Neovim 0.11 or later (NVIM names another than the one on PATH) and whysafe on PATH.
set -eu

plugin=$(cd "$(dirname "$0")" && pwd)
nvim=${NVIM:-nvim}

fail() { printf '%s\n' "$1" >&2; exit 1; }
command -v "$nvim" >/dev/null || fail "No $nvim on PATH: install Neovim 0.11 or later, or set NVIM to its path."
command -v whysafe >/dev/null || fail "No whysafe on PATH: install it with pipx install whysafe."
"$nvim" --headless --clean -c 'if has("nvim-0.11") | qall! | else | cquit | endif' </dev/null ||
    fail "$nvim is too old: whysafe needs Neovim 0.11 or later."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$plugin/sample.py" "$folder/sample.py"
printf '[tool.whysafe]\nprogram-type = "web-service"\n' >"$folder/pyproject.toml"
cd "$folder"
WHYSAFE_PLUGIN=$plugin "$nvim" --clean --cmd 'let &runtimepath = $WHYSAFE_PLUGIN . "," . &runtimepath' \
    --cmd 'lua vim.diagnostic.config({ virtual_text = true })' --cmd 'set noswapfile' sample.py
