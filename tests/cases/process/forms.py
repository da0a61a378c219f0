"""Every way to reach a dangerous function that resolution must see."""

import functools
import importlib
import operator
import os
import sys
from os import *
from os import system as start


def inside(cmd):
    import os as inner

    inner.system(cmd)  # expect: os-system-shell


try:
    import posix
except ImportError:
    import nt as posix


def conditional(cmd):
    posix.system(cmd)  # expect: os-system-shell


def names(cmd):
    os.system(cmd)  # expect: os-system-shell
    start(cmd)  # expect: os-system-shell
    popen(cmd)  # expect: os-system-shell
    module = os
    module.system(cmd)  # expect: os-system-shell
    call = os.system
    call(cmd)  # expect: os-system-shell
    (run := os.system)(cmd)  # expect: os-system-shell
    run(cmd)  # expect: os-system-shell
    first, second = os.system, print
    first(cmd)  # expect: os-system-shell
    second(cmd)


def indirection(cmd, name):
    getattr(os, "system")(cmd)  # expect: os-system-shell
    getattr(os, "sys" + "tem")(cmd)  # expect: os-system-shell
    vars(os)["system"](cmd)  # expect: os-system-shell
    os.__dict__["system"](cmd)  # expect: os-system-shell
    sys.modules["os"].system(cmd)  # expect: os-system-shell
    globals()["os"].system(cmd)  # expect: os-system-shell
    operator.attrgetter("system")(os)(cmd)  # expect: os-system-shell
    __import__("os").system(cmd)  # expect: os-system-shell, dynamic-import-dunder
    importlib.import_module("os").system(cmd)  # expect: os-system-shell, dynamic-import-module
    getattr(os, name)(cmd)


ACTIONS = {"run": os.system, "show": print}


class Runner:
    run = os.system
    show = os.popen

    def __init__(self):
        self.start = os.system

    def go(self, cmd):
        self.start(cmd)  # expect: os-system-shell
        self.run(cmd)  # expect: os-system-shell
        self.show(cmd)  # expect: os-system-shell
        self.system(cmd)

    def system(self, cmd):
        return cmd


def tables(cmd, key, runner=os.system):
    ACTIONS["run"](cmd)  # expect: os-system-shell
    ACTIONS["show"](cmd)
    ACTIONS[key](cmd)  # expect: os-system-shell
    Runner.run(cmd)  # expect: os-system-shell
    runner(cmd)  # expect: os-system-shell
    (lambda line: os.system(line))(cmd)  # expect: os-system-shell


def bound(cmd):
    later = functools.partial(os.system, cmd)  # expect: os-system-shell
    later()


def passed_on(pool, commands):
    list(map(os.system, commands))  # expect: os-system-shell
    pool.submit(os.system, commands[0])  # expect: os-system-shell
    pool.apply(func=os.popen, args=commands)  # expect: os-system-shell


def shadowed(cmd, os):
    os.system(cmd)


def local(cmd):
    def system(text):
        return text

    system(cmd)
