"""Functions that the interpreter calls on what it runs."""

import sys
import threading


def install(hook, function):
    sys.settrace(hook)  # expect: interpreter-trace-hooks
    sys.setprofile(hook)  # expect: interpreter-trace-hooks
    sys.call_tracing(function, ())  # expect: interpreter-trace-hooks
    sys.addaudithook(hook)  # expect: interpreter-trace-hooks
    sys.monitoring.register_callback(0, sys.monitoring.events.CALL, hook)  # expect: interpreter-trace-hooks
    threading.settrace(hook)  # expect: interpreter-trace-hooks
    threading.setprofile(hook)  # expect: interpreter-trace-hooks


def take_away():
    sys.settrace(None)
    threading.setprofile(None)
    sys.monitoring.register_callback(0, sys.monitoring.events.CALL, None)


def restore(function):
    before = sys.gettrace()
    try:
        function()
    finally:
        sys.settrace(before)


def quiet(player, hook):
    player.settrace(hook)
    sys.gettrace()
