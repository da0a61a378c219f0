"""A screen of the terminal, as `tmux capture-pane -e -p` prints it, as a picture: standard input to standard output.

The picture names no font to be fetched, so that it looks the same where nothing may be fetched.
"""

from __future__ import annotations

import io
import re
import sys

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

COLUMNS = 120
FORMAT = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">
<style>
.{unique_id}-matrix {{ font-family: Menlo, "DejaVu Sans Mono", Consolas, monospace; font-size: {char_height}px; \
line-height: {line_height}px; }}
{styles}
</style>
<defs>{lines}</defs>
<rect width="{width}" height="{height}" rx="8" fill="#14161b"/>
<g transform="translate({terminal_x}, 10)"><g class="{unique_id}-matrix">{backgrounds}{matrix}</g></g>
</svg>
"""
# Rich knows no underlines with a form or a colour of their own; the first become plain ones, the colour nothing (10
# chooses the usual font).
_ODD_UNDERLINE = re.compile(r"(?<=[\[;])(?:4:\d|58[:;]2[:;]+\d+[:;]\d+[:;]\d+|58[:;]5[:;]\d+|59)(?=[;m])")


def picture(screen: str, label: str) -> str:
    """The SVG of a screen; `label` says what is seen for those who cannot see it."""
    plain = _ODD_UNDERLINE.sub(lambda found: "4" if found[0].startswith("4:") else "10", screen)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    console.print(Text.from_ansi(plain.rstrip("\n")), soft_wrap=True)
    return console.export_svg(
        title=label, theme=MONOKAI, code_format=FORMAT.replace("{label}", label), unique_id="whysafe"
    )


if __name__ == "__main__":
    sys.stdout.write(picture(sys.stdin.read(), sys.argv[1]))
