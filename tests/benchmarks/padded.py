"""A catalogue of any size, of the same mix as the real one: what the rules that are to come will cost.

Each added rule is a copy of a real one that looks for other things, so that it costs what that one costs: its
detectors, its predicates and its signs. The sinks are functions of real libraries that tools of this kind report, as
far as they go, then invented ones.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count, cycle, islice
from typing import TYPE_CHECKING

from whysafe.analysis.catalogue import Catalogue, catalogue
from whysafe.analysis.detectors import Assigns, Calls, Detector, Imports, Methods, Nodes, Texts
from whysafe.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from whysafe.analysis.rule import Answer, Rule

SINKS = (
    "code.interact",
    "code.InteractiveConsole",
    "code.InteractiveInterpreter.runsource",
    "codeop.compile_command",
    "types.CodeType",
    "types.FunctionType",
    "typing.get_type_hints",
    "pandas.eval",
    "numexpr.evaluate",
    "sympy.sympify",
    "js2py.eval_js",
    "ctypes.CDLL",
    "ctypes.cdll.LoadLibrary",
    "ctypes.string_at",
    "cffi.FFI.dlopen",
    "asyncio.create_subprocess_shell",
    "asyncio.create_subprocess_exec",
    "invoke.run",
    "pexpect.spawn",
    "delegator.run",
    "os.kill",
    "os.killpg",
    "os.setuid",
    "os.dup2",
    "signal.pidfd_send_signal",
    "sys.path.insert",
    "site.addsitedir",
    "ruamel.yaml.YAML",
    "ruamel.yaml.load",
    "numpy.load",
    "numpy.lib.format.read_array",
    "logging.handlers.SocketHandler",
    "torch.load",
    "torch.serialization.load",
    "joblib.load",
    "sklearn.externals.joblib.load",
    "skops.io.load",
    "keras.models.load_model",
    "keras.config.enable_unsafe_deserialization",
    "tensorflow.saved_model.load",
    "datasets.load_dataset",
    "huggingface_hub.hf_hub_download",
    "crypt.crypt",
    "crypt.mksalt",
    "hashlib.pbkdf2_hmac",
    "hashlib.scrypt",
    "bcrypt.gensalt",
    "bcrypt.hashpw",
    "pyDes.des",
    "hmac.new",
    "hmac.digest",
    "cryptography.hazmat.primitives.hashes.MD5",
    "cryptography.hazmat.primitives.ciphers.algorithms.ARC4",
    "cryptography.hazmat.primitives.ciphers.modes.ECB",
    "cryptography.hazmat.primitives.ciphers.modes.CBC",
    "cryptography.hazmat.primitives.asymmetric.padding.PKCS1v15",
    "Crypto.Cipher.DES.new",
    "Crypto.Cipher.ARC4.new",
    "Crypto.Hash.MD5.new",
    "Crypto.PublicKey.RSA.generate",
    "ssl.SSLContext.set_ciphers",
    "ssl.get_server_certificate",
    "ssl.SSLContext.set_ecdh_curve",
    "random.seed",
    "numpy.random.seed",
    "torch.manual_seed",
    "uuid.uuid1",
    "secrets.token_bytes",
    "jwt.encode",
    "jwt.decode",
    "jwt.get_unverified_claims",
    "jose.jws.verify",
    "hashids.Hashids",
    "itsdangerous.Signer",
    "smtplib.SMTP",
    "smtplib.SMTP_SSL",
    "imaplib.IMAP4",
    "imaplib.IMAP4_SSL",
    "poplib.POP3",
    "poplib.POP3_SSL",
    "nntplib.NNTP",
    "nntplib.NNTP_SSL",
    "telnetlib.Telnet",
    "http.client.HTTPConnection",
    "http.client.HTTPSConnection",
    "urllib3.disable_warnings",
    "ldap.initialize",
    "ldap.set_option",
    "ldap3.Server",
    "grpc.insecure_channel",
    "distributed.Security",
    "boto3.client",
    "hvac.Client",
    "socket.create_connection",
    "pysnmp.hlapi.CommunityData",
    "pysnmp.hlapi.UsmUserData",
    "wsgiref.handlers.CGIHandler",
    "twisted.web.twcgi.CGIScript",
    "cgitb.enable",
    "os.chown",
    "os.umask",
    "os.lchown",
    "os.fchown",
    "shutil.chown",
    "zipfile.ZipFile",
    "shutil.unpack_archive",
    "gzip.open",
    "bz2.open",
    "lzma.open",
    "os.access",
    "os.makedev",
    "os.sendfile",
    "os.removedirs",
    "shutil.rmtree",
    "shutil.copytree",
    "xml.etree.ElementTree.parse",
    "xml.etree.ElementTree.iterparse",
    "xml.etree.ElementTree.fromstring",
    "xml.etree.ElementTree.XMLParser",
    "xml.sax.parse",
    "xml.sax.expatreader.create_parser",
    "xml.dom.expatbuilder.parse",
    "xml.dom.minidom.parse",
    "xml.dom.minidom.parseString",
    "xml.dom.pulldom.parse",
    "lxml.etree.XMLParser",
    "lxml.etree.parse",
    "lxml.etree.XSLT",
    "sqlalchemy.text",
    "django.db.models.expressions.RawSQL",
    "django.utils.safestring.mark_safe",
    "django.conf.settings.configure",
    "markupsafe.Markup",
    "flask.Markup",
    "flask.render_template_string",
    "mako.template.Template",
    "pymongo.MongoClient",
    "csv.writer",
    "unicodedata.normalize",
    "traceback.format_exc",
    "logging.config.listen",
    "logging.config.fileConfig",
    "pip.main",
    "ensurepip.bootstrap",
    "wdb.set_trace",
    "pdb.post_mortem",
    "pdb.set_trace",
    "debugpy.listen",
    "pydevd.settrace",
    "sys.set_int_max_str_digits",
    "sys.setrecursionlimit",
    "base64.b64decode",
    "zlib.decompress",
    "codecs.decode",
)
"""Functions that tools of this kind report and the real rules do not yet look for."""


def catalogue_of(size: int) -> Catalogue:
    """A catalogue of so many rules: the real ones, and copies of them in turn that look for other things.

    The same for the same size.
    """
    real = tuple(CATALOGUE.rules.values())
    copies = _copies(real)
    return catalogue((*real[:size], *islice(copies, max(0, size - len(real)))))


def _copies(rules: tuple[Rule, ...]) -> Iterator[Rule]:
    names = _names()
    for number, rule in enumerate(cycle(rules)):
        copied = tuple(_copied(detector, names, number) for detector in rule.detectors)
        yield replace(rule, name=f"{rule.name}-{number}", aliases=(), detect=copied)


def _names() -> Iterator[str]:
    yield from (name for name in SINKS if name not in CATALOGUE.calls)
    yield from (f"library{number}.module.function{number}" for number in count())


def _copied(detector: Detector, names: Iterator[str], number: int) -> Detector:
    """The detector with names of its own; its predicates are told the names that they know."""
    if isinstance(detector, Calls):
        known = dict(zip(islice(names, min(len(detector.names), 6)), sorted(detector.names), strict=False))
        return replace(
            detector,
            names=frozenset(known),
            when=None if detector.when is None else _renamed(detector.when, known),
        )
    if isinstance(detector, Methods):
        known = {f"{name}_{number}": name for name in sorted(detector.names)}
        return replace(detector, names=frozenset(known), when=_renamed(detector.when, known))
    if isinstance(detector, Assigns):
        known = {f"library{number}.{name}": name for name in sorted(detector.names)}
        return replace(detector, names=frozenset(known), when=_renamed(detector.when, known))
    if isinstance(detector, Imports):
        return replace(detector, modules=frozenset(f"{name}{number}" for name in detector.modules))
    if isinstance(detector, Nodes):
        words = frozenset(f"{word}_{number}" for word in detector.words)
        pattern = f"(?:{detector.pattern}).*_{number}$" if detector.pattern else ""
        return replace(detector, words=words, pattern=pattern, when=_silent(detector.when))
    assert isinstance(detector, Texts)
    return replace(detector, when=_silent(detector.when) if detector.when is not None else lambda _match: False)


def _renamed(when: Callable[..., Answer], known: dict[str, str]) -> Callable[..., Answer]:
    return lambda asked: when(replace(asked, name=known[asked.name]))


def _silent(when: Callable[..., Answer]) -> Callable[..., Answer]:
    """The work without the answer, which the real rule gives already."""

    def asked(place: object) -> Answer:
        when(place)
        return None

    return asked
