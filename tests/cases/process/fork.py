"""Copies of the process."""

import multiprocessing
import os
import pty

os.fork()  # expect: process-fork
os.forkpty()  # expect: process-fork
pty.fork()  # expect: process-fork
multiprocessing.set_start_method("fork")  # expect: process-fork
multiprocessing.get_context("fork")  # expect: process-fork

multiprocessing.set_start_method("spawn")
multiprocessing.get_context()


def quiet(repository):
    repository.fork()
