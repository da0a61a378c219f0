"""A raw fork beside threads."""

import os
from threading import Thread

Thread(target=print).start()
child = os.fork()  # expect: process-fork
