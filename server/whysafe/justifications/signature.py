"""The sign line of a justification: who, when, until when, and the code it was written for; loads no libcst."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from whysafe.justifications.wording import nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_LIKE = re.compile(r"\d[\d./-]*", re.ASCII)
_CODE = re.compile(r"[0-9a-f]{8}", re.IGNORECASE)
_TOKEN = re.compile(r"\S+")
_BLANKS = " \t\f"
# So many problems are shown of one sign line; more help nobody.
_ENOUGH = 5
_FIELDS = ("for", "review by", "ref", "ok by", "code")
_SHORT = {"for": "for", "review": "review by", "ref": "ref", "ok": "ok by", "code": "code"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a sign line says; None for what it does not say. `problems` are for the user."""

    who: str | None = None
    date: dt.date | None = None
    program_type: str | None = None
    review_by: dt.date | None = None
    unreadable_review: str | None = None
    ref: str | None = None
    ok_by: str | None = None
    code: str | None = None
    problems: tuple[str, ...] = ()


NO_SIGNATURE = Signature()


def read_signature(text: str) -> Signature:
    """The signature in the text behind `-- `; never raises."""
    parts = [part.strip(_BLANKS) for part in text.strip(_BLANKS).split(",")]
    if parts == [""]:
        return Signature(problems=("The sign line is empty; write `-- name, date`, or remove it and sign again.",))
    signature = NO_SIGNATURE
    if not (parts[0] == "" or _DATE.fullmatch(parts[0]) or _field_name(parts[0])):
        signature = replace(signature, who=parts[0])
        parts = parts[1:]
    elif parts[0] == "":
        parts = parts[1:]
    if parts and not _field_name(parts[0]):
        signature = _with_date(signature, parts[0])
        parts = parts[1:]
    seen: set[str] = set()
    for part in parts:
        if len(signature.problems) > _ENOUGH:
            break
        name = _field_name(part)
        if name in seen:
            signature = _wrong(signature, f"`{name}` stands twice on the sign line; keep one of them.")
        elif name:
            seen.add(name)
            signature = _READERS[name](signature, part[len(name) :].strip(_BLANKS))
        else:
            signature = _wrong(signature, _unknown_field(part))
    return signature


def read_date(text: str) -> dt.date | None:
    """The date in the form YYYY-MM-DD, None for anything else (ISO forms such as 20261124 too)."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def correct_field(part: str) -> str:
    """A part of a sign line with the name of its field as it is spelled, where it is plainly meant to be one."""
    if _field_name(part) or _DATE_LIKE.fullmatch(part):
        return part
    words = part.split()
    for count in (2, 1):
        name = nearest(" ".join(words[:count]), _FIELDS if count == 2 else _SHORT)
        if name and len(words) > count:
            return " ".join([_SHORT.get(name, name), *words[count:]])
    return part


def _field_name(part: str) -> str | None:
    for name in _FIELDS:
        if part == name or part.startswith((name + " ", name + "\t")):
            return name
    return None


def _wrong(signature: Signature, problem: str) -> Signature:
    return replace(signature, problems=(*signature.problems, problem))


def _with_date(signature: Signature, text: str) -> Signature:
    date = read_date(text)
    if date:
        return replace(signature, date=date)
    if text == "":
        return _wrong(signature, "The date behind the name is empty; write it as YYYY-MM-DD.")
    if _DATE_LIKE.fullmatch(text):
        return _wrong(signature, f"{quoted(text)} is no date; write it as YYYY-MM-DD.")
    return _wrong(
        signature, f"{quoted(text)} stands where the date belongs (`-- name, YYYY-MM-DD`). {_unknown_field(text)}"
    )


def _unknown_field(part: str) -> str:
    if part == "":
        return "A comma too many on the sign line; remove it."
    words = part.split()[:2]
    near = nearest(" ".join(words), _FIELDS) or nearest(words[0], _SHORT)
    hint = (
        f"did you mean {quoted(_SHORT.get(near, near))}?"
        if near
        else "the fields are for, review by, ref, ok by and code."
    )
    return f"{quoted(part)} is no field of the sign line; {hint}"


def _read_program_type(signature: Signature, value: str) -> Signature:
    if not _TOKEN.fullmatch(value):
        return _wrong(signature, "`for` needs the type of the program in one word, as in `for cli`.")
    return replace(signature, program_type=value)


def _read_review(signature: Signature, value: str) -> Signature:
    date = read_date(value)
    return replace(signature, review_by=date, unreadable_review=None if date else value)


def _read_ref(signature: Signature, value: str) -> Signature:
    if not _TOKEN.fullmatch(value):
        return _wrong(signature, "`ref` needs one word, such as the ticket's number: `ref SEC-42`.")
    return replace(signature, ref=value)


def _read_ok(signature: Signature, value: str) -> Signature:
    if not value:
        return _wrong(signature, "`ok by` needs a name.")
    return replace(signature, ok_by=value)


def _read_code(signature: Signature, value: str) -> Signature:
    if not _CODE.fullmatch(value):
        return _wrong(
            signature, f"{quoted('code ' + value)} is no fingerprint of 8 hexadecimal digits; sign the block again."
        )
    return replace(signature, code=value.lower())


_READERS: dict[str, Callable[[Signature, str], Signature]] = {
    "for": _read_program_type,
    "review by": _read_review,
    "ref": _read_ref,
    "ok by": _read_ok,
    "code": _read_code,
}
