"""Names of temporary files."""

import functools
import os
import tempfile
import tempfile as t
from tempfile import mktemp

tempfile.mktemp()  # expect: tempfile-mktemp
t.mktemp(suffix=".txt")  # expect: tempfile-mktemp
mktemp(dir="/var/tmp")  # expect: tempfile-mktemp
os.tempnam()  # expect: tempfile-mktemp
os.tmpnam()  # expect: tempfile-mktemp
names = list(map(tempfile.mktemp, suffixes))  # expect: tempfile-mktemp
(make := tempfile.mktemp)()  # expect: tempfile-mktemp
getattr(tempfile, "mktemp")()  # expect: tempfile-mktemp
functools.partial(tempfile.mktemp, dir=folder)  # expect: tempfile-mktemp


def inside():
    try:
        from tempfile import mktemp as name
    except ImportError:
        raise
    return name()  # expect: tempfile-mktemp


class Maker:
    make = tempfile.mktemp

    def one(self):
        return self.make()  # expect: tempfile-mktemp


def stars():
    from tempfile import mkstemp

    return mkstemp()


tempfile.mkstemp()
tempfile.mkdtemp()
tempfile.NamedTemporaryFile()
factory.mktemp("data")
