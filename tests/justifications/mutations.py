"""Changes of single words in real code that change what it means, as Python's own parser sees it."""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
from collections import Counter

from whysafe.syntax.position import Edit, Position, Span

SWAPPED = {
    "+": "-", "-": "+", "*": "/", "/": "*", "==": "!=", "!=": "==", "<": ">", ">": "<", "<=": ">=", ">=": "<=",
    "and": "or", "or": "and", "True": "False", "False": "True", "is": "==", "in": "not in", "not": "-", "[": "[*",
    "(": "(*", "None": "0", "break": "continue", "continue": "break", "+=": "-=", "->": None, "return": "yield",
    "yield": "return", "raise": "return", "import": None, "from": None,
}  # fmt: skip


def tokens(text):
    """The words of a text, with places that count lines from 0."""
    try:
        found = list(tokenize.generate_tokens(io.StringIO(text, newline="").readline))
    except (tokenize.TokenError, SyntaxError):
        return []
    kinds = {tokenize.NAME, tokenize.NUMBER, tokenize.STRING, tokenize.OP}
    return [
        (token.type, token.string, Span(Position(token.start[0] - 1, token.start[1]), _end(token)))
        for token in found
        if token.type in kinds
    ]


def _end(token):
    return Position(token.end[0] - 1, token.end[1])


def changes(kind, word):
    """What a word can become, and what it is that changes then."""
    if kind == tokenize.NUMBER:
        yield "literal", "1" if word == "0" else f"{word}1"
    elif kind == tokenize.STRING:
        quotes = 3 if word.endswith(('"""', "'''")) else 1
        yield "literal", f"{word[:-quotes]}x{word[-quotes:]}"
    elif word in SWAPPED:
        if SWAPPED[word] is not None:
            yield "operator", SWAPPED[word]
    elif kind == tokenize.NAME and not keyword.iskeyword(word):
        yield "name", f"{word}_"
        yield "argument", f"{word}, {word}"


def mutations(text, words, span):
    """The edits within a span after which Python reads something else: kind and edit."""
    before = shape(text)
    lines = text.splitlines(keepends=True)
    for kind, word, place in words:
        if not span.start <= place.start < span.end or place.start.line != place.end.line:
            continue
        for what, instead in changes(kind, word):
            line = lines[place.start.line]
            lines[place.start.line] = line[: place.start.column] + instead + line[place.end.column :]
            after = shape("".join(lines))
            lines[place.start.line] = line
            if after is not None and after != before:
                yield what, Edit(place, instead)


def shape(text):
    """What Python reads, without places; None where it refuses the text."""
    try:
        return ast.dump(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError):
        return None


def bindings_read(text, line):
    """Where the names are bound that the statement on a line, from 0, reads: in its module, functions and class."""
    tree = ast.parse(text)
    path = _path(tree, line + 1)
    if path is None:
        return
    *around, statement = path
    own = {node.id for inner in ast.walk(statement) if isinstance(inner, ast.comprehension)
           for node in ast.walk(inner.target) if isinstance(node, ast.Name)}  # fmt: skip
    own |= {node.arg for inner in ast.walk(statement) if isinstance(inner, ast.Lambda)
            for node in ast.walk(inner.args) if isinstance(node, ast.arg)}  # fmt: skip
    names = {
        node.id
        for part in _header(statement)
        for node in ast.walk(part)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    } - own
    scopes = [tree, *(node for node in around if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))]
    if around and isinstance(around[-1], ast.ClassDef):
        scopes.append(around[-1])
    for scope in scopes:
        found = [node for node in _statements(scope) if node is not statement and names & _bound(node)]
        alike = Counter(map(_said, found))
        # Of two that say the same, one may go and the names still mean what they did.
        yield from (_extent(node) for node in found if alike[_said(node)] == 1)


def _statements(scope):
    """The statements of a scope, those in its blocks included, and of definitions in it only the definition."""
    todo = list(reversed(scope.body))
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            blocks = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
            blocks += [part.body for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ()))]
            todo += [inner for block in blocks for inner in block]


def _path(tree, line):
    """The statements from the outermost to the one that begins on a line, counted from 1."""
    todo = [(tree, ())]
    while todo:
        node, above = todo.pop()
        for child in ast.iter_child_nodes(node):
            path = (*above, child) if isinstance(child, ast.stmt) else above
            if isinstance(child, ast.stmt) and child.lineno == line and not getattr(child, "decorator_list", ()):
                return path
            todo.append((child, path))
    return None


def _said(node):
    return type(node), getattr(node, "name", ""), tuple(map(ast.dump, _header(node)))


def _header(statement):
    """The parts of a statement, without those in its body."""
    for name, value in ast.iter_fields(statement):
        if name not in {"body", "orelse", "finalbody", "handlers", "cases"}:
            yield from (part for part in (value if isinstance(value, list) else [value]) if isinstance(part, ast.AST))


def _bound(node):
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {
            name.id
            for target in targets
            for name in ast.walk(target)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        }
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    return set()


def _extent(node):
    """The span of a statement, of a definition that of its header; bodies on its line count as header."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        start = min([node.lineno, *(mark.lineno for mark in node.decorator_list)]) - 1
        end = max(node.body[0].lineno - 1, start + 1)
        return Span(Position(start, 0), Position(end, 0))
    return Span(Position(node.lineno - 1, node.col_offset), Position(node.end_lineno - 1, node.end_col_offset))
