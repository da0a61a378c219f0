"""What the peers detect and we took over: no id of theirs gets lost."""

import pytest
from whysafe.analysis.catalogue import cards, find
from whysafe.rules import CATALOGUE

PEER_IDS = {
    "B101 S101": "assert-used",
    "B102 S102 exec": "exec-use",
    "B103 S103 os.chmod": "permissive-file-mode",
    "B104 S104": "bind-all-interfaces",
    "B105 S105": "hardcoded-password-string",
    "B106 S106": "hardcoded-password-argument",
    "B107 S107": "hardcoded-password-default",
    "B110 S110": "try-except-pass",
    "B113 S113": "http-request-no-timeout",
    "B201 S201": "flask-debug-true",
    "B202 S202 tarfile.TarFile": "tarfile-unsafe-extract",
    "B301 S301 pickle.load pickle.loads pickle.Unpickler": "pickle-load",
    "B302 S302 marshal.load marshal.loads": "marshal-load",
    "B306 S306 tempfile.mktemp": "tempfile-mktemp",
    "B307 S307 eval": "eval-use",
    "B311 S311 random.random random.randint random.randbytes": "insecure-random",
    "B323 S323": "ssl-unverified-context",
    "B324 S324 hashlib.md5 hashlib.sha1": "weak-hash-stdlib",
    "B403 S403": "pickle-import",
    "B404 S404": "subprocess-import",
    "B501 S501": "http-client-verify-disabled",
    "B506 S506": "yaml-unsafe-load",
    "B601 S601": "paramiko-exec-command",
    "B602 S602 subprocess.run subprocess.Popen": "subprocess-shell-true",
    "B603 S603": "subprocess-dynamic-args",
    "B604 S604": "call-shell-true-other",
    "B605 S605 os.system os.popen": "os-system-shell",
    "B606 S606 os.execv": "os-exec-spawn",
    "B607 S607": "partial-executable-path",
    "B609 S609": "shell-wildcard-injection",
    "B701 S701": "jinja2-autoescape-off",
    "shelve.open": "shelve-open",
    "compile": "compile-use",
    "__import__": "dynamic-import-dunder",
    "importlib.import_module": "dynamic-import-module",
    "importlib.util.spec_from_file_location": "import-from-file",
    "sys.settrace": "interpreter-trace-hooks",
    "os.fork": "process-fork",
}


@pytest.mark.parametrize(("ids", "rule"), PEER_IDS.items())
def test_a_peers_id_leads_to_our_rule(ids, rule):
    for name in ids.split():
        assert rule in [card.name for card in find(cards(CATALOGUE), name)], name
