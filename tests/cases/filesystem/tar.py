"""Tar archives that are extracted."""

import sys
import tarfile
import zipfile
from tarfile import TarFile
from tarfile import open as open_tar

with tarfile.open(path) as archive:
    archive.extractall()  # expect: tarfile-unsafe-extract
    archive.extractall(target, filter=None)  # expect: tarfile-unsafe-extract
    archive.extractall(target, filter="fully_trusted")  # expect: tarfile-unsafe-extract
    archive.extractall(target, filter=tarfile.fully_trusted_filter)  # expect: tarfile-unsafe-extract
    archive.extractall(target, members=looked_at(archive))  # expect: tarfile-unsafe-extract
    archive.extract("README")  # expect: tarfile-unsafe-extract
    archive.extractall(target, filter="data")
    archive.extractall(target, filter="tar")
    archive.extractall(target, filter=tarfile.data_filter)
    archive.extractall(target, filter=lambda member, path: member.replace(deep=False))
    archive.extractall(target, **{"filter": "data"})
    archive.extractall(target, None, filter=chosen)
    archive.extractfile("README")

tarfile.open(path).extractall(target)  # expect: tarfile-unsafe-extract
TarFile(path).extractall(target)  # expect: tarfile-unsafe-extract
tarfile.TarFile.open(path).extract(member)  # expect: tarfile-unsafe-extract
open_tar(path).extractall(target)  # expect: tarfile-unsafe-extract
getattr(tarfile.open(path), "extractall")(target)  # expect: tarfile-unsafe-extract
sys.modules["tarfile"].open(path).extractall(target)  # expect: tarfile-unsafe-extract
vars(tarfile)["open"](path).extractall(target)  # expect: tarfile-unsafe-extract
unpack = tarfile.open(path).extractall
unpack(target)  # expect: tarfile-unsafe-extract

with zipfile.ZipFile(path) as tar:
    names = tar.namelist()


def parameters(tar, archive: tarfile.TarFile, zipped):
    tar.extractall(target)  # expect: tarfile-unsafe-extract
    archive.extractall(target)  # expect: tarfile-unsafe-extract
    soup.extract()
    pattern.extract(target)


def inside():
    import tarfile as t

    with t.open(path) as one, t.open(other) as two:
        one.extractall()  # expect: tarfile-unsafe-extract
        two.extractall(filter="data")


class Reader:
    def __init__(self, path):
        self.archive = tarfile.open(path)

    def unpack(self, target):
        self.archive.extractall(target)  # expect: tarfile-unsafe-extract


class Checked(tarfile.TarFile):
    extraction_filter = staticmethod(tarfile.data_filter)
