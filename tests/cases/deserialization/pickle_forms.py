"""Every way to reach pickle's loaders."""
import functools
import importlib
import pickle  # expect: pickle-import
import pickle as p  # expect: pickle-import
import sys
from pickle import Unpickler  # expect: pickle-import
from pickle import load as read  # expect: pickle-import

try:
    import cPickle  # expect: pickle-import
except ImportError:
    import _pickle as cPickle  # expect: pickle-import


def direct(data, file):
    pickle.loads(data)  # expect: pickle-load
    p.load(file)  # expect: pickle-load
    read(file)  # expect: pickle-load
    cPickle.loads(data)  # expect: pickle-load
    pickle.load(file=file)  # expect: pickle-load
    pickle._loads(data)  # expect: pickle-load
    Unpickler(file).load()  # expect: pickle-load
    pickle.Unpickler(file, encoding="bytes")  # expect: pickle-load


def imported_inside(data):
    from six.moves import cPickle as fast  # expect: pickle-import

    return fast.loads(data)  # expect: pickle-load


def rebound(data):
    module = pickle
    loads = module.loads
    loads(data)  # expect: pickle-load
    (again := pickle.loads)
    again(data)  # expect: pickle-load
    first, second = pickle.dumps, pickle.loads
    second(data)  # expect: pickle-load


def indirect(data):
    getattr(pickle, "loads")(data)  # expect: pickle-load
    vars(pickle)["loads"](data)  # expect: pickle-load
    pickle.__dict__["loads"](data)  # expect: pickle-load
    globals()["pickle"].loads(data)  # expect: pickle-load
    sys.modules["pickle"].loads(data)  # expect: pickle-load


def by_default(data, loads=pickle.loads):
    return loads(data)  # expect: pickle-load


class Codec:
    decode = pickle.loads

    def __init__(self):
        self.read = pickle.load

    def use(self, data, file):
        self.read(file)  # expect: pickle-load
        return Codec.decode(data)  # expect: pickle-load


DECODERS = {"pickle": pickle.loads, "text": str}


def tabled(data, name):
    DECODERS["pickle"](data)  # expect: pickle-load
    DECODERS[name](data)  # expect: pickle-load
    DECODERS["text"](data)


def passed_on(entries, register):
    list(map(pickle.loads, entries))  # expect: pickle-load
    register("pickle", pickle.dumps, decoder=pickle.loads)  # expect: pickle-load
    load_bytes = functools.partial(pickle.loads, encoding="bytes")  # expect: pickle-load
    return [load_bytes(entry) for entry in entries]


def own_copy(state):
    pickle.loads(pickle.dumps(state))  # expect: pickle-load
    data = pickle.dumps(state)
    return pickle.loads(data)  # expect: pickle-load


class Chosen(pickle.Unpickler):
    def find_class(self, module, name):
        raise pickle.UnpicklingError(module)


class Open(pickle.Unpickler):
    pass


def own_unpicklers(file):
    Chosen(file).load()  # expect: pickle-load
    Open(file).load()  # expect: pickle-load


def harmless(state, file, model):
    pickle.dumps(state)
    pickle.dump(state, file)
    pickle.Pickler(file)
    model.load(file)
    model.loads(state)
    return pickle.PickleError


def shadowed(data, pickle):
    return pickle.loads(data)


def loads(data):
    return data


loads(b"")
