"""Read a network file: TOML from outside becomes a checked network, graph and values."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from unicodedata import normalize

from symbackprop.errors import InputError, name_choices
from symbackprop.network.checks import (
    MAX_SIZE,
    Numbers,
    count,
    expect,
    expect_shape,
    join,
    read_count,
    read_number,
    read_numbers,
    shorten,
)
from symbackprop.network.declaration import Declared
from symbackprop.network.graph_files import read_graph, read_graph_values
from symbackprop.network.network import Network, m, mlp
from symbackprop.notation import CHOICES, PRESETS

MAX_BYTES = 10_000_000
MAX_LAYERS = 10_000
MAX_DIGITS = 50

# table --> the keys it may have; None: the names of the quantities that have values
TABLES: dict[str, tuple[str, ...] | None] = {
    "network": (
        "widths",
        "activation",
        "cost",
        "bias",
        "batch",
        "samples",
        "regularization",
    ),
    "graph": ("inputs", "targets", "parameters", "axes", "equations", "cost"),
    "values": None,
    "notation": ("preset", "digits", *CHOICES),
}


def read_network_file(path: str | Path) -> Declared:
    """Read and check a network file.

    `values` has a float or nested tuples of floats for x, y, W1, b1, ... (a network) or for every
    input and parameter by name (a graph), and lambda where the cost is regularized; it is empty
    where the file has no values.

    Raises:
        InputError: names the file, the table and the key, and says what would be right.

    >>> import tempfile
    >>> text = '[graph]\\ninputs = ["x", "y"]\\n[graph.equations]\\nf = "x*y"\\n'
    >>> with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
    ...     _ = file.write(text), file.flush()
    ...     read_network_file(file.name).system.equations[0].rhs
    x*y
    """
    path = Path(path)
    try:
        return _read(path, _load(path))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def give_values(declared: Declared, values: Mapping[str, Any]) -> Declared:
    """The same declaration with other numbers, such as {"x": [1.0], "W1": [[0.5]], ...}.

    They are lists, or arrays, in the order of the indices; "learning_rate" may be among them.

    Raises:
        InputError: a name that is missing or unknown, a shape that does not fit.

    >>> from symbackprop.network.declared import declare
    >>> numbers = {"x": [2.0], "y": [1.0], "W1": [[3.0]], "b1": [0.5]}
    >>> give_values(declare("1-1"), numbers).values["W1"]
    ((3.0,),)
    """
    given = {name: _as_lists(value) for name, value in values.items()}
    network, system = declared.network, declared.system
    if network is None:
        system, numbers = read_graph_values(system, given)
    else:
        rows = _count_rows(given.get("x"))
        if network.batch and rows is not None:
            network = _count_samples(network, rows)
        numbers = _read_network_values(network, given, rows, False)
        system = network.system
    rate = _read_rate(given) or declared.learning_rate
    return replace(declared, network=network, system=system, values=numbers, learning_rate=rate)


def _as_lists(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    return [_as_lists(v) for v in value] if isinstance(value, list | tuple) else value


def _load(path: Path) -> dict[str, Any]:
    """Read the bytes, the text and the TOML of a file."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError("there is no such file") from None
    except IsADirectoryError:
        raise InputError("this is a folder; a network file is wanted") from None
    except (OSError, ValueError) as error:
        # ValueError: a path with a zero byte in it
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"the file cannot be read: {reason}") from None
    if len(content) > MAX_BYTES:
        raise InputError(f"the file is longer than {MAX_BYTES:,} bytes")
    try:
        # n with a tilde is one letter, however it was typed
        return tomllib.loads(normalize("NFC", content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"line {line}: this is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not valid TOML: {error}") from None
    except ValueError as error:
        # an integer with thousands of digits, a date such as 2024-99-99
        raise InputError(f"this is not valid TOML: {error}") from None
    except RecursionError:
        raise InputError("this is not a network file: its lists nest too deeply") from None


def _read(path: Path, content: dict[str, Any]) -> Declared:
    title = content.pop("title", path.stem)
    expect(isinstance(title, str), "title", "a text is wanted", title)
    for key, value in content.items():
        if key not in TABLES:
            raise InputError(name_choices("table", key, TABLES))
        expect(isinstance(value, dict), key, f"a table is wanted, [{key}]", value)
        known = TABLES[key]
        for inner in value:
            if known is not None and inner not in known:
                raise InputError(f"[{key}] {name_choices('key', inner, known)}")
    if ("network" in content) == ("graph" in content):
        both = "both are here" if "network" in content else "neither is here"
        raise InputError(f"a network file has one table [network] or one table [graph]; {both}")
    given = content.get("values", {})
    preset, changes, digits = _read_notation(content.get("notation", {}))
    network: Network | None = None
    if "network" in content:
        network, values = _read_network(content["network"], given)
        system = network.system
    else:
        system, values = read_graph(content["graph"], given)
    rate = _read_rate(given)
    return Declared(title, system, network, values, rate, preset, changes, digits, path)


def _read_rate(given: Mapping[str, Any]) -> float | None:
    if "learning_rate" not in given:
        return None
    rate = read_number(given["learning_rate"], "[values] learning_rate")
    expect(rate > 0, "[values] learning_rate", "a number above 0 is wanted", rate)
    return rate


def _read_notation(table: dict[str, Any]) -> tuple[str | None, dict[str, Any], int | None]:
    preset, digits = table.get("preset"), table.get("digits")
    if preset is not None and preset not in list(PRESETS):
        raise InputError(f"[notation] {name_choices('preset', preset, PRESETS)}")
    if digits is not None:
        read_count(digits, "[notation] digits", MAX_DIGITS)
    changes = {key: value for key, value in table.items() if key in CHOICES}
    for key, value in changes.items():
        # 1 is not true here, and 1.0 is not 1
        if (type(value), value) not in [(type(choice), choice) for choice in CHOICES[key]]:
            known = ", ".join(map(shorten, CHOICES[key]))
            raise InputError(f"[notation] {key}: one of {known} is wanted, not {shorten(value)}")
    return preset, changes, digits


def _read_network(
    table: dict[str, Any], given: dict[str, Any]
) -> tuple[Network, dict[str, Numbers]]:
    widths = _read_widths(table)
    batch, samples = _read_samples(table, given)
    regularization = table.get("regularization", False)
    if not isinstance(regularization, bool):
        regularization = read_number(regularization, "[network] regularization")
        expect(regularization >= 0, "[network] regularization", "0 or more", regularization)
    try:
        network = mlp(
            widths,
            activation=_read_activation(table),
            cost=_read_word(table, "cost", "half-sse"),
            bias=_read_word(table, "bias", "neuron"),
            batch=batch,
            regularized=regularization is not False,
        )
    except InputError as error:
        raise InputError(f"[network] {error}") from None
    if samples is not None:
        network = _count_samples(network, samples)
    fixed = not isinstance(regularization, bool)
    if fixed and "lambda" in given:
        raise InputError(
            f"[values] lambda: [network] has regularization = {regularization} already; "
            f"write regularization = true there, or leave lambda out"
        )
    values = _read_network_values(network, given, samples, fixed)
    if fixed:
        values["lambda"] = regularization
    return network, values


def _count_samples(network: Network, samples: int) -> Network:
    sizes = {**network.system.sizes, m: samples}
    return replace(network, system=replace(network.system, sizes=sizes))


def _read_widths(table: dict[str, Any]) -> list[int] | None:
    widths = table.get("widths")
    if widths is None:
        return None
    expect(isinstance(widths, list), "[network] widths", "a list such as [2, 3, 1]", widths)
    if len(widths) > MAX_LAYERS + 1:
        raise InputError(f"[network] widths: at most {MAX_LAYERS} layers, not {len(widths) - 1}")
    for width in widths:
        expect(
            isinstance(width, int) and not isinstance(width, bool) and width > 0,
            "[network] widths",
            "a width is a positive integer",
            width,
        )
        if width > MAX_SIZE:
            raise InputError(f"[network] widths: a width is at most {MAX_SIZE:,}")
    return widths


def _read_activation(table: dict[str, Any]) -> str | list[str] | None:
    choice = table.get("activation")
    names = choice if isinstance(choice, list) else [choice]
    for name in names:
        expect(
            choice is None or isinstance(name, str),
            "[network] activation",
            'a name such as "sigmoid", or a list with one name for each layer',
            name,
        )
    return choice


def _read_word(table: dict[str, Any], key: str, default: str) -> str:
    word = table.get(key, default)
    expect(isinstance(word, str), f"[network] {key}", "a name in quotes is wanted", word)
    return word


def _read_samples(table: dict[str, Any], given: dict[str, Any]) -> tuple[bool, int | None]:
    """Tell whether the network is declared for a batch, and how many samples that has."""
    samples = table.get("samples")
    if samples is not None:
        read_count(samples, "[network] samples", MAX_SIZE)
    rows = _count_rows(given.get("x"))
    if rows is not None and samples is not None and rows != samples:
        raise InputError(
            f"[values] x has {count(rows, 'row')}, but [network] has samples = {samples}"
        )
    batch = table.get("batch", samples is not None or rows is not None)
    expect(isinstance(batch, bool), "[network] batch", "true or false", batch)
    if samples is not None and not batch:
        raise InputError("[network] samples: a network with batch = false has one sample")
    if rows is not None and not batch:
        raise InputError("[values] x is a list of rows, a batch, but [network] has batch = false")
    return batch, rows if samples is None else samples


def _count_rows(x: object) -> int | None:
    if isinstance(x, list) and any(isinstance(row, list) for row in x):
        return len(x)
    return None


def _read_network_values(
    network: Network, given: dict[str, Any], samples: int | None, fixed: bool
) -> dict[str, Numbers]:
    """Check x, y, W1, b1, ... against the shapes that the network has."""
    if not given.keys() - {"learning_rate"}:
        return {}
    if network.widths is None:
        raise InputError("[values] need a network with widths; add widths = [ ... ] to [network]")
    wanted = dict(_list_shapes(network, samples))
    known = [*wanted, "learning_rate"]
    for key in given:
        if key not in known:
            raise InputError(f"[values] {_explain_unknown_value(network, key, known)}")
    # where [network] has the number lambda, it does not stand in [values] as well
    needed = [name for name in wanted if not (fixed and name == "lambda")]
    missing = [name for name in needed if name not in given]
    if missing:
        raise InputError(
            f"[values] {join(missing)} missing; the network needs {join(needed)}: "
            f"give all of them, or none"
        )
    values = {}
    for name in needed:
        place = f"[values] {name}"
        values[name] = read_numbers(given[name], place)
        shape, reason = wanted[name]
        expect_shape(values[name], shape, place, reason)
    _check_value_meaning(network, values)
    return values


def _list_shapes(
    network: Network, samples: int | None
) -> Iterator[tuple[str, tuple[tuple[int, ...], str]]]:
    """List every value of a network with its shape and the reason for it."""
    widths = network.widths or ()
    rows = () if not network.batch else (samples or 0,)
    many = f"{samples} samples of " if network.batch else ""
    yield "x", ((*rows, widths[0]), f"{many}{count(widths[0], 'input')}")
    yield "y", ((*rows, widths[-1]), f"{many}{count(widths[-1], 'output')}")
    for layer, (before, width) in enumerate(pairwise(widths), 1):
        yield (
            f"W{layer}",
            (
                (width, before),
                f"a row for each of the {count(width, 'neuron')} of layer {layer}, with a weight "
                f"from each of the {before} of layer {layer - 1}",
            ),
        )
    for layer, width in enumerate(widths[1:], 1):
        if network.bias == "neuron":
            yield f"b{layer}", ((width,), f"{count(width, 'neuron')} in layer {layer}")
        elif network.bias == "shared":
            yield f"b{layer}", ((), 'with bias = "shared" a layer has one bias')
    if network.regularized:
        yield "lambda", ((), "λ is one number")


def _explain_unknown_value(network: Network, key: str, known: Sequence[str]) -> str:
    if key == "lambda":
        return "lambda: the cost has no λ; add regularization = true to [network]"
    if network.bias == "none" and re.fullmatch(r"b\d+", key):
        return f'{key}: with bias = "none" in [network] there are no biases'
    return name_choices("key", key, known)


def _check_value_meaning(network: Network, values: Mapping[str, Numbers]) -> None:
    if isinstance(values.get("lambda"), float) and values["lambda"] < 0:  # type: ignore[operator]
        raise InputError("[values] lambda: 0 or more is wanted")
    if network.cost.one_hot:
        y: Any = values["y"]
        for place, row in enumerate(y if network.batch else [y], 1):
            if abs(math.fsum(row) - 1) > 1e-9:
                where = f" (row {place})" if network.batch else ""
                raise InputError(
                    f"[values] y{where} sums to {math.fsum(row):g}: with the cost "
                    f"{network.cost.name} the targets of a sample are a distribution, such as "
                    f"one 1 and else 0"
                )
