"""`shell=True` for functions that nothing is known of."""

import asyncio
import subprocess  # expect: subprocess-import
import threading
from unittest import mock

from tools import local, run

ON = True


def run_command(cmd, shell=False):
    return subprocess.run(cmd, shell=shell)  # expect: subprocess-dynamic-args


def unknown(cmd, pool, self):
    run(cmd, shell=True)  # expect: call-shell-true-other
    run(cmd, shell=1)  # expect: call-shell-true-other
    run(cmd, shell=ON)  # expect: call-shell-true-other
    run("make", shell=True)  # expect: call-shell-true-other
    local.execute(cmd, shell=True)  # expect: call-shell-true-other
    run_command(cmd, shell=True)  # expect: call-shell-true-other
    self.run(cmd, shell=True)  # expect: call-shell-true-other
    pool.submit(subprocess.run, cmd, shell=True)  # expect: call-shell-true-other
    asyncio.to_thread(subprocess.run, cmd, shell=True)  # expect: call-shell-true-other


def in_a_thread(cmd):
    threading.Thread(target=subprocess.run, args=(cmd,), kwargs={"shell": True}).start()  # expect: call-shell-true-other
    threading.Thread(target=subprocess.run, args=(cmd,), kwargs={"shell": False}).start()


def quiet(cmd, users, shell):
    run(cmd, shell=False)
    run(cmd, shell=0)
    run(cmd, shell=None)
    run(cmd, shell=shell)
    run(cmd)
    users.add("ada", shell="/bin/bash")
    options = dict(shell=True)
    run.assert_called_once_with(cmd, shell=True)
    run.assert_has_calls([mock.call(cmd, shell=True)])
    return options
