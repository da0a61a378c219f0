"""Loading data that can bring code along: pickle and everything that is built on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from whysafe.analysis.detectors import calls, imports
from whysafe.analysis.finding import Confidence, Rank, Severity
from whysafe.analysis.rule import AddArgument, Answer, Repair, Rule, Verdict
from whysafe.rules.deserialization_connections import MULTIPROCESSING_RECV
from whysafe.rules.deserialization_yaml import YAML_UNSAFE_LOAD
from whysafe.rules.written import milder_for_constant
from whysafe.semantics.resolve import attribute
from whysafe.semantics.values import Function, LocalClass

if TYPE_CHECKING:
    from whysafe.semantics.calls import Call, Expression

_OWN_COPY = "`{name}` reads back what this code has dumped itself: say so, or use `copy.deepcopy`."
_OWN_CLASSES = "This unpickler chooses its classes itself: make sure that `find_class` lets only harmless ones through."
_CWE = "https://cwe.mitre.org/data/definitions/502.html"
_CHEAT_SHEET = "https://cheatsheetseries.owasp.org/cheatsheets/Deserialization_Cheat_Sheet.html"


def _dumped_here(data: Expression | None, dumpers: frozenset[str]) -> bool:
    """Whether the data can only be the result of a dump in this file, which makes loading it a deep copy."""
    if data is None:
        return False
    origins = data.origins()
    return bool(origins) and all(_is_call_of(origin, dumpers) for origin in origins)


def _is_call_of(expression: Expression, names: frozenset[str]) -> bool:
    node = expression.node
    if not isinstance(node, cst.Call):
        return False
    symbols = expression.at(node.func).symbols
    return bool(symbols) and names.issuperset(symbols)


def _chooses_classes(call: Call) -> bool:
    """Whether the called class is one of this file with a `find_class` of its own."""
    return any(
        isinstance(member, Function)
        for value in call.callee.values
        if isinstance(value, LocalClass)
        for member in attribute(value, "find_class", call.resolver)
    )


def _loaded(call: Call, data: Expression | None, dumpers: frozenset[str]) -> Verdict:
    if _dumped_here(data, dumpers):
        return Verdict(message=_OWN_COPY.format(name=call.name), severity=Severity.HINT)
    if _chooses_classes(call):
        return Verdict(message=_OWN_CLASSES, severity=Severity.HINT)
    severity = milder_for_constant(Severity.ERROR, data)
    return Verdict(message=f"`{call.name}` runs code that its data asks for.", severity=severity)


def _loads_pickle(call: Call) -> Answer:
    data = call.argument(keyword="file", position=0) or call.argument(keyword="data")
    return _loaded(call, data, frozenset({"pickle.dumps"}))


PICKLE_LOAD = Rule(
    name="pickle-load",
    family="deserialization",
    title="Pickle data is loaded",
    message="Loading a pickle runs code that its data asks for.",
    why="A pickle is a list of instructions, and one of them calls any function with any arguments. They are carried "
    "out while the data is loaded, before the program sees an object that it could check.",
    abuse="Whoever can write the file, the cache entry, the queue message or the request body puts a call such as "
    '`os.system("...")` in it and runs commands with the rights of this program.',
    fix="Store plain data as JSON. Where it has to be pickle, verify an HMAC of the bytes with a secret key before "
    "they are loaded, or let the `find_class` of an `Unpickler` of your own accept only the classes that you list.",
    ask="Who can write the bytes that are loaded here, and could each of them run commands on this machine anyway?",
    cwe=(502,),
    severity=Severity.ERROR,
    aliases=("B301", "S301", "pickle.load", "pickle.loads", "pickle.Unpickler"),
    detect=(
        calls("pickle.load", "pickle.loads", when=_loads_pickle, reference=True),
        calls("pickle.Unpickler", when=_loads_pickle),
    ),
    bad=(
        "import pickle\n\n\ndef restore(data):\n    return pickle.loads(data)",
        'import pickle\n\nwith open("model.bin", "rb") as file:\n    model = pickle.load(file)',
        "from pickle import loads as restore\n\n\ndef restore_all(entries):\n    return list(map(restore, entries))",
        "import pickle\n\n\ndef read(file):\n    return pickle.Unpickler(file).load()",
    ),
    good=(
        "import json\n\n\ndef restore(data):\n    return json.loads(data)",
        "import pickle\n\n\ndef store(state):\n    return pickle.dumps(state)",
        "import copy\n\n\ndef clone(state):\n    return copy.deepcopy(state)",
    ),
    references=("https://docs.python.org/3/library/pickle.html#restricting-globals", _CHEAT_SHEET, _CWE),
)


PICKLE_IMPORT = Rule(
    name="pickle-import",
    family="deserialization",
    title="Pickle-like module imported",
    message="This module loads data that can run code.",
    why="`pickle`, `dill`, `cloudpickle` and `shelve` carry out calls that their data contains. The import alone does "
    "no harm; it shows that such data is read or written somewhere.",
    abuse="Only loading can be abused: by whoever can change the data that some other line loads.",
    fix="Use `json` for plain data, and drop the import.",
    ask="Does this file load data with the module, or does it only write?",
    cwe=(502,),
    severity=Severity.HINT,
    rank=Rank.IMPORT,
    default=False,
    aliases=("B403", "S403", "cPickle", "dill", "pickle", "shelve"),
    detect=imports("pickle", "cPickle", "_pickle", "six.moves.cPickle", "dill", "shelve", "cloudpickle"),
    bad=("import pickle", "from shelve import Shelf", "try:\n    import cloudpickle\nexcept ImportError:\n    raise"),
    good=("import json", "import pickletools"),
    references=("https://docs.python.org/3/library/pickle.html", _CWE),
)


_DILL_DUMPS = frozenset({"dill.dumps", "cloudpickle.dumps", "pickle5.dumps", "pickle.dumps"})


def _loads_dill(call: Call) -> Answer:
    # Only `loads` is given the data; the argument of `load_session` names a file.
    given = call.name.endswith(".loads")
    data = call.argument(position=0) or call.argument(keyword="str") or call.argument(keyword="data") if given else None
    return _loaded(call, data, _DILL_DUMPS)


DILL_LOAD = Rule(
    name="dill-load",
    family="deserialization",
    title="Dill or cloudpickle data is loaded",
    message="Loading dill or cloudpickle data runs code that the data asks for.",
    why="`dill`, `cloudpickle` and `pickle5` extend pickle: their data may not only name functions to call but bring "
    "whole functions along, and they are run while the data is loaded.",
    abuse="Whoever can write the data, for example a shared model or task directory, gets commands run as this "
    "program.",
    fix="Exchange plain data as JSON, and code as installed packages. Where functions must travel, verify an HMAC of "
    "the bytes with a secret key before they are loaded.",
    ask="Which process writes this data, and can anybody else write to the place it is read from?",
    cwe=(502,),
    severity=Severity.ERROR,
    aliases=("B301", "S301", "dill.load", "dill.loads", "dill.Unpickler"),
    detect=(
        calls(
            "dill.load",
            "dill.loads",
            "dill.load_session",
            "dill.load_module",
            "dill.load_module_asdict",
            "dill.session.load_session",
            "dill.session.load_module",
            "dill.session.load_module_asdict",
            "cloudpickle.load",
            "cloudpickle.loads",
            "pickle5.load",
            "pickle5.loads",
            when=_loads_dill,
            reference=True,
        ),
        calls("dill.Unpickler", "pickle5.Unpickler", when=_loads_dill),
    ),
    bad=(
        "import dill\n\n\ndef receive(data):\n    return dill.loads(data)",
        'import dill\n\ndill.load_session("work.pkl")',
        "import cloudpickle\n\n\ndef task_from(file):\n    return cloudpickle.load(file)",
    ),
    good=(
        "import json\n\n\ndef receive(data):\n    return json.loads(data)",
        "import dill\n\n\ndef send(task):\n    return dill.dumps(task)",
    ),
    references=("https://dill.readthedocs.io/en/latest/", "https://docs.python.org/3/library/pickle.html", _CWE),
)


def _opens_shelf(call: Call) -> Answer:
    flag = call.argument(keyword="flag", position=1)
    if call.name != "shelve.Shelf" and flag is not None and flag.constant == "n":
        return Verdict(
            message="This shelf starts empty, so it only loads what is put in later.", severity=Severity.HINT
        )
    return Verdict(message=f"Reading from `{call.name}` unpickles the stored value, which can run code.")


SHELVE_OPEN = Rule(
    name="shelve-open",
    family="deserialization",
    title="Shelf of pickles opened",
    message="Every value read from a shelf is unpickled, which can run code.",
    why="A shelf stores each value as a pickle, and loading a pickle carries out the calls that it contains. A plain "
    "`shelf[key]` is enough.",
    abuse="Whoever can write the shelf's file, for example in a shared or temporary folder, replaces a value and runs "
    "commands as soon as the program reads it.",
    fix="Keep plain data in `sqlite3` or in a JSON file. If it stays a shelf, put it where only this program's user "
    "can write.",
    ask="Who can write the file of this shelf and the folder that it is in?",
    cwe=(502,),
    severity=Severity.WARNING,
    aliases=("B301", "S301", "shelve.open", "shelve.DbfilenameShelf"),
    detect=calls("shelve.open", "shelve.DbfilenameShelf", "shelve.Shelf", "shelve.BsdDbShelf", when=_opens_shelf),
    bad=(
        'import shelve\n\nwith shelve.open("settings") as settings:\n    theme = settings["theme"]',
        'from shelve import DbfilenameShelf\n\nshelf = DbfilenameShelf("counts")',
    ),
    good=(
        (
            'import json\nimport pathlib\n\nsettings = json.loads(pathlib.Path("settings.json").read_text("utf-8"))\n'
            'theme = settings["theme"]'
        ),
        'import sqlite3\n\nstore = sqlite3.connect("settings.db")',
    ),
    references=("https://docs.python.org/3/library/shelve.html", _CWE),
)


def _loads_marshal(call: Call) -> Answer:
    data = call.argument(position=0)
    if _dumped_here(data, frozenset({"marshal.dumps"})):
        return Verdict(message=_OWN_COPY.format(name=call.name), severity=Severity.HINT)
    message = f"`{call.name}` trusts its data: crafted bytes crash the interpreter or bring code objects."
    return Verdict(message=message, severity=milder_for_constant(Severity.ERROR, data))


MARSHAL_LOAD = Rule(
    name="marshal-load",
    family="deserialization",
    title="Marshal data is loaded",
    message="Marshal data is trusted: crafted bytes crash the interpreter or bring code objects.",
    why="`marshal` is Python's private format for compiled modules. It does not check what it reads, so wrong bytes "
    "can damage memory, and a code object in them may be run later.",
    abuse="Whoever can supply the bytes crashes the program, or hands it compiled code in place of data.",
    fix="Store plain data as JSON. Leave compiled modules to the import system.",
    ask="Can these bytes come from anything but this same Python, writing to a place that nobody else can write to?",
    cwe=(502,),
    severity=Severity.ERROR,
    aliases=("B302", "S302", "marshal.load", "marshal.loads"),
    detect=calls("marshal.load", "marshal.loads", when=_loads_marshal, reference=True),
    bad=(
        "import marshal\n\n\ndef table_from(data):\n    return marshal.loads(data)",
        "import marshal\n\n\ndef table_in(file):\n    return marshal.load(file)",
    ),
    good=(
        "import json\n\n\ndef table_from(data):\n    return json.loads(data)",
        "import marshal\n\n\ndef store(table):\n    return marshal.dumps(table)",
    ),
    references=("https://docs.python.org/3/library/marshal.html", _CWE),
)


def _decodes_objects(call: Call) -> Answer:
    data = call.argument(keyword="string", position=0)
    if _dumped_here(data, frozenset({"jsonpickle.encode", "jsonpickle.dumps", "jsonpickle.pickler.encode"})):
        return Verdict(message=_OWN_COPY.format(name=call.name), severity=Severity.HINT)
    message = f"`{call.name}` builds objects of any class that its JSON names."
    if call.name.endswith("Unpickler"):
        return Verdict(message=message)
    severity = milder_for_constant(Severity.ERROR, data)
    safe = call.argument(keyword="safe", position=5)
    if safe is not None and safe.truth:
        message = f"`{call.name}` with `safe=True` evaluates no text, but still builds objects of any class."
        return Verdict(message=message, severity=severity.step(-1))
    repairs: tuple[Repair, ...] = ()
    if safe is None and not call.open_ended:
        title = "Add `safe=True`, which evaluates no text but still builds objects"
        repairs = (Repair(title, (AddArgument(call.node, "safe=True"),), safe=False),)
    return Verdict(message=message, severity=severity, repairs=repairs)


JSONPICKLE_DECODE = Rule(
    name="jsonpickle-decode",
    family="deserialization",
    title="Jsonpickle rebuilds objects",
    message="jsonpickle builds objects of any class that its JSON names.",
    why="The JSON says which classes to import and which functions to call to rebuild an object. It is pickle in "
    "readable form, with the same power; `safe=True` takes away only the evaluation of text.",
    abuse="Whoever can send or store the JSON adds a `py/reduce` entry that calls a function of their choice.",
    fix="Read plain data with `json.loads` and build your own objects from it, field by field.",
    ask="Who can write this JSON, and why does it have to name classes?",
    cwe=(502,),
    severity=Severity.ERROR,
    aliases=("B301", "S301", "jsonpickle.decode", "jsonpickle.unpickler.Unpickler", "jsonpickle.unpickler.decode"),
    detect=(
        calls(
            "jsonpickle.decode",
            "jsonpickle.loads",
            "jsonpickle.unpickler.decode",
            when=_decodes_objects,
            reference=True,
        ),
        calls("jsonpickle.unpickler.Unpickler", "jsonpickle.Unpickler", when=_decodes_objects),
    ),
    bad=(
        "import jsonpickle\n\n\ndef order_from(text):\n    return jsonpickle.decode(text)",
        "from jsonpickle.unpickler import Unpickler\n\nreader = Unpickler()",
        "import jsonpickle\n\n\ndef order_from(text):\n    return jsonpickle.loads(text, safe=True)",
    ),
    good=(
        "import json\n\n\ndef order_from(text):\n    return json.loads(text)",
        "import jsonpickle\n\n\ndef text_of(order):\n    return jsonpickle.encode(order, unpicklable=False)",
    ),
    references=("https://jsonpickle.readthedocs.io/en/latest/", _CWE),
)


def _reads_table(call: Call) -> Answer:
    if call.name.endswith("read_hdf"):
        message = f"`{call.name}` unpickles columns and attributes that were stored as objects."
        return Verdict(message=message, confidence=Confidence.MEDIUM)
    return Verdict(message=f"`{call.name}` loads a pickle, which can run code.")


PANDAS_READ_PICKLE = Rule(
    name="pandas-read-pickle",
    family="deserialization",
    title="Data frame loaded from a pickle",
    message="Reading a data frame from a pickle can run code.",
    why="The file is a pickle, and loading one carries out the calls that it contains. HDF5 files store columns of "
    "objects as pickles too.",
    abuse="Whoever can change the file, or the address that it is fetched from, runs commands on the analyst's "
    "machine.",
    fix="Exchange data frames as Parquet, Feather or CSV: `pandas.read_parquet` only reads values.",
    ask="Where does this file come from, and who else can write there?",
    cwe=(502,),
    severity=Severity.WARNING,
    aliases=("B301", "S301", "pandas.read_pickle"),
    detect=calls(
        "pandas.read_pickle",
        "pandas.io.pickle.read_pickle",
        "pandas.io.api.read_pickle",
        "pandas.DataFrame.from_pickle",
        "pandas.read_hdf",
        "pandas.io.pytables.read_hdf",
        "geopandas.read_pickle",
        "dask.dataframe.read_pickle",
        "dask.dataframe.read_hdf",
        "modin.pandas.read_pickle",
        when=_reads_table,
        reference=True,
    ),
    bad=(
        'import pandas\n\nprices = pandas.read_pickle("prices.pkl")',
        'import pandas as pd\n\nsales = pd.read_hdf("sales.h5", "sales")',
    ),
    good=(
        'import pandas\n\nprices = pandas.read_parquet("prices.parquet")',
        'import pandas as pd\n\nsales = pd.read_csv("sales.csv")',
    ),
    references=("https://pandas.pydata.org/docs/reference/api/pandas.read_pickle.html", _CWE),
)


RULES: tuple[Rule, ...] = (
    PICKLE_LOAD,
    PICKLE_IMPORT,
    DILL_LOAD,
    SHELVE_OPEN,
    MARSHAL_LOAD,
    JSONPICKLE_DECODE,
    PANDAS_READ_PICKLE,
    YAML_UNSAFE_LOAD,
    MULTIPROCESSING_RECV,
)
