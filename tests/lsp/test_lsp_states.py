"""A file with every state of an answer, in an editor: what is shown, how severe, what it says, and what it offers."""

import datetime as dt
import os
import re
import sys
from typing import NamedTuple

import pytest
import pytest_lsp
from lsp_client import capabilities
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig
from test_lsp_editors import Client, Editor, make_client
from whysafe.checker import Document
from whysafe.config import from_mapping
from whysafe.justifications.comment import Decision
from whysafe.lsp.session import utc_today

TODAY = utc_today()
SETTINGS = '[tool.whysafe]\nprogram-type = "cli"\nnever-justify = ["marshal-load"]\nline-length = 100\n'
REASON = "the caller passes constants of this module and nothing else"
ERROR, WARNING, INFORMATION, HINT = (types.DiagnosticSeverity(number) for number in (1, 2, 3, 4))
JUSTIFY = ["accepted", "a false alarm", "mitigated", "deferred"]


def days(count):
    return TODAY + dt.timedelta(days=count)


def justified(text, decision=Decision.ACCEPTED, program_type="cli", rule="eval-use", ref=None):
    """A function with an answer in order to the finding in its last line."""
    settings, _ = from_mapping({"program-type": program_type, "line-length": 100}, "test")
    document = Document(text)
    (found,) = (finding for finding in document.facts().findings if finding.rule == rule)
    place = found.span.start
    written = document.justify(place, rule, decision, "M. Smit", TODAY, settings, reason=REASON, ref=ref)
    for edit in written.edits:
        document.edit(edit)
    return document.text


class Row(NamedTuple):
    """One state: the code with its block, and what JUSTIFICATIONS says of it. None: nothing is shown there."""

    text: str
    finding: types.DiagnosticSeverity | None
    note: types.DiagnosticSeverity | None
    says: str
    offers: list[str]


PLAIN = "def {name}(x):\n    return eval(x)\n"
MARSHAL = "import marshal\n\n\ndef {name}(x):\n    return marshal.loads(x)\n"
FIX = "Accept only literals, with `ast.literal_eval`"
JUSTIFYING = [*(f"Justify eval-use as {decision}..." for decision in JUSTIFY), FIX]


def converting(tool):
    return [*(f"Convert {tool} of eval-use as {decision}..." for decision in JUSTIFY), FIX]


def task(words):
    return words.replace("IT", "the justification of eval-use")


CONFIRM, REMOVE, SIGN = task("Re-confirm IT"), task("Remove IT"), task("Sign IT")
WRITE = task("Write what is missing in IT")


def plain(name, **more):
    return justified(PLAIN.format(name=name), **more)


def changed(name, old, new, **more):
    text = plain(name, **more)
    assert re.search(old, text), (name, text)
    return re.sub(old, new, text, count=1)


FORBIDDEN = justified(MARSHAL.format(name="forbidden"), rule="marshal-load")
ORPHAN = plain("orphan").replace("eval(x)", "abs(x)")
LATE, SOON, PAST = f"review by {days(400)}", f"review by {days(10)}", f"review by {days(-1)}"
TABLE = {
    "open": Row(PLAIN.format(name="open"), ERROR, None, "", JUSTIFYING),
    "valid": Row(plain("valid"), HINT, None, "Justified (accepted by M. Smit until", [CONFIRM, REMOVE]),
    "deferred": Row(
        plain("deferred", decision=Decision.DEFERRED, ref="SEC-42"),
        INFORMATION,
        None,
        "Justified (deferred by M. Smit until",
        [CONFIRM, REMOVE],
    ),
    "placeholder": Row(
        changed("placeholder", REASON, f"TODO {REASON}"), ERROR, WARNING, "still to be written", [WRITE]
    ),
    "placeholder, of the ticket": Row(
        plain("ticket", decision=Decision.DEFERRED), ERROR, WARNING, "name the ticket that ends the wait", [WRITE]
    ),
    "trivial": Row(changed("trivial", REASON, "it is ok"), ERROR, WARNING, "too little to be understood", [WRITE]),
    "unsigned": Row(changed("unsigned", "M. Smit", "TODO-name"), ERROR, WARNING, "lacks a name", [SIGN]),
    "malformed": Row(
        changed("malformed", "accepted", "acepted"),
        ERROR,
        ERROR,
        "did you mean `accepted`?",
        [task("Repair IT")],
    ),
    "due": Row(changed("due", r"review by [\d-]+", SOON), HINT, INFORMATION, "in 10 days", [CONFIRM]),
    "expired": Row(changed("expired", r"review by [\d-]+", PAST), ERROR, WARNING, "was due by", [CONFIRM, REMOVE]),
    "stale": Row(changed("stale", r"eval\(x\)", "eval(x + x)"), ERROR, WARNING, "is not the code", [CONFIRM, REMOVE]),
    "context-changed": Row(
        plain("context_changed", program_type="web-service"), ERROR, WARNING, "is now a `cli`", [CONFIRM]
    ),
    "orphan": Row(ORPHAN, None, WARNING, "has no finding of `eval-use`", [REMOVE]),
    "orphan, of one rule": Row(
        changed("drop", r"\[eval-use\]", "[eval-use, exec-use]"),
        HINT,
        WARNING,
        "drop `exec-use` from the brackets",
        [
            "Drop exec-use from the justification",
            *(words.replace("use", "use, exec-use") for words in (CONFIRM, REMOVE)),
        ],
    ),
    "unknown-rule": Row(
        changed("unknown_rule", "eval-use", "evl-use"),
        ERROR,
        WARNING,
        "did you mean `eval-use`?",
        ["Rename evl-use to eval-use in the justification"],
    ),
    "detached": Row(
        changed("detached", "    return", "\n    return"),
        ERROR,
        WARNING,
        "No code is attached",
        [task("Attach IT to the code below it")],
    ),
    "too-long": Row(
        changed("too_long", r"review by [\d-]+", LATE),
        ERROR,
        WARNING,
        f"write `review by {days(180)}`",
        [task("Shorten IT to the longest time allowed")],
    ),
    "too-long, without a ticket": Row(
        changed("no_ticket", " ref TODO,", "", decision=Decision.DEFERRED),
        ERROR,
        WARNING,
        "needs the ticket that ends the wait",
        [task("Add a ticket to IT")],
    ),
    "unsigned, behind code": Row(
        "def behind(x):\n    return eval(x)  # justified[eval-use] accepted: " + REASON + "\n",
        ERROR,
        WARNING,
        "lacks a name",
        [task("Move IT above its statement")],
    ),
    "forbidden": Row(FORBIDDEN, ERROR, ERROR, "(`never-justify`)", []),
    "undocumented": Row(
        "def undocumented(x):\n    return eval(x)  # nosec B307\n",
        INFORMATION,
        None,
        "Marked by nosec, no reason recorded: ",
        converting("nosec"),
    ),
    "blanket": Row(
        "def blanket(x):\n    return eval(x)  # noqa\n", ERROR, WARNING, "`noqa` names no rule", converting("noqa")
    ),
}
TEXT = "\n\n".join(row.text for row in TABLE.values())

CONFIG = ClientServerConfig(
    server_command=[sys.executable, "-m", "whysafe", "server"],
    client_factory=make_client,
    server_env={**os.environ, "WHYSAFE_AUTHOR": "M. Smit"},
)


@pytest_lsp.fixture(config=CONFIG)
async def client(lsp_client: Client, tmp_path):
    (tmp_path / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    params = types.InitializeParams(
        capabilities=capabilities("modern"),
        workspace_folders=[types.WorkspaceFolder(uri=tmp_path.as_uri(), name="here")],
    )
    lsp_client.result = await lsp_client.initialize_session(params)
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def editor(client):
    return Editor(client, client.result, pulls=True)


def regions():
    """For each state the first line of its code, and the line behind its last."""
    line = 0
    for state, row in TABLE.items():
        end = line + row.text.count("\n")
        yield state, row, line, end
        line = end + 2


async def test_every_state_is_shown_and_offers_what_the_specification_says(editor, tmp_path):
    editor.open((tmp_path / "states.py").as_uri(), TEXT)
    items = await editor.diagnostics()
    seen = {}
    for state, row, first, end in regions():
        here = [item for item in items if first <= item.range.start.line < end and item.code != "pickle-import"]
        found = [item for item in here if not item.code.startswith("justification-")]
        notes = [item for item in here if item.code.startswith("justification-")]
        place = (notes or found)[0].range.start
        offered = await editor.actions(place.line, place.character + 3)
        seen[state] = Row(
            row.text,
            next((item.severity for item in found), None),
            next((item.severity for item in notes), None),
            row.says if any(row.says in item.message for item in here) else "; ".join(item.message for item in here),
            [action.title for action in offered],
        )
        code = f"justification-{state.partition(',')[0]}"
        assert {item.code for item in notes} == ({code} if row.note is not None else set()), state
        assert [1 in (item.tags or ()) for item in notes] == [state == "orphan"] * len(notes)
        assert not any(action.is_preferred for action in offered), state
    assert seen == TABLE
    everything = await editor.actions(0, 0, only=["source.fixAll"])
    assert not everything


async def test_what_is_offered_makes_the_answers_hold(editor, tmp_path):
    """Do the one thing that is offered for each block that only needs that, and see nothing left to say of it."""
    wanted = ("unsigned", "malformed", "due", "expired", "stale", "context-changed", "unknown-rule", "detached")
    rows = {state: TABLE[state] for state in (*wanted, "too-long", "orphan")}
    editor.open((tmp_path / "mend.py").as_uri(), "\n\n".join(row.text for row in rows.values()))
    for state, row in rows.items():
        items = await editor.diagnostics()
        (note,) = [item for item in items if item.code == f"justification-{state}"]
        await editor.do(row.offers[0], note.range.start.line, note.range.start.character + 3)
    left = [(item.code, item.severity) for item in await editor.diagnostics()]
    assert left == [("eval-use", HINT)] * (len(rows) - 1)


async def test_what_only_a_person_can_write_is_led_to(editor, tmp_path):
    """The place is selected, with nothing written there; where a ticket is owed, one to be filled in is added."""
    rows = ["placeholder", "trivial", "too-long, without a ticket"]
    editor.open((tmp_path / "write.py").as_uri(), "\n\n".join(TABLE[row].text for row in rows))
    items = await editor.diagnostics()
    (place,) = [item.range.start for item in items if item.code == "justification-too-long"]
    await editor.do(task("Add a ticket to IT"), place.line, place.character + 3)
    selected = []
    for item in await editor.diagnostics():
        if item.code in {"justification-placeholder", "justification-trivial"}:
            (action,) = await editor.actions(item.range.start.line, item.range.start.character + 3)
            assert (action.title, action.edit) == (WRITE, None)
            command = types.ExecuteCommandParams(command=action.command.command, arguments=action.command.arguments)
            await editor.client.workspace_execute_command_async(command)
            shown = editor.client.shown_documents[-1]
            assert (shown.uri, shown.take_focus) == (editor.uri, True)
            where = shown.selection
            assert where.start.line == where.end.line
            selected.append(editor.text.lines[where.start.line][where.start.character : where.end.character])
    assert [text.partition(" ")[0] for text in selected] == ["TODO", "it", "TODO"]
    assert selected[1:] == ["it is ok", "TODO"]


async def test_a_place_that_is_none_is_refused(editor, tmp_path):
    editor.open((tmp_path / "show.py").as_uri(), "x = 1\n")
    await editor.diagnostics()
    for arguments in ([], [editor.uri], [editor.uri, {"start": 1}], [editor.uri, None, 3]):
        params = types.ExecuteCommandParams(command="whysafe.show", arguments=arguments)
        with pytest.raises(JsonRpcException, match="a document and a place"):
            await editor.client.workspace_execute_command_async(params)
    assert editor.client.shown_documents == []


async def test_lenses_stand_above_what_needs_attention_alone(editor, tmp_path):
    editor.open((tmp_path / "lenses.py").as_uri(), TABLE["valid"].text + "\n\n" + TABLE["stale"].text)
    items = await editor.diagnostics()
    (line,) = [item.range.start.line for item in items if item.code == "justification-stale"]
    document = types.TextDocumentIdentifier(uri=editor.uri)
    lenses = await editor.client.text_document_code_lens_async(types.CodeLensParams(text_document=document))
    assert [(lens.range.start.line, lens.command.title) for lens in lenses] == [
        (line, "eval-use: stale"),
        (line, "re-confirm"),
        (line, "remove"),
    ]
    assert lenses[0].command.command == ""
    await editor.client.until(lambda: editor.client.lens_refresh_count > 0)
    command = lenses[1].command
    arguments = types.ExecuteCommandParams(command=command.command, arguments=command.arguments)
    await editor.client.workspace_execute_command_async(arguments)
    (edit,) = editor.client.applied
    await editor.apply(types.CodeAction(title="", edit=edit))
    assert [item.severity for item in await editor.diagnostics()] == [HINT, HINT]
    lenses = await editor.client.text_document_code_lens_async(types.CodeLensParams(text_document=document))
    assert list(lenses) == []


async def completions(editor, line, column):
    params = types.CompletionParams(
        text_document=types.TextDocumentIdentifier(uri=editor.uri), position=editor.place(line, column)
    )
    return await editor.client.text_document_completion_async(params)


async def test_a_block_is_written_with_completions_alone(editor, tmp_path):
    """Type the first letters, take what is offered, and end with an answer that only lacks its fingerprint."""
    editor.open((tmp_path / "complete.py").as_uri(), "def f(x):\n    # j\n    return eval(x)\n")
    await editor.diagnostics()
    line, text = 1, "    # j"
    chosen = []
    for want, typed in (
        ("justified[eval-use]", ""),
        ("accepted", f"{REASON}\n    #   -- M. Smit, "),
        (TODAY.isoformat(), ", re"),
        ("review by", ""),
        (days(180).isoformat(), ", for"),
        ("for cli", ""),
    ):
        offers = await completions(editor, line, len(text))
        (offer,) = [offer for offer in offers if offer.label == want]
        where = offer.text_edit.range
        editor.type(line, where.start.character, offer.text_edit.new_text + typed, (line, where.end.character))
        chosen.append(want)
        line += typed.count("\n")
        text = editor.text.lines[line].rstrip("\n")
    items = await editor.diagnostics()
    (note,) = [item for item in items if item.code.startswith("justification-")]
    assert note.message.endswith("the sign line lacks the fingerprint of the code (`code`). Sign the block.")
    await editor.do(SIGN, 1, 6)
    assert [item.severity for item in await editor.diagnostics()] == [HINT]


async def test_each_part_of_a_block_has_its_hover(editor, tmp_path):
    editor.open((tmp_path / "hover.py").as_uri(), TABLE["context-changed"].text)
    await editor.diagnostics()
    lines = editor.text.lines
    for words, says in {
        "eval-use]": "Severity **error**",
        "accepted:": "the risk is known and carried",
        "M. Smit": "Who decided this.",
        f"{TODAY}": "Signed",
        "for web-service": "holds for a `web-service`, and this program is a cli",
        "review by": "To be reviewed by",
        "code ": "A fingerprint",
    }.items():
        (line,) = [number for number, text in enumerate(lines) if words in text]
        shown = await editor.hover(line, lines[line].index(words) + 1)
        part, _, whole = shown.partition("\n\n---\n\n")
        assert says in part, words
        assert shown.lower().count("severity **") == 1, words
        assert "Written for another type of program" in whole
