"""Program starts without a shell: which arguments count as chosen from outside."""

import shlex
import subprocess  # expect: subprocess-import
import sys


def dynamic(name, names):
    subprocess.run([name])  # expect: subprocess-dynamic-args
    subprocess.run(["/bin/ls", name])  # expect: subprocess-dynamic-args
    subprocess.run(["/bin/ls", *names])  # expect: subprocess-dynamic-args
    subprocess.run(["/bin/ls"] + names)  # expect: subprocess-dynamic-args
    subprocess.run(("/bin/ls", f"--color={name}"))  # expect: subprocess-dynamic-args
    subprocess.run([sys.executable, name])  # expect: subprocess-dynamic-args
    subprocess.run(shlex.split(name))  # expect: subprocess-dynamic-args
    subprocess.call(names)  # expect: subprocess-dynamic-args
    subprocess.Popen(args=names)  # expect: subprocess-dynamic-args
    subprocess.check_output(*names)  # expect: subprocess-dynamic-args
    command = ["/bin/ls"]
    command += [name]
    subprocess.check_call(command)  # expect: subprocess-dynamic-args


def grown(name):
    command = ["/bin/ls"]
    command.append(name)
    subprocess.run(command)  # expect: subprocess-dynamic-args
    command = ["/bin/ls"]
    command.extend(["-l"])
    subprocess.run(command)  # expect: subprocess-dynamic-args
    fixed = ["/bin/ls"]
    fixed.append("-l")
    subprocess.run(fixed)


FLAGS = ["-l", "-a"]


def fixed():
    subprocess.run(["/bin/ls", "-l"])
    subprocess.run(("/bin/ls", "-l"))
    subprocess.run(["/bin/ls", *FLAGS])
    subprocess.run(["/bin/ls"] + FLAGS)
    subprocess.run("/bin/ls")
    subprocess.run([sys.executable, "-m", "pip", "list"])
    subprocess.run([sys.executable] + ["-V"])
    subprocess.run(shlex.split("/bin/ls -l"))
    program = "/bin/ls"
    subprocess.run([program, "-l"])
    command = ["/bin/ls"]
    command += ["-l"]
    subprocess.run(command)


def through_path(name):
    subprocess.run(["ls", "-l"])  # expect: partial-executable-path
    subprocess.run("ls")  # expect: partial-executable-path
    subprocess.run(["x"], executable="ls")  # expect: partial-executable-path
    subprocess.run(["ls"], executable="/bin/ls")
    subprocess.run(["./configure"])
    subprocess.run(["ls", name])  # expect: subprocess-dynamic-args
