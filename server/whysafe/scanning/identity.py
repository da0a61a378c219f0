"""Which engine this is: what it said of a text holds as long as the engine stays the same."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import sys
from pathlib import Path


@functools.lru_cache(maxsize=1)
def engine_identity() -> bytes | None:
    """A digest of everything that the facts of a text depend on besides the text: 16 bytes.

    That is the source of whysafe itself, rules and all (a version number would not see a rule being edited), libcst,
    and Python, whose parser is asked, too. None where these cannot be read, such as in a zip file.
    """
    digest = hashlib.blake2b(digest_size=16)
    digest.update(repr((sys.implementation.cache_tag, sys.version_info[:3])).encode())
    package = Path(__file__).parent.parent
    try:
        for path in (*sorted(package.rglob("*.py")), _version_of_libcst()):
            content = path.read_bytes()
            digest.update(b"%d %b\n" % (len(content), path.name.encode("utf-8", "surrogateescape")))
            digest.update(content)
    except OSError:
        return None
    return digest.digest()


def _version_of_libcst() -> Path:
    """The file that says which version of libcst is installed; libcst is not loaded. Raises OSError without one."""
    spec = importlib.util.find_spec("libcst")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("libcst")
    return Path(spec.origin).with_name("_version.py")
