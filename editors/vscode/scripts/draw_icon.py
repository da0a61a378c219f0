"""Draw the icon of the extension: `python3 scripts/draw_icon.py images/icon.png`. Needs the standard library alone.

A shield that asks: the question mark is the "why safe?", its dot is a tick mark's green.
"""

# ruff: noqa: INP001 - a script, no part of a package

from __future__ import annotations

import math
import struct
import sys
import zlib
from pathlib import Path

SIZE = 128
SAMPLES = 4
NIGHT, SHIELD, INK, GREEN = (18, 50, 74), (244, 247, 250), (18, 50, 74), (46, 160, 97)
Colour = tuple[int, int, int]


def colour(x: float, y: float) -> tuple[Colour, float]:
    """The colour and the opacity at a point; both coordinates from -1 to 1, y downwards."""
    if _dot(x, y):
        return GREEN, 1.0
    if _question(x, y):
        return INK, 1.0
    if _shield(x, y):
        return SHIELD, 1.0
    return NIGHT, 1.0 if _tile(x, y) else 0.0


def _tile(x: float, y: float) -> bool:
    corner = 0.28
    dx, dy = max(abs(x) - (0.98 - corner), 0), max(abs(y) - (0.98 - corner), 0)
    return math.hypot(dx, dy) <= corner


def _shield(x: float, y: float) -> bool:
    if not -0.74 <= y <= 0.82:
        return False
    width = 0.62 if y < 0 else 0.62 * math.sqrt(max(0.0, 1 - (y / 0.82) ** 2))
    return abs(x) <= width and y >= -0.74 + 0.12 * (1 - math.cos(x * 4)) / 2


def _question(x: float, y: float) -> bool:
    stroke, radius, top = 0.085, 0.235, -0.27
    angle = math.degrees(math.atan2(y - top, x))
    on_arc = abs(math.hypot(x, y - top) - radius) <= stroke and not 90 < angle < 180
    on_stem = abs(x) <= stroke and top + radius - stroke <= y <= 0.2
    start = math.hypot(x + radius, y - top) <= stroke
    return on_arc or on_stem or start


def _dot(x: float, y: float) -> bool:
    return math.hypot(x, y - 0.42) <= 0.125


def pixel(column: int, row: int) -> bytes:
    """Red, green, blue and opacity of one pixel, averaged over its samples."""
    total = [0.0, 0.0, 0.0, 0.0]
    for step in range(SAMPLES * SAMPLES):
        across, down = (step % SAMPLES + 0.5) / SAMPLES, (step // SAMPLES + 0.5) / SAMPLES
        shade, opacity = colour((column + across) / SIZE * 2 - 1, (row + down) / SIZE * 2 - 1)
        for index, part in enumerate(shade):
            total[index] += part * opacity
        total[3] += opacity
    opacity = total[3]
    parts = [round(part / opacity) if opacity else 0 for part in total[:3]]
    return bytes([*parts, round(opacity / SAMPLES**2 * 255)])


def png(rows: list[bytes]) -> bytes:
    """A PNG file of rows of RGBA pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


if __name__ == "__main__":
    picture = png([b"".join(pixel(column, row) for column in range(SIZE)) for row in range(SIZE)])
    Path(sys.argv[1]).write_bytes(picture)
