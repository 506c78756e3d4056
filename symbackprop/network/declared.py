"""What is declared: a network by name, by widths, by a file or in Python, with its numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from symbackprop.equations import System
from symbackprop.errors import InputError
from symbackprop.network.activations import find_step
from symbackprop.network.network import Network, mlp
from symbackprop.network.pre_activations import name_pre_activations
from symbackprop.notation import Notation, find_preset

WIDTHS = re.compile(r"\d+(-\d+)*")


@dataclass(frozen=True)
class Declared:
    """What is to be derived: a system of equations, with numbers where a file gives them."""

    title: str
    system: System
    network: Network | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    learning_rate: float | None = None
    notation: str | None = None
    notation_changes: Mapping[str, Any] = field(default_factory=dict)
    digits: int | None = None

    @property
    def is_forward_only(self) -> bool:
        """A network with a step has outputs, but no gradient."""
        return find_step(self.system.equations) is not None


def load(net: str | Path, **options: Any) -> Declared:
    """Read 'mlp', widths such as '2-2-2', or a network file.

    The options are those of `mlp`; a network file declares them itself.

    Raises:
        InputError: an argument or a file that declares no network; the message says why.

    >>> load("2-3-1", activation="tanh").network.widths
    (2, 3, 1)
    """
    text = str(net)
    if text == "mlp" or WIDTHS.fullmatch(text):
        widths = None if text == "mlp" else _read_widths(text)
        network = mlp(widths, **{k: v for k, v in options.items() if v is not None})
        return Declared(text, network.system, network)
    given = [k for k, v in options.items() if v]
    if given:
        raise InputError(f"--{given[0]}: {text} is a file, which declares this itself")
    from symbackprop.network.files import read_network_file

    file = read_network_file(text)
    system = file.system if file.network else name_pre_activations(file.system)
    return Declared(
        file.title,
        system,
        file.network,
        file.values,
        file.learning_rate,
        file.notation,
        file.notation_changes,
        file.digits,
    )


def _read_widths(text: str) -> list[int]:
    parts = text.split("-")
    if any(len(part) > 7 for part in parts):
        raise InputError(f"{text}: a width has at most seven digits")
    return [int(part) for part in parts]


def declare(net: Declared | Network | System) -> Declared:
    """A network or a system declared in Python, ready to be derived."""
    if isinstance(net, Declared):
        return net
    if isinstance(net, Network):
        return Declared("network", net.system, net)
    return Declared("system", name_pre_activations(net))


def choose_notation(declared: Declared, name: str | None = None, **changes: str | None) -> Notation:
    """The notation that is asked for, else the one of the declaration, else the first preset."""
    given: dict[str, Any] = {key: value for key, value in changes.items() if value is not None}
    if declared.network is None:
        # A graph has the letters of whoever named its quantities.
        given |= {"letters": {}, "matrix_letters": {}}
    changed = {**declared.notation_changes, **given}
    return find_preset(name or declared.notation or "nielsen", **changed)
