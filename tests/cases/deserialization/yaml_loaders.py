"""Loaders by keyword and position, under other names, and in classes of this file."""
import functools

import yaml
from yaml import CSafeLoader, Loader, full_load, load, unsafe_load
from yaml.loader import FullLoader as Full

try:
    from yaml import CSafeLoader as Quick
except ImportError:
    from yaml import SafeLoader as Quick

try:
    from yaml import CLoader as Rapid
except ImportError:
    from yaml import Loader as Rapid


def weak(stream):
    yaml.load(stream)  # expect: yaml-unsafe-load
    yaml.load_all(stream)  # expect: yaml-unsafe-load
    load(stream)  # expect: yaml-unsafe-load
    yaml.load(stream, yaml.Loader)  # expect: yaml-unsafe-load
    yaml.load(stream, Loader=yaml.Loader)  # expect: yaml-unsafe-load
    yaml.load(Loader=yaml.UnsafeLoader, stream=stream)  # expect: yaml-unsafe-load
    yaml.load(stream, Loader=yaml.CLoader)  # expect: yaml-unsafe-load
    yaml.load(stream, Loader=yaml.FullLoader)  # expect: yaml-unsafe-load
    yaml.load(stream, Loader=yaml.CFullLoader)  # expect: yaml-unsafe-load
    yaml.load(stream, Loader=Loader)  # expect: yaml-unsafe-load
    yaml.load(stream, Full)  # expect: yaml-unsafe-load
    yaml.load(stream, Rapid)  # expect: yaml-unsafe-load
    yaml.load(stream, **{"Loader": yaml.Loader})  # expect: yaml-unsafe-load
    yaml.load(*(stream, yaml.Loader))  # expect: yaml-unsafe-load
    yaml.load_all(stream, Loader=yaml.Loader)  # expect: yaml-unsafe-load
    yaml.unsafe_load(stream)  # expect: yaml-unsafe-load
    yaml.unsafe_load_all(stream)  # expect: yaml-unsafe-load
    yaml.full_load(stream)  # expect: yaml-unsafe-load
    yaml.full_load_all(stream)  # expect: yaml-unsafe-load
    unsafe_load(stream)  # expect: yaml-unsafe-load
    full_load(stream)  # expect: yaml-unsafe-load
    yaml.load("a: 1")  # expect: yaml-unsafe-load
    getattr(yaml, "load")(stream)  # expect: yaml-unsafe-load
    yaml.Loader(stream).get_single_data()  # expect: yaml-unsafe-load
    list(map(yaml.unsafe_load, stream))  # expect: yaml-unsafe-load
    read = functools.partial(yaml.load, Loader=yaml.Loader)  # expect: yaml-unsafe-load
    return read(stream)


def by_default(stream, loader=yaml.Loader):
    return yaml.load(stream, loader)  # expect: yaml-unsafe-load


class Strict(yaml.SafeLoader):
    pass


class Stricter(Strict):
    pass


class Loose(yaml.Loader):
    pass


def own_classes(stream):
    yaml.load(stream, Loose)  # expect: yaml-unsafe-load
    yaml.load(stream, Strict)
    yaml.load(stream, Loader=Stricter)


def harmless(stream, loader, model, options):
    yaml.safe_load(stream)
    yaml.safe_load_all(stream)
    yaml.load(stream, yaml.SafeLoader)
    yaml.load(stream, Loader=yaml.CSafeLoader)
    yaml.load(stream, Loader=CSafeLoader)
    yaml.load(stream, Loader=yaml.BaseLoader)
    yaml.load(stream, Loader=Quick)
    yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    yaml.load(stream, Loader=loader)
    yaml.load(stream, **options)
    yaml.dump(stream)
    yaml.compose(stream, Loader=yaml.Loader)
    model.load(stream)
    read = functools.partial(yaml.load, Loader=yaml.SafeLoader)
    return read(stream)
