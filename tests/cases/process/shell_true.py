"""`subprocess` with a shell: every function, every way to say `shell=True`, every way to build a command."""

import functools
import os
import platform
import shlex
import subprocess  # expect: subprocess-import
import subprocess as sp  # expect: subprocess-import
import sys
import textwrap
from subprocess import PIPE, Popen, check_output as output  # expect: subprocess-import

YES = True
NO = False
SHELL = {"shell": True}


def every_function(cmd):
    subprocess.run(cmd, shell=True)  # expect: subprocess-shell-true
    subprocess.call(cmd, shell=True)  # expect: subprocess-shell-true
    subprocess.check_call(cmd, shell=True)  # expect: subprocess-shell-true
    subprocess.check_output(cmd, shell=True)  # expect: subprocess-shell-true
    subprocess.Popen(cmd, shell=True)  # expect: subprocess-shell-true
    sp.run(args=cmd, shell=True)  # expect: subprocess-shell-true
    output(cmd, shell=True)  # expect: subprocess-shell-true
    with Popen(cmd, shell=True, stdout=PIPE) as process:  # expect: subprocess-shell-true
        return process.communicate()


def every_way_to_say_so(cmd, options):
    sp.run(cmd, shell=1)  # expect: subprocess-shell-true
    sp.run(cmd, shell="yes")  # expect: subprocess-shell-true
    sp.run(cmd, shell=YES)  # expect: subprocess-shell-true
    sp.run(cmd, shell=not NO)  # expect: subprocess-shell-true
    sp.run(cmd, **{"shell": True})  # expect: subprocess-shell-true
    sp.run(cmd, **SHELL)  # expect: subprocess-shell-true
    sp.run(cmd, **dict(shell=True))  # expect: subprocess-shell-true
    sp.run(cmd, -1, None, None, None, None, None, True, True)  # expect: subprocess-shell-true
    Popen(cmd, 0, None, PIPE, PIPE, PIPE, None, False, YES)  # expect: subprocess-shell-true
    sp.run(*[cmd], shell=True)  # expect: subprocess-shell-true
    sp.run(*options, shell=True)  # expect: subprocess-shell-true


def sometimes(cmd, verbose, shell=True):
    sp.run(cmd, shell=os.name == "nt")  # expect: subprocess-shell-true
    sp.run(cmd, shell=sys.platform.startswith("win"))  # expect: subprocess-shell-true
    sp.run(cmd, shell=(platform.system() == "Windows"))  # expect: subprocess-shell-true
    sp.run(cmd, shell=shell)  # expect: subprocess-shell-true
    sp.run(cmd, shell=True if verbose else False)  # expect: subprocess-shell-true


def without(cmd, shell=False):
    sp.run(cmd)  # expect: subprocess-dynamic-args
    sp.run(cmd, shell=False)  # expect: subprocess-dynamic-args
    sp.run(cmd, shell=0)  # expect: subprocess-dynamic-args
    sp.run(cmd, shell=NO)  # expect: subprocess-dynamic-args
    sp.run(cmd, shell=None)  # expect: subprocess-dynamic-args
    sp.run(cmd, shell=shell)  # expect: subprocess-dynamic-args
    sp.run(cmd, **{"shell": False})  # expect: subprocess-dynamic-args


def every_way_to_build(name, names):
    sp.run(f"/bin/ls {name}", shell=True)  # expect: subprocess-shell-true
    sp.run("/bin/ls " + name, shell=True)  # expect: subprocess-shell-true
    sp.run("/bin/ls %s" % name, shell=True)  # expect: subprocess-shell-true
    sp.run("/bin/ls {}".format(name), shell=True)  # expect: subprocess-shell-true
    sp.run(" ".join(["/bin/ls", name]), shell=True)  # expect: subprocess-shell-true
    sp.run(["/bin/ls", name], shell=True)  # expect: subprocess-shell-true
    command = "/bin/ls "
    command += name
    sp.run(command, shell=True)  # expect: subprocess-shell-true
    sp.run(line := "/bin/ls " + name, shell=True)  # expect: subprocess-shell-true
    for each in names:
        sp.run(each, shell=True)  # expect: subprocess-shell-true


def grown(name, names):
    words = ["/bin/ls"]
    words.append(name)
    sp.run(" ".join(words), shell=True)  # expect: subprocess-shell-true
    quoted = ["/bin/ls"]
    quoted.append(shlex.quote(name))
    sp.run(" ".join(quoted), shell=True)  # expect: subprocess-shell-true
    fixed = ["/bin/ls"]
    fixed.extend(["-l", "-a"])
    sp.run(" ".join(fixed), shell=True)  # expect: subprocess-shell-true-constant
    parts = []
    for each in names:
        parts.append(each)
    sp.run("/bin/ls " + " ".join(parts), shell=True)  # expect: subprocess-shell-true
    whole = ["/bin/ls", *words, "-l"]
    sp.run(" ".join(whole), shell=True)  # expect: subprocess-shell-true
    plain = ["/bin/ls", *fixed]
    sp.run(" ".join(plain), shell=True)  # expect: subprocess-shell-true-constant


def on_several_lines(name):
    subprocess.run(  # expect: subprocess-shell-true
        f"""
        cd /srv
        ls {name}
        """,
        shell=True,
        check=True,
    )


def quoted(name, names, count: int):
    sp.run(f"/bin/ls {shlex.quote(name)}", shell=True)  # expect: subprocess-shell-true
    sp.run("/bin/ls " + shlex.join(names), shell=True)  # expect: subprocess-shell-true
    sp.run(f"/usr/bin/head -n {int(count)} {shlex.quote(name)}", shell=True)  # expect: subprocess-shell-true
    sp.run(f"{sys.executable} -m pip list", shell=True)  # expect: subprocess-shell-true


def constant():
    sp.run("/bin/ls", shell=True)  # expect: subprocess-shell-true-constant
    sp.run("/bin/ls | /usr/bin/wc", shell=True)  # expect: subprocess-shell-true-constant
    sp.run(b"/bin/ls", shell=True)  # expect: subprocess-shell-true-constant
    sp.run(["/bin/ls", "-l"], shell=True)  # expect: subprocess-shell-true-constant
    sp.run("/bin/" + "ls", shell=True)  # expect: subprocess-shell-true-constant
    sp.run(textwrap.dedent("  /bin/ls"), shell=True)  # expect: subprocess-shell-true-constant
    for command in ("/bin/ls", "/bin/pwd"):
        sp.run(command, shell=True)  # expect: subprocess-shell-true-constant
    command = "/bin/ls"
    flags = f"{command} -l"
    sp.run(flags, shell=os.name == "nt")  # expect: subprocess-shell-true-constant


def explicit_shell(name):
    sp.run(["/bin/sh", "-c", f"ls {name}"])  # expect: subprocess-shell-true
    sp.run(["/usr/bin/sudo", "bash", "-lc", name])  # expect: subprocess-shell-true
    Popen(["cmd.exe", "/C", "dir " + name])  # expect: subprocess-shell-true
    sp.run(["powershell", "-Command", name])  # expect: subprocess-shell-true
    sp.run(["/bin/sh", "-c", "ls /srv"])
    sp.run(["/bin/sh", "-c", 'ls "$1"', "sh", name])  # expect: subprocess-dynamic-args
    sp.run(["/bin/grep", "-c", name])  # expect: subprocess-dynamic-args


def bound(cmd):
    in_shell = functools.partial(sp.run, shell=True)  # expect: subprocess-shell-true
    in_shell(cmd)
    captured = functools.partial(sp.run, capture_output=True)
    captured(cmd, shell=True)  # expect: subprocess-shell-true
    captured(["/bin/ls"])


class Shell(Popen):
    pass


def subclass(cmd):
    return Shell(cmd, shell=True)  # expect: subprocess-shell-true
