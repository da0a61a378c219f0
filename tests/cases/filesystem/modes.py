"""Permissions."""

import os
import pathlib
import stat
from pathlib import Path

EVERYBODY = 0o777
PRIVATE = 0o600

os.chmod(path, 0o777)  # expect: permissive-file-mode
os.chmod(path, EVERYBODY)  # expect: permissive-file-mode
os.chmod(path, 511)  # expect: permissive-file-mode
os.chmod(path, mode=0o666)  # expect: permissive-file-mode
os.chmod(path, 0o755)  # expect: permissive-file-mode
os.chmod(path, stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO)  # expect: permissive-file-mode
os.chmod(path, stat.S_IRUSR | stat.S_IWOTH)  # expect: permissive-file-mode
os.chmod(path, os.stat(path).st_mode | 0o111)  # expect: permissive-file-mode
os.chmod(path, **{"mode": 0o777})  # expect: permissive-file-mode
os.fchmod(handle, 0o660)  # expect: permissive-file-mode
os.lchmod(path, 0o666)  # expect: permissive-file-mode
getattr(os, "chmod")(path, 0o777)  # expect: permissive-file-mode
os.__dict__["chmod"](path, 0o777)  # expect: permissive-file-mode
os.open(path, os.O_CREAT, 0o666)  # expect: permissive-file-mode
os.mkdir(path, 0o777)  # expect: permissive-file-mode
os.makedirs(path, mode=0o775)  # expect: permissive-file-mode
os.mknod(path, 0o666)  # expect: permissive-file-mode
Path(path).chmod(0o666)  # expect: permissive-file-mode
pathlib.Path(path).mkdir(mode=0o777)  # expect: permissive-file-mode
(Path(path) / "x").chmod(0o777)  # expect: permissive-file-mode
sftp.chmod(path, 0o777)  # expect: permissive-file-mode
change = os.chmod
change(path, 0o777)  # expect: permissive-file-mode
TABLE = {"change": os.chmod}
TABLE["change"](path, 0o777)  # expect: permissive-file-mode
os.chmod(path, mode)  # expect: permissive-file-mode

os.chmod(path, 0o600)
os.chmod(path, 0o644)
os.chmod(path, PRIVATE)
os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)
os.chmod(path, os.stat(path).st_mode | stat.S_IEXEC)
os.chmod(path, os.stat(path).st_mode & ~0o022)
os.chmod(path, os.stat(path).st_mode & 0o700)
os.chmod(path, stat.S_IMODE(os.stat(other).st_mode))
os.open(path, os.O_CREAT, 0o600)
os.open(path, os.O_RDONLY)
os.mkdir(path)
os.mkdir(path, mode)
os.makedirs(path, 0o700, exist_ok=True)
Path(path).mkdir(parents=True)
Path(path).touch(0o600)
client.mkdir(path, 16)
