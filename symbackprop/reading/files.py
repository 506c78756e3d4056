"""Files as text, and the macros that a document and the files beside it define."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from symbackprop.errors import InputError
from symbackprop.reading.macros import Macro, find_macros, may_define

SIZE_LIMIT = 50_000_000
MOST_FILES = 50

# the files that a document reads in, named with their folder or without
_READS_IN = re.compile(
    r"\\(?:(?P<how>input|include|subfile|import\s*\{(?P<folder>[^{}\n]*)\})\s*\{(?P<file>[^{}\n]+)\}"
    r"|input\s+(?P<bare>[^\s{}\\]+)"
    r"|(?:usepackage|RequirePackage)\s*(?:\[[^\]]*\])?\s*\{(?P<packages>[^{}]+)\})"
)
# what defines nothing, since it is shown as it stands
_SHOWN = {
    "latex": re.compile(
        r"(?<!\\)%[^\n]*|\\begin\{(verbatim|Verbatim|lstlisting|minted|comment)\*?\}"
        r"[\s\S]*?\\end\{\1\*?\}"
    ),
    "markdown": re.compile(
        r"(?ms)^[ ]{0,3}(`{3,}|~{3,})(?!\s*\{?math).*?(?:^[ ]{0,3}\1|\Z)|`[^`\n]+`"
    ),
}


def read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(SIZE_LIMIT + 1)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: this is a folder; a file is wanted") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except ValueError:  # NUL in a name
        raise InputError(f"{str(path)!r} is no name of a file") from None


def decode(content: bytes, name: str) -> str:
    if len(content) > SIZE_LIMIT:
        raise InputError(f"{name}: larger than {SIZE_LIMIT // 1_000_000} MB; too large for a text")
    nul = content.find(b"\0")
    if nul >= 0:
        raise InputError(f"{name}: has a NUL byte at offset {nul}: a binary file; text is wanted")
    try:
        return unify_lines(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}:{line}: this is not UTF-8; save the file as UTF-8") from None


def unify_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass
class Gathered:
    """Macros, and what could not be read although the text asks for it."""

    macros: dict[str, Macro] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def note(self, message: str) -> None:
        if message not in self.notes:
            self.notes += (message,)


def gather_macros(text: str, kind: str, path: Path | None = None) -> Gathered:
    r"""The macros that a text defines, and those of the files that it reads in.

    Only files in the folder of the text, and below it, are read: \input{../macros} is noted.
    """
    gathered = Gathered()
    root = path.parent.resolve() if path is not None else None
    waiting, seen = [(text, kind)], set() if path is None else {path.resolve()}
    while waiting:
        text, kind = waiting.pop(0)
        text = _leave_out_shown(text, kind)
        if may_define(text) or "acros" in text or text.startswith("---"):
            gathered.macros = {**find_macros(text), **gathered.macros}
        if root is None or kind not in ("latex", "markdown") or "\\" not in text:
            continue
        for match in _READS_IN.finditer(text):
            for found in _find_files(match, root, gathered):
                if found not in seen and len(seen) < MOST_FILES:
                    seen.add(found)
                    try:
                        waiting.append((decode(read_bytes(found), match.group()), "latex"))
                    except InputError as error:
                        gathered.note(str(error))
    return gathered


def _leave_out_shown(text: str, kind: str) -> str:
    pattern = _SHOWN["markdown" if kind in ("markdown", "notebook") else "latex"]
    return text if kind in ("text", "formula") else pattern.sub("", text)


def _find_files(match: re.Match[str], root: Path, gathered: Gathered) -> list[Path]:
    """The files that are read in, where they stand in the folder of the document."""
    if match["packages"]:
        names = [f"{name.strip()}.sty" for name in match["packages"].split(",")]
    else:
        names = [(match["folder"] or "") + (match["file"] or match["bare"]).strip()]
    found = []
    for name in names:
        for candidate in (name, f"{name}.tex"):
            try:
                path = (root / candidate).resolve()
                is_file = path.is_file()
            except (OSError, ValueError, RuntimeError):
                # a name that is too long, or links that lead to themselves
                continue
            if not path.is_relative_to(root):
                said = f"{match.group()} leads out of the folder of the document; it was not read"
                gathered.note(said)
                break
            if is_file:
                found.append(path)
                break
    return found
