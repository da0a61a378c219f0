#!/usr/bin/env bash
# Drives Neovim's terminal interface by key presses, through the `try` script, and keeps what it showed as text, and
# some of it as pictures. usage: screens.sh FOLDER, with NVIM naming the executable and whysafe on PATH
set -euo pipefail

readonly folder=${1:?usage: screens.sh FOLDER}
readonly socket=whysafe-$$
readonly here=$(cd "$(dirname "$0")" && pwd)
# The one that whysafe is installed for has what draws pictures, too.
readonly python=$(dirname "$(readlink -f "$(command -v whysafe)")")/python
try=$(cd "$(dirname "$0")/../../../editors/neovim" && pwd)/try.sh
export LC_ALL=C.UTF-8 LANG=C.UTF-8 WHYSAFE_AUTHOR="M. Smit" TMPDIR="$folder" COLORTERM=truecolor

terminal() { tmux -L "$socket" -f /dev/null "$@"; }
screen() { terminal capture-pane -p; }
press() { terminal send-keys "$@"; }

# Waits until the screen shows a text; then keeps it under a name, if one is given, and as a picture, if one is named.
shows() {
    local end=$((SECONDS + 20))
    until screen | grep -qF -- "$1"; do
        if ((SECONDS > end)); then
            printf 'FAILED - the terminal shows: %s\n' "$1"
            screen
            exit 1
        fi
        sleep 0.05
    done
    printf 'ok - the terminal shows: %s\n' "$1"
    if [ -n "${2:-}" ]; then
        { printf -- '---- %s\n\n' "$2"; screen | grep -v '^~$' | sed 's/ *$//'; printf '\n'; } >>"$folder/screens.txt"
    fi
    [ -z "${3:-}" ] || terminal capture-pane -e -p | "$python" "$here/picture.py" "$2" >"$folder/$3.svg"
}

trap 'terminal kill-server 2>/dev/null || true' EXIT
terminal set-option -g default-terminal tmux-256color ';' new-session -d -x 120 -y 30 "$try"
shows "has a shell run a command" "Findings while you type"
press '/yaml.load' Enter
press 'K'
shows "Why it is weak" "K: the explanation" hover
press 'l' 'h'
press 'gra'
shows "5: Justify yaml-unsafe-load as deferred" "gra: the menu" menu
press '1' Enter
shows "return yaml.safe_load(stream)"
press '/subprocess.run' Enter
press 'gra'
shows "4: Justify subprocess-shell-true as deferred"
press '1' Enter
shows "accepted: TODO" "Justify as accepted: a comment to complete"
press '/TODO' Enter 'C' 'folder is a constant of the deploy script; nobody else calls this.' Escape
shows "Justified (accepted by M. Smit" "With a reason, the finding is a hint" justified
press '/hashlib.md5' Enter 'O' '# justified[' C-x C-o
shows "# justified[weak-hash-stdlib" "CTRL-X CTRL-O in a justification: the rule below"
press '] ' C-x C-o
shows "false-alarm" "and the decisions"
press Escape 'u'
press ':w' Enter ':WhysafeCheck!' Enter
shows "subprocess-shell-true, accepted by M. Smit until" ":WhysafeCheck! lists everything, the answered too"
press ':qa!' Enter
