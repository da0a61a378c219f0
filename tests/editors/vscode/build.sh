#!/usr/bin/env bash
# Check and build the extension in a copy of the repository: `build.sh REPOSITORY FOLDER` makes FOLDER/editors/vscode/whysafe.vsix.
set -euo pipefail
repository=$1 copy=$2
mkdir -p "$copy"
tar -C "$repository" --exclude=node_modules --exclude=__pycache__ --exclude=dist --exclude=bundled -cf - \
    pyproject.toml README.md LICENSE server editors/vscode | tar -C "$copy" -xf -
cd "$copy/editors/vscode"
npm ci --loglevel=error >/dev/null
npm run --silent typecheck
npm run --silent lint
npm run --silent package >package.log 2>&1 || { cat package.log >&2; exit 1; }
