"""`os.exec*`, `os.spawn*` and their relatives."""

import os
import sys
from os import execvp


def dynamic(path, args, env):
    os.execl(path, path)  # expect: os-exec-spawn
    os.execle(path, path, env)  # expect: os-exec-spawn
    os.execlp(path, path)  # expect: os-exec-spawn
    os.execlpe(path, path, env)  # expect: os-exec-spawn
    os.execv(path, args)  # expect: os-exec-spawn
    os.execve(path, args, env)  # expect: os-exec-spawn
    os.execvp(path, args)  # expect: os-exec-spawn
    execvp(file=path, args=args)  # expect: os-exec-spawn
    os.execvpe(path, args, env)  # expect: os-exec-spawn
    os.spawnl(os.P_WAIT, path, path)  # expect: os-exec-spawn
    os.spawnle(os.P_WAIT, path, path, env)  # expect: os-exec-spawn
    os.spawnlp(os.P_WAIT, path, path)  # expect: os-exec-spawn
    os.spawnlpe(os.P_WAIT, path, path, env)  # expect: os-exec-spawn
    os.spawnv(os.P_WAIT, path, args)  # expect: os-exec-spawn
    os.spawnve(os.P_WAIT, path, args, env)  # expect: os-exec-spawn
    os.spawnvp(os.P_WAIT, path, args)  # expect: os-exec-spawn
    os.spawnvpe(os.P_WAIT, path, args, env)  # expect: os-exec-spawn
    os.posix_spawn(path, args, env)  # expect: os-exec-spawn
    os.posix_spawnp(path, args, env)  # expect: os-exec-spawn
    os.startfile(path)  # expect: os-exec-spawn
    os.execv(*args)  # expect: os-exec-spawn


def arguments(args, env, name):
    os.execv("/bin/ls", ["ls", name])  # expect: os-exec-spawn
    os.execv(sys.executable, [sys.executable, *sys.argv])  # expect: os-exec-spawn
    os.execl("/bin/sh", "sh", "-c", name)  # expect: os-exec-spawn
    os.execle("/bin/ls", "ls", env)  # expect: os-exec-spawn


def constant():
    os.execl("/bin/ls", "ls", "-l")  # expect: os-exec-spawn
    os.execvp("ls", ["ls"])  # expect: os-exec-spawn


def passed_on(pool, path):
    pool.submit(os.execv, path, [path])  # expect: os-exec-spawn


def quiet(engine, path):
    engine.execute(path)
    engine.execv(path, [])
    engine.startfile(path)
