"""Functions that always use a shell."""

import os
import platform
import shlex
import subprocess  # expect: subprocess-import
from subprocess import getoutput  # expect: subprocess-import

import commands
import popen2


def dynamic(name, count):
    os.system(name)  # expect: os-system-shell
    os.system(f"/bin/ls {name}")  # expect: os-system-shell
    os.system(command="/bin/ls " + name)  # expect: os-system-shell
    os.popen(name, "w")  # expect: os-system-shell
    os.popen(cmd=name)  # expect: os-system-shell
    os.popen2(name)  # expect: os-system-shell
    os.popen3(name)  # expect: os-system-shell
    os.popen4(name)  # expect: os-system-shell
    popen2.popen2(name)  # expect: os-system-shell
    popen2.Popen3(name)  # expect: os-system-shell
    commands.getoutput(name)  # expect: os-system-shell
    commands.getstatusoutput(name)  # expect: os-system-shell
    subprocess.getoutput(name)  # expect: os-system-shell
    subprocess.getstatusoutput(cmd=name)  # expect: os-system-shell
    getoutput("/bin/ls " + name)  # expect: os-system-shell
    os.system("/bin/ls " + shlex.quote(name))  # expect: os-system-shell
    os.system(f"/usr/bin/head -n {count:d} {shlex.quote(name)}")  # expect: os-system-shell
    os.system(*name)  # expect: os-system-shell


def constant():
    os.system("/usr/bin/clear")  # expect: os-system-shell
    os.system("cls" if os.name == "nt" else "clear")  # expect: os-system-shell
    status = os.system("/usr/bin/sync")  # expect: os-system-shell
    return status, os.popen("/bin/date").read()  # expect: os-system-shell


def quiet(engine, name):
    platform.system()
    engine.system(name)
    engine.popen(name)
    os.remove(name)
    system = "Linux"
    return system
