"""What is declared: a network by name, by widths, by a file or in Python, with its numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.network.declaration import Declared
from symbackprop.network.network import Network, mlp
from symbackprop.network.pre_activations import name_pre_activations
from symbackprop.notation import Notation, find_preset

WIDTHS = re.compile(r"\d+(-\d+)*")


# what can be declared, and so derived, evaluated, checked, compiled, shown and explained
Declarable = Declared | Network | System | str | Path | Sequence[int]


def load(net: str | Path, **options: Any) -> Declared:
    """Read 'mlp', widths such as '2-2-2', or a network file.

    The options are those of `mlp`; a network file declares them itself.

    Raises:
        InputError: an argument or a file that declares no network; the message says why.

    >>> load("2-3-1", activation="tanh")
    Declared('2-3-1': 2-3-1, tanh, half-sse)
    """
    text = str(net)
    if isinstance(net, str) and (text == "mlp" or WIDTHS.fullmatch(text)):
        widths = None if text == "mlp" else _read_widths(text)
        network = mlp(widths, **{k: v for k, v in options.items() if v is not None})
        return Declared(text, network.system, network)
    given = [k for k, v in options.items() if v]
    if given:
        raise InputError(f"--{given[0]}: {text} is a file, which declares this itself")
    # imported here, since only a file needs the grammar of formulas
    from symbackprop.network.files import read_network_file

    file = read_network_file(text)
    return file if file.network else replace(file, system=name_pre_activations(file.system))


def _read_widths(text: str) -> list[int]:
    parts = text.split("-")
    if any(len(part) > 7 for part in parts):
        raise InputError(f"{text}: a width has at most seven digits")
    return [int(part) for part in parts]


def declare(net: Declarable) -> Declared:
    """A network however it is given: by name, widths, a file, or made in Python.

    Raises:
        InputError: what is given declares no network, or has two names that are written alike.

    >>> from symbackprop.network.network import mlp
    >>> declare([2, 3, 1]), declare(mlp())
    (Declared('2-3-1': 2-3-1, sigma, half-sse), Declared('network': L layers, sigma, half-sse))
    """
    declared = _declare(net)
    _refuse_same_names(declared.system)
    return declared


def _declare(net: Declarable) -> Declared:
    if isinstance(net, Declared):
        return net
    if isinstance(net, Network):
        return Declared("network", net.system, net)
    if isinstance(net, System):
        return Declared("system", name_pre_activations(net))
    if isinstance(net, str | Path):
        return load(net)
    if isinstance(net, Sequence) and not isinstance(net, str):
        network = mlp(net)
        return Declared("-".join(map(str, net)), network.system, network)
    raise InputError(
        f"{type(net).__name__} declares no network; give widths such as [2, 3, 1] or '2-3-1', "
        f"the path of a network file, or what mlp(...) or System(...) makes"
    )


def _refuse_same_names(system: System) -> None:
    """w1 and w_1 would both be printed with the 1 below."""
    found: dict[tuple[str, ...], str] = {}
    for name in system.quantities:
        parts = tuple(re.findall(r"[^\W\d_]+|\d+", name))
        other = found.setdefault(parts, name)
        if other != name:
            raise InputError(f"{other} and {name} are written alike; choose another name for one")


def choose_notation(declared: Declared, name: str | None = None, **changes: str | None) -> Notation:
    """The notation that is asked for, else the one of the declaration, else the first preset."""
    given: dict[str, Any] = {key: value for key, value in changes.items() if value is not None}
    if declared.network is None:
        # A graph has the letters of whoever named its quantities.
        given |= {"letters": {}, "matrix_letters": {}}
    changed = {**declared.notation_changes, **given}
    return find_preset(name or declared.notation or "nielsen", **changed)
