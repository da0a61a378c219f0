"""How much each form of loading data matters, and what its fixes make of the text."""

import pytest
from whysafe.analysis.catalogue import catalogue
from whysafe.analysis.program import Program
from whysafe.rules import deserialization

CATALOGUE = catalogue(rule for rule in deserialization.RULES if rule.name != "pickle-import")


def only(text):
    (finding,) = Program(text + "\n", CATALOGUE).findings()
    return finding


def fixed(text, title):
    (fix,) = [fix for fix in only(text).fixes if fix.title == title]
    program = Program(text + "\n", CATALOGUE)
    for edit in sorted(fix.edits, key=lambda edit: edit.span, reverse=True):
        program.edit(edit)
    return program.text


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("pickle.loads(data)", "error"),
        ("pickle.loads(b'N.')", "warning"),
        ("pickle.loads(pickle.dumps(data))", "hint"),
        ("pickle.loads(pickle.dumps(data), encoding='bytes')", "hint"),
        ("pickle.loads(other(pickle.dumps(data)))", "error"),
        ("dill.loads(data)", "error"),
        ("dill.loads(dill.dumps(data))", "hint"),
        ("dill.load_session('session.pkl')", "error"),
        ("marshal.loads(data)", "error"),
        ("marshal.loads(b'N')", "warning"),
        ("marshal.loads(marshal.dumps(data))", "hint"),
        ("shelve.open(data)", "warning"),
        ("shelve.open(data, 'n')", "hint"),
        ("jsonpickle.decode(data)", "error"),
        ("jsonpickle.decode(data, safe=True)", "warning"),
        ("jsonpickle.decode(data, safe=False)", "error"),
        ("jsonpickle.decode(jsonpickle.encode(data))", "hint"),
        ("pandas.read_pickle(data)", "warning"),
        ("yaml.load(data)", "error"),
        ("yaml.load('a: 1')", "warning"),
        ("yaml.load(data, yaml.FullLoader)", "warning"),
        ("yaml.full_load(data)", "warning"),
        ("yaml.unsafe_load(data)", "error"),
    ],
)
def test_severity(line, severity):
    modules = "import dill, jsonpickle, marshal, pandas, pickle, shelve, yaml\n\n\n"
    assert only(f"{modules}def use(data):\n    return {line}").severity.label == severity


OWN_UNPICKLER = (
    "import pickle\n\n\nclass Own(pickle.Unpickler):\n    {}\n\n\ndef read(file):\n    return Own(file).load()"
)


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ("def find_class(self, module, name):\n        raise ValueError(name)", "hint"),
        ("def persistent_load(self, pid):\n        raise ValueError(pid)", "error"),
        ("pass", "error"),
    ],
)
def test_an_unpickler_that_chooses_its_classes_is_a_hint(body, severity):
    assert only(OWN_UNPICKLER.format(body)).severity.label == severity


@pytest.mark.parametrize(
    ("setup", "receiver", "severity", "confidence"),
    [
        ("conn = Client(address)", "conn", "warning", "high"),
        ("ours, theirs = Pipe()", "ours", "hint", "high"),
        ("ours, theirs = Pipe()\n    again = theirs", "again", "hint", "high"),
        ("conn = address()", "conn", "information", "medium"),
    ],
)
def test_a_pipe_of_the_program_itself_matters_least(setup, receiver, severity, confidence):
    imports = "from multiprocessing import Pipe\nfrom multiprocessing.connection import Client\n\n\n"
    finding = only(f"{imports}def use(address):\n    {setup}\n    return {receiver}.recv()")
    assert (finding.severity.label, finding.confidence.label) == (severity, confidence)


def test_a_connection_by_name_alone_is_of_low_confidence():
    assert only("def use(connection):\n    return connection.recv()").confidence.label == "low"


@pytest.mark.parametrize(
    ("before", "title", "after"),
    [
        ("yaml.load(s)", "Use `yaml.safe_load`", "yaml.safe_load(s)"),
        ("yaml.load_all(s, yaml.Loader)", "Use `yaml.safe_load_all`", "yaml.safe_load_all(s)"),
        ("yaml.load(Loader=yaml.Loader, stream=s)", "Use `yaml.safe_load`", "yaml.safe_load(stream=s)"),
        ("yaml.load(s, yaml.CLoader)", "Use `yaml.CSafeLoader`", "yaml.load(s, yaml.CSafeLoader)"),
        ("yaml.load(s, Loader=yaml.Loader)", "Use `yaml.SafeLoader`", "yaml.load(s, Loader=yaml.SafeLoader)"),
        ("yaml.unsafe_load_all(s)", "Use `yaml.safe_load_all`", "yaml.safe_load_all(s)"),
        ("yaml.full_load(s)", "Use `yaml.safe_load`", "yaml.safe_load(s)"),
    ],
)
def test_yaml_is_fixed(before, title, after):
    text = "import yaml\n\n\ndef read(s):\n    return "
    assert fixed(text + before, title) == text + after + "\n"


@pytest.mark.parametrize(
    "text",
    [
        "from yaml import load\n\n\ndef read(s):\n    return load(s)",
        "import yaml\n\nread = yaml.load\n\n\ndef use(s):\n    return read(s)",
        "import yaml\n\n\nclass Reader:\n    load = yaml.load\n\n    def read(self, s):\n        return Reader.load(s)",
    ],
)
def test_what_is_known_under_a_name_of_its_own_is_not_renamed(text):
    assert only(text).fixes == ()
