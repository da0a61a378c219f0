"""dill, cloudpickle, shelve, marshal, jsonpickle and data frames."""
import marshal
import shelve  # expect: pickle-import
from dbm import dumb

import cloudpickle  # expect: pickle-import
import dask.dataframe as dd
import dill  # expect: pickle-import
import geopandas
import jsonpickle
import jsonpickle.unpickler
import pandas as pd
import pickle5
from jsonpickle.unpickler import Unpickler


def dilled(data, file):
    dill.loads(data)  # expect: dill-load
    dill.load(file)  # expect: dill-load
    dill.Unpickler(file)  # expect: dill-load
    dill.load_session("session.pkl")  # expect: dill-load
    dill.load_module("session.pkl")  # expect: dill-load
    cloudpickle.load(file)  # expect: dill-load
    cloudpickle.loads(data)  # expect: dill-load
    pickle5.loads(data)  # expect: dill-load
    list(map(cloudpickle.loads, data))  # expect: dill-load
    dill.dumps(data)
    cloudpickle.dump(data, file)


def shelved(path, mapping):
    shelve.open(path)  # expect: shelve-open
    shelve.open(path, flag="n")  # expect: shelve-open
    with shelve.open(path) as shelf:  # expect: shelve-open
        shelf["a"] = 1
    shelve.DbfilenameShelf(path)  # expect: shelve-open
    shelve.Shelf(mapping)  # expect: shelve-open
    shelve.BsdDbShelf(mapping)  # expect: shelve-open
    dumb.open(path)
    open(path).close()


def marshalled(data, file):
    marshal.loads(data)  # expect: marshal-load
    marshal.load(file)  # expect: marshal-load
    marshal.loads(marshal.dumps(data))  # expect: marshal-load
    marshal.dumps(data)


def rebuilt(text):
    jsonpickle.decode(text)  # expect: jsonpickle-decode
    jsonpickle.loads(text)  # expect: jsonpickle-decode
    jsonpickle.decode(text, safe=True)  # expect: jsonpickle-decode
    jsonpickle.unpickler.decode(text)  # expect: jsonpickle-decode
    Unpickler().restore({})  # expect: jsonpickle-decode
    jsonpickle.encode(text)


def frames(path):
    pd.read_pickle(path)  # expect: pandas-read-pickle
    pd.io.pickle.read_pickle(path)  # expect: pandas-read-pickle
    pd.DataFrame.from_pickle(path)  # expect: pandas-read-pickle
    pd.read_hdf(path, "table")  # expect: pandas-read-pickle
    geopandas.read_pickle(path)  # expect: pandas-read-pickle
    dd.read_hdf(path, "table")  # expect: pandas-read-pickle
    pd.concat(map(pd.read_pickle, path))  # expect: pandas-read-pickle
    pd.read_csv(path)
    pd.DataFrame().to_pickle(path)
