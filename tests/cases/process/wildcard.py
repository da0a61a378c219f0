"""Wildcards that a file name can turn into an option."""

import os
import subprocess  # expect: subprocess-import

os.system("/bin/tar xvzf *")  # expect: shell-wildcard-injection
os.system("/bin/chown root *")  # expect: shell-wildcard-injection
os.system("cd /srv; /bin/chmod 644 *.txt")  # expect: shell-wildcard-injection
os.popen("/usr/bin/rsync -a * backup:/srv")  # expect: shell-wildcard-injection
os.popen2("/bin/chmod *")  # expect: shell-wildcard-injection
subprocess.run("/bin/chown root *", shell=True)  # expect: shell-wildcard-injection
subprocess.Popen("/bin/tar cf /tmp/x.tar ?", shell=True)  # expect: shell-wildcard-injection
COMMAND = "sudo chown -R www: *"
os.system(COMMAND)  # expect: shell-wildcard-injection


def dynamic(name):
    os.system(f"/bin/tar cf {name} *")  # expect: os-system-shell


# The shell puts the folder in front of each name.
os.system("/bin/tar cf x.tar ./*")  # expect: os-system-shell
os.system("/bin/chown root /srv/*")  # expect: os-system-shell
os.system("/bin/chown root -- *")  # expect: os-system-shell
os.system("/bin/tar cf x.tar data; ls *")  # expect: os-system-shell
os.system("/bin/tar cf x.tar '*'")  # expect: os-system-shell
os.system("/bin/ls *")  # expect: os-system-shell
subprocess.run(["/bin/chown", "root", "*"])
subprocess.run("/bin/chown root *")
