"""Star imports of a module whose names the rules know."""
from pickle import *  # expect: pickle-import


def restore(data):
    return loads(data)  # expect: pickle-load
