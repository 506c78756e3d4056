"""What pyproject.toml says of verifying: the table [tool.symbackprop] of the nearest one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from symbackprop.choices import NOTATIONS
from symbackprop.errors import InputError, name_choices
from symbackprop.verification.codes import check_codes

FILE = "pyproject.toml"
KEYS = ("select", "ignore", "per-file-ignores", "notation", "macros")


@dataclass(frozen=True)
class Configuration:
    """What is configured; options on the command line go before it.

    `macros` is a file; in `pyproject.toml` its path counts from there.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notation: str | None = None
    macros: Path | None = None

    @property
    def options(self) -> dict[str, str]:
        """What it says of the options of `verify`."""
        given = {"notation": self.notation, "macros": self.macros}
        return {name: str(value) for name, value in given.items() if value is not None}


def find_configuration(folder: Path) -> Configuration:
    """The configuration for work in a folder: of the nearest pyproject.toml that has one.

    Raises:
        InputError: a file that cannot be read, a key that is none, or a value of the wrong kind.
    """
    folder = folder.resolve()
    for place in (folder, *folder.parents):
        path = place / FILE
        if path.is_file():
            table = _load_table(path)
            if table is not None:
                return _read_table(path, table)
    return Configuration()


def _load_table(path: Path) -> Any:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    tool = content.get("tool")
    return tool.get("symbackprop") if isinstance(tool, dict) else None


def _read_table(path: Path, table: Any) -> Configuration:
    where = f"{path}, [tool.symbackprop]"
    if not isinstance(table, dict):
        raise InputError(f"{where}: a table is wanted")
    for key in table:
        if key not in KEYS:
            raise InputError(f"{where}: {name_choices('key', key, KEYS)}")
    notation, macros = (_read_word(where, table, key) for key in ("notation", "macros"))
    if notation is not None and notation not in NOTATIONS:
        raise InputError(f"{where}: {name_choices('notation', notation, NOTATIONS)}")
    per_file = table.get("per-file-ignores", {})
    if not isinstance(per_file, dict):
        raise InputError(f"{where}: per-file-ignores is a table of patterns with lists of codes")
    return Configuration(
        _read_codes(where, table, "select"),
        _read_codes(where, table, "ignore"),
        {pattern: _read_codes(where, per_file, pattern) for pattern in per_file},
        notation,
        path.parent / macros if macros is not None else None,
    )


def _read_word(where: str, table: dict[str, Any], key: str) -> str | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise InputError(f"{where}: {key} = {value!r}: a string is wanted")
    return value


def _read_codes(where: str, table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise InputError(f"{where}: {key} = {value!r}: a list of codes is wanted, such as ['BP1']")
    codes = tuple(code.upper() for code in value)
    try:
        check_codes(codes)
    except InputError as error:
        raise InputError(f"{where}: {key}: {error}") from None
    return codes
