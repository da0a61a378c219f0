"""Modules from files."""

import imp
import importlib.machinery
import importlib.util
import os
import runpy
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def pair(path):
    spec = spec_from_file_location("plugin", path)  # expect: import-from-file
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def keyword(path):
    return importlib.util.spec_from_file_location("plugin", location=path)  # expect: import-from-file


def unknown_spec(spec):
    module = module_from_spec(spec)  # expect: import-from-file
    spec.loader.exec_module(module)


def found_spec(name):
    spec = importlib.util.find_spec(name)
    return importlib.util.module_from_spec(spec)  # expect: import-from-file


def loaders(path, module):
    SourceFileLoader("plugin", path).load_module()  # expect: import-from-file
    loader = importlib.machinery.SourceFileLoader("plugin", path)
    loader.exec_module(module)  # expect: import-from-file


def unknown_loader(loader, module):
    loader.exec_module(module)  # expect: import-from-file


def others(path, name):
    runpy.run_path(path)  # expect: import-from-file
    runpy.run_module(name)  # expect: import-from-file
    imp.load_source("plugin", path)  # expect: import-from-file
    execfile(path)  # expect: import-from-file


HERE = Path(__file__).resolve().parent


def fixed():
    runpy.run_path("tool.py")  # expect: import-from-file
    runpy.run_path(os.path.join(os.path.dirname(__file__), "tool.py"))  # expect: import-from-file
    spec_from_file_location("plugin", HERE / "plugin.py")  # expect: import-from-file


def quiet(importer, path):
    importlib.util.find_spec("json")
    importer.load_source(path)
    importer.run_path(path)
