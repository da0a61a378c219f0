"""What is known of the client and of its wishes: capabilities, folders, settings, and which documents are looked at.

Settings come from the nearest settings file of a document and, above it, from the editor. They are read again when a
file's time stamp moves, when the client tells of a change, and when the catalogue (which names rules) arrives.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls.capabilities import get_capability
from pygls.uris import from_fs_path, to_fs_path

from whysafe import config
from whysafe.config.patterns import compile_patterns
from whysafe.lsp.convert import Encoding, choose_encoding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lsprotocol import types

    from whysafe.analysis.finding import Card
    from whysafe.config import Problem, Settings
    from whysafe.lsp.documents import OpenDocument

SETTINGS_FILES = ("pyproject.toml", "whysafe.toml", ".whysafe.toml")
SECTION = "whysafe"
EDITOR = "editor settings"

# Settings of the editor plug-ins, which the server does not interpret.
EDITOR_ONLY = frozenset(
    {
        "args",
        "enable",
        "importStrategy",
        "interpreter",
        "justified",
        "path",
        "showNotifications",
        "trace",
        "workspaceScan",
    }
)
# Texts of these exist nowhere but in the editor, and are nobody's but the user's.
UNSAVED = ("untitled:", "vscode-interactive:")
# Other versions of a file, or reports: to be read, not edited.
VIEWS = ("git:", "gitfs:", "gitlens", "pr:", "review:", "output:", "vscode-notebook-cell", "vscode-local-history:")
ENVIRONMENTS = frozenset({"site-packages", "dist-packages", "__pypackages__"})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What the client can do, as far as whysafe asks.

    `pull` tells that it asks for diagnostics, and can be told to ask again: one that cannot would never hear of new
    settings or of a new day, so that everything is pushed to it. `status` tells that it wants to hear how things stand.
    """

    encoding: Encoding = Encoding.UTF16
    pull: bool = False
    related_information: bool = False
    code_description: bool = False
    unnecessary_tag: bool = False
    literal_actions: bool = False
    resolve_edit: bool = False
    preferred_actions: bool = False
    document_changes: bool = False
    snippet_edits: bool = False
    markdown_hover: bool = False
    asks_configuration: bool = False
    watches_files: bool = False
    registers_configuration: bool = False
    applies_edits: bool = False
    refreshes_lenses: bool = False
    status: bool = False
    shows_documents: bool = False
    work_done_progress: bool = False


def read_capabilities(client: types.ClientCapabilities) -> Capabilities:
    """The capabilities of a client, read once at its `initialize`."""

    def can(path: str) -> bool:
        return bool(get_capability(client, path, False))

    actions = "text_document.code_action"
    resolvable = get_capability(client, f"{actions}.resolve_support.properties", ()) or ()
    tags = get_capability(client, "text_document.publish_diagnostics.tag_support.value_set", ()) or ()
    formats = get_capability(client, "text_document.hover.content_format", ()) or ()
    return Capabilities(
        encoding=choose_encoding(get_capability(client, "general.position_encodings", None)),
        pull=get_capability(client, "text_document.diagnostic", None) is not None
        and can("workspace.diagnostics.refresh_support"),
        related_information=can("text_document.publish_diagnostics.related_information"),
        code_description=can("text_document.publish_diagnostics.code_description_support"),
        unnecessary_tag=1 in [int(tag) for tag in tags],
        literal_actions=get_capability(client, f"{actions}.code_action_literal_support", None) is not None,
        resolve_edit="edit" in resolvable and can(f"{actions}.data_support"),
        preferred_actions=can(f"{actions}.is_preferred_support"),
        document_changes=can("workspace.workspace_edit.document_changes"),
        snippet_edits=can("workspace.workspace_edit.snippet_edit_support"),
        markdown_hover="markdown" in [str(getattr(kind, "value", kind)) for kind in formats],
        asks_configuration=can("workspace.configuration"),
        watches_files=can("workspace.did_change_watched_files.dynamic_registration"),
        applies_edits=can("workspace.apply_edit"),
        refreshes_lenses=can("workspace.code_lens.refresh_support"),
        status=_wants_status(client.experimental),
        shows_documents=can("window.show_document.support"),
        work_done_progress=can("window.work_done_progress"),
        registers_configuration=can("workspace.did_change_configuration.dynamic_registration"),
    )


def _wants_status(experimental: Any) -> bool:
    """Whether the client has said `{"whysafe": {"status": true}}` of what is no part of the protocol."""
    for key in ("whysafe", "status"):
        experimental = experimental.get(key) if isinstance(experimental, dict) else getattr(experimental, key, None)
    return experimental is True


def utc_today() -> dt.date:
    return dt.datetime.now(dt.timezone.utc).date()


@dataclass(slots=True, kw_only=True)
class Session:
    """What is known of one client.

    `folders` are the workspace's, as paths, `virtual_folders` those that are no files; `editor` is what the client has
    set, `editor_by_folder` what it has set for a folder instead; `cards` is the catalogue. `inspected` are documents
    that the user wants looked at, wherever they are.
    """

    capabilities: Capabilities = Capabilities()
    folders: dict[str, Path] = field(default_factory=dict)
    virtual_folders: set[str] = field(default_factory=set)
    editor: Mapping[str, Any] = field(default_factory=dict)
    editor_by_folder: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    inspected: set[str] = field(default_factory=set)
    cards: dict[str, Card] = field(default_factory=dict)
    configured: bool = False
    today: Callable[[], dt.date] = utc_today
    _settings: dict[Path | None, tuple[Settings, tuple[Problem, ...]]] = field(default_factory=dict)
    _by_path: dict[str, Settings] = field(default_factory=dict)
    """What a keystroke asks: the settings of a document, by its path."""
    _stamps: dict[Path, object] = field(default_factory=dict)

    def add_folder(self, uri: str) -> None:
        path = path_of(uri)
        if path:
            self.folders[uri] = Path(path)
        else:
            self.virtual_folders.add(uri.rstrip("/"))

    def remove_folder(self, uri: str) -> None:
        self.folders.pop(uri, None)
        self.virtual_folders.discard(uri.rstrip("/"))

    def forget_settings(self) -> None:
        """Read all settings again when they are asked for next."""
        self._settings.clear()
        self._by_path.clear()
        self._stamps.clear()

    def settings_changed_on_disk(self) -> bool:
        """Whether a settings file that applies, or would if it existed, was written since it was read."""
        return any(_stamp(path) != stamp for path, stamp in self._stamps.items())

    def settings(self, document: OpenDocument) -> Settings:
        """The settings for a document: those of its project under those of the editor."""
        found = self._read(None)[0] if document.path is None else self._of_path(document.path)
        return _for_notebook(found) if document.notebook else found

    def _of_path(self, path: str) -> Settings:
        if path not in self._by_path:
            self._by_path[path] = self._read(Path(path).parent)[0]
        return self._by_path[path]

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in the settings that have been read."""
        return tuple(dict.fromkeys(problem for _, problems in self._settings.values() for problem in problems))

    def _read(self, folder: Path | None) -> tuple[Settings, tuple[Problem, ...]]:
        if folder is None:
            folder = next(iter(self.folders.values()), None)
        if folder in self._settings:
            return self._settings[folder]
        known = config.vocabulary(self.cards.values()) if self.cards else None
        base: Settings = config.Settings()
        problems: tuple[Problem, ...] = ()
        if folder is not None:
            self._note_stamps(folder)
            base, problems = config.load(folder, known)
        uri = self._folder_of(folder)
        editor = self.editor_by_folder.get(uri, self.editor) if uri is not None else self.editor
        wishes = {key: value for key, value in editor.items() if key.split(".")[0] not in EDITOR_ONLY}
        personal, more = config.from_mapping(
            wishes, EDITOR, known, root=base.root or (None if uri is None else str(self.folders[uri]))
        )
        found = self._settings[folder] = (config.merge(base, personal), (*problems, *more))
        return found

    def _folder_of(self, path: Path | None) -> str | None:
        """The address of the workspace folder that a path is in; of folders within each other, the innermost."""
        around = [uri for uri, root in self.folders.items() if _within(path, root)]
        return max(around, key=lambda uri: len(self.folders[uri].parts), default=None)

    def _note_stamps(self, folder: Path) -> None:
        for place in (folder, *folder.parents):
            for name in SETTINGS_FILES:
                self._stamps[place / name] = _stamp(place / name)

    def looks_at(self, document: OpenDocument) -> bool:
        """Whether a document gets diagnostics: Python, in the workspace (if there is one), and of the user's own.

        Or any Python that the user has asked for.
        """
        if document.language != "python":
            return False
        if document.uri in self.inspected:
            return True
        if document.path is None:
            return self._looks_at_address(document.uri)
        path = Path(document.path)
        if not ENVIRONMENTS.isdisjoint(path.parts):
            return False
        uri = self._folder_of(path)
        if (self.folders or self.virtual_folders) and uri is None:
            return False
        inside = [place for place in path.parents if uri is None or _within(place, self.folders[uri])]
        if any((place / "pyvenv.cfg").exists() for place in inside):
            return False
        return not is_excluded(self.settings(document), path)

    def _looks_at_address(self, uri: str) -> bool:
        """As `looks_at`, for what is no file: texts that were never saved, and what other file systems hold."""
        if uri.startswith(UNSAVED):
            return True
        if uri.startswith(VIEWS):
            return False
        if self.folders or self.virtual_folders:
            return any(uri.startswith(folder + "/") for folder in self.virtual_folders)
        return True


@functools.lru_cache(maxsize=256)
def _for_notebook(settings: Settings) -> Settings:
    """The settings for a notebook, which is a program of that type unless they say otherwise."""
    return settings if settings.program_type else dataclasses.replace(settings, program_type="notebook")


def is_excluded(settings: Settings, path: Path) -> bool:
    """Whether the `exclude` patterns of the settings leave a file out."""
    by_root: dict[str, list[str]] = {}
    for switch in settings.exclude:
        by_root.setdefault(switch.root or settings.root or "", []).append(switch.name)
    for root, patterns in by_root.items():
        relative = config.relative_path(str(path), root or None)
        if relative is not None and compile_patterns(patterns)[0].match(relative):
            return True
    return False


def path_of(uri: str) -> str | None:
    """The file path of an address, or None where it is no file."""
    try:
        path = to_fs_path(uri)
    except ValueError:
        return None
    return path if path and "\x00" not in path else None


def uri_of(path: str) -> str:
    return from_fs_path(path) or Path(path).as_uri()


def editor_settings(value: Any) -> dict[str, Any]:
    """The settings in whatever shape a client sends them: bare, under `settings`, or under our section's name."""
    if not isinstance(value, dict):
        value = getattr(value, "_asdict", dict)()
    for key in ("settings", SECTION):
        if isinstance(value.get(key), dict):
            return editor_settings(value[key])
    return {str(key): entry for key, entry in value.items() if key != "globalSettings"}


def _within(path: Path | None, root: Path) -> bool:
    return path is not None and (path == root or root in path.parents)


def _stamp(path: Path) -> object:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
