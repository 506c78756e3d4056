"""Network files: what they declare, and a clear refusal of everything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Sum, Symbol

from symbackprop.errors import InputError
from symbackprop.network.declared import Declared
from symbackprop.network.files import TABLES, read_network_file

NETWORK = """
[network]
widths = [2, 1]
activation = "sigmoid"
[values]
x = [0.5, -1]
y = [1]
W1 = [[0.1, 0.2]]
b1 = [0.3]
learning_rate = 0.5
"""
GRAPH = """
[graph]
inputs = ["x[t, k]"]
targets = ["y[t]"]
parameters = ["v[k]", "c"]
[graph.axes]
t = "1..T"
k = "1..n"
[graph.equations]
"h[0]" = "0"
"h[t]" = "tanh(h[t - 1] + sum(k, v[k]*x[t, k]) + c)"
C = "sum(t, (h[t] - y[t])^2)"
[values]
x = [[1, 2], [3, 4], [5, 6]]
y = [0, 0, 1]
v = [0.1, 0.2]
c = 0
"""


def read(folder: Path, text: str | bytes) -> Declared:
    path = folder / "net.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_network_file(path)


def test_a_network_with_values(tmp_path: Path) -> None:
    file = read(tmp_path, NETWORK)
    assert file.network is not None and file.network.widths == (2, 1)
    assert file.system is file.network.system
    assert dict(file.values) == {"x": (0.5, -1.0), "y": (1.0,), "W1": ((0.1, 0.2),), "b1": (0.3,)}
    assert (file.learning_rate, file.title, file.notation) == (0.5, "net", None)


def test_rows_of_x_make_a_batch(tmp_path: Path) -> None:
    text = NETWORK.replace("[0.5, -1]", "[[1, 2], [3, 4], [5, 6]]")
    text = text.replace("[1]", "[[1], [0], [1]]")
    file = read(tmp_path, text)
    assert file.network is not None and file.network.batch
    assert file.system.sizes[Symbol("m", integer=True)] == 3


def test_a_network_without_widths_has_symbolic_depth(tmp_path: Path) -> None:
    file = read(tmp_path, '[network]\nactivation = "tanh"\nbatch = true\n')
    assert file.network is not None and file.network.widths is None and file.network.batch
    assert not file.values


def test_samples_declare_a_batch_of_that_size(tmp_path: Path) -> None:
    file = read(tmp_path, "[network]\nwidths = [2, 1]\nsamples = 7\n")
    assert file.system.sizes[Symbol("m", integer=True)] == 7


@pytest.mark.parametrize("text", ["regularization = 0.1", "regularization = true"])
def test_regularization_declares_lambda(tmp_path: Path, text: str) -> None:
    values = "lambda = 0.1\n" if "true" in text else ""
    file = read(tmp_path, NETWORK.replace("[values]", f"{text}\n[values]\n{values}"))
    assert file.network is not None and file.network.regularized
    assert file.values["lambda"] == 0.1


def test_the_notation_is_checked_and_kept(tmp_path: Path) -> None:
    text = '[notation]\npreset = "ng"\ndecimal = ","\nlanguage = "es"\ndigits = 4\nindex_base = 0\n'
    file = read(tmp_path, "[network]\n" + text)
    assert (file.notation, file.digits) == ("ng", 4)
    assert file.notation_changes == {"decimal": ",", "language": "es", "index_base": 0}


def test_a_graph_with_time(tmp_path: Path) -> None:
    file = read(tmp_path, GRAPH)
    system = file.system
    assert file.network is None and system.cost == "C"
    assert system.names("input") == ("x",)
    assert system.names("target") == ("y",)
    assert system.names("parameter") == ("v", "c")
    assert {str(s): size for s, size in system.sizes.items()} == {"T": 3, "n": 2}
    h = system.quantities["h"]
    assert h.kinds == ("time",) and h.axes[0].low == Integer(0)
    assert file.values["c"] == 0.0
    assert system.equations[-1].rhs.has(Sum)


def test_the_cost_of_a_graph_may_be_named(tmp_path: Path) -> None:
    text = '[graph]\ninputs = ["x"]\ncost = "q"\n[graph.equations]\nq = "x^2"\nr = "2*q"\n'
    system = read(tmp_path, text).system
    assert system.cost == "q"
    assert (system.quantities["q"].role, system.quantities["r"].role) == ("cost", "intermediate")


def test_an_equation_may_be_the_name_itself(tmp_path: Path) -> None:
    system = read(tmp_path, '[graph]\ninputs = ["x"]\n[graph.equations]\nq = "x"\nf = "0"').system
    assert system.equations[1].rhs == 0


def test_a_size_is_found_through_a_shifted_range(tmp_path: Path) -> None:
    text = GRAPH.replace('"1..T"', '"1..T-1"')
    assert read(tmp_path, text).system.sizes[Symbol("T", integer=True)] == 4


def change(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def network(old: str, new: str) -> str:
    return change(NETWORK, old, new)


def graph(old: str, new: str) -> str:
    return change(GRAPH, old, new)


# what stands in the file --> what the message must say
BAD_FILES = [
    # TOML
    ("[network", "this is not valid TOML: Expected ']' at the end of a table declaration"),
    ("a = 1\na = 2", "this is not valid TOML: Cannot overwrite a value (at "),
    ("[network]\nwidths = " + "9" * 5000, "this is not valid TOML"),
    (b"[network]\n# \xff", "line 2: this is not UTF-8 text"),
    ("a = " + "[" * 5000, "nest too deeply"),
    ("", "one table [network] or one table [graph]; neither is here"),
    ("[network]\n[graph]\n", "both are here"),
    ("[newtork]", "unknown table 'newtork'; did you mean 'network'?"),
    ("network = 3", "network: a table is wanted, [network], not 3"),
    ("title = 3\n[network]", "title: a text is wanted, not 3"),
    # [network]
    ("[network]\nwidth = [2]", "[network] unknown key 'width'; did you mean 'widths'?"),
    ("[network]\nwidths = 2", "[network] widths: a list such as [2, 3, 1], not 2"),
    ("[network]\nwidths = [2]", "a network needs at least two"),
    ("[network]\nwidths = [2, 0]", "a width is a positive integer, not 0"),
    ("[network]\nwidths = [2, -1]", "a width is a positive integer, not -1"),
    ("[network]\nwidths = [2, 1.5]", "a width is a positive integer, not 1.5"),
    ("[network]\nwidths = [2, true]", "a width is a positive integer, not true"),
    ('[network]\nwidths = ["2", 1]', "a width is a positive integer, not '2'"),
    ("[network]\nwidths = [2, 9999999]", "a width is at most 1,000,000"),
    (f"[network]\nwidths = {[1] * 20000}", "at most 10000 layers, not 19999"),
    ('[network]\nactivation = "sigmod"', "[network] unknown activation 'sigmod'; did you mean 's"),
    ("[network]\nactivation = 3", '[network] activation: a name such as "sigmoid"'),
    ('[network]\nwidths=[2,2]\nactivation = ["tanh", "tanh"]', "2 activations for 1 layers"),
    ('[network]\nactivation = ["tanh", "tanh", "tanh"]', "3 activations for L layers, a symbol"),
    ("[network]\nactivation = [[]]", "[network] activation: a name such as"),
    ('[network]\nwidths = [2, 1]\nactivation = "softmax"', "softmax on a scalar is always 1"),
    ('[network]\ncost = "halfsse"', "[network] unknown cost 'halfsse'; did you mean 'half-sse'?"),
    ("[network]\ncost = []", "[network] cost: a name in quotes is wanted"),
    ('[network]\nbias = "share"', "[network] unknown bias 'share'; did you mean 'shared'?"),
    ("[network]\nbatch = 1", "[network] batch: true or false, not 1"),
    ("[network]\nsamples = 0", "[network] samples: an integer from 1 to 1,000,000 is wanted"),
    ("[network]\nsamples = 2\nbatch = false", "a network with batch = false has one sample"),
    ("[network]\nregularization = nan", "regularization: nan is not a finite number"),
    ("[network]\nregularization = -1", "[network] regularization: 0 or more, not -1"),
    # [values] of a network
    (network("widths = [2, 1]", ""), "[values] need a network with widths"),
    (network("W1 = [[0.1, 0.2]]\n", ""), "[values] W1 missing; the network needs x, y, W1, b1"),
    (network("b1", "b3"), "[values] unknown key 'b3'; Known: x, y, W1, b1, learning_rate"),
    (network("[0.5, -1]", "[0.5]"), "x: a list of 2 numbers is wanted (2 inputs), not a list of 1"),
    (network("[0.5, -1]", "0.5"), "[values] x: a list of 2 numbers is wanted (2 inputs), not one"),
    (network("[0.5, -1]", "[]"), "[values] x: an empty list is given"),
    (network("[0.5, -1]", '["0.5", 1]'), "x, entry 1: the text '0.5' stands where a number is"),
    (network("[0.5, -1]", "[0.5, true]"), "x, entry 2: a number is wanted, not true"),
    (network("[0.5, -1]", "[0.5, nan]"), "[values] x, entry 2: nan is not a finite number"),
    (network("[0.5, -1]", "[0.5, -inf]"), "[values] x, entry 2: -inf is not a finite number"),
    (network("[0.5, -1]", "[0.5, 1" + "0" * 400 + "]"), "an integer of more than 40 digits is not"),
    (network("[0.5, -1]", "[0.5, 2024-01-01]"), "entry 2: a number is wanted, not 2024-01-01"),
    (network("[0.5, -1]", "[0.5, {a = 1}]"), "entry 2: a number is wanted, not a table"),
    (network("[0.5, -1]", "[[1, 2], [3]]"), "x: its entries differ: entry 1 is a list of 2 num"),
    (network("[0.5, -1]", "[[1, 2], 3]"), "entry 2 is one number"),
    (network("[0.5, -1]", "[" * 20 + "1" + "]" * 20), "lists nest more than 8 deep"),
    (network("[0.5, -1]", "[[1, 2], [3, 4]]"), "a list of 2 rows of 1 number is wanted (2 samples"),
    (network("[values]", "batch = true\n[values]"), "x: a list of"),
    (network("[values]\nx = [0.5, -1]", "batch=false\n[values]\nx = [[1, 2]]"), "a list of rows"),
    (network("[values]\nx = [0.5, -1]", "samples=2\n[values]\nx = [[1, 2]]"), "x has 1 row, but"),
    (network("[[0.1, 0.2]]", "[[0.1], [0.2]]"), "W1: a list of 1 row of 2 numbers is wanted (a r"),
    (network("[[0.1, 0.2]]", "[0.1, 0.2]"), "W1: a list of 1 row of 2 numbers is wanted"),
    (network("[0.3]", "0.3"), "b1: a list of 1 number is wanted (1 neuron in layer 1), not one n"),
    (network("[values]", 'bias="shared"\n[values]'), "b1: one number is wanted (with bias = "),
    (network("[values]", 'bias="none"\n[values]'), 'b1: with bias = "none" in [network] there are'),
    (network("= 0.5", "= 0"), "[values] learning_rate: a number above 0 is wanted, not 0.0"),
    (network("= 0.5", '= "0.5"'), "[values] learning_rate: the text '0.5' stands where"),
    (network("= 0.5", "= 0.5\nlambda = 1"), "lambda: the cost has no λ; add regularization = true"),
    (
        network("[values]", "regularization = 1.0\n[values]\nlambda = 2"),
        "[network] has regularization = 1.0 already",
    ),
    (
        network("[values]", "regularization = true\n[values]\nlambda = -2"),
        "[values] lambda: 0 or more is wanted",
    ),
    (network("[values]", "regularization = true\n[values]"), "[values] lambda missing"),
    (
        '[network]\nwidths = [1, 2]\nactivation = "softmax"\ncost = "cross-entropy"\n[values]\n'
        "x = [1]\ny = [1, 1]\nW1 = [[1], [2]]\nb1 = [0, 0]",
        "[values] y sums to 2: with the cost cross-entropy the targets of a sample",
    ),
    # [notation]
    ('[network]\n[notation]\npreset = "mazure"', "[notation] unknown preset 'mazure'; did you m"),
    ("[network]\n[notation]\npreset = []", "[notation] unknown preset []"),
    ('[network]\n[notation]\ndecimal = ";"', "[notation] decimal: one of '.', ',' is wanted"),
    ("[network]\n[notation]\nindex_base = true", "index_base: one of 0, 1 is wanted, not true"),
    ("[network]\n[notation]\ndigits = 0", "[notation] digits: an integer from 1 to 50 is wanted"),
    ('[network]\n[notation]\ncolor = "red"', "[notation] unknown key 'color'"),
    # [graph]
    ("[graph]", "[graph.equations] is missing"),
    ("[graph]\n[graph.equations]", "[graph.equations] is missing"),
    ('[graph]\nequations = "x"', "[graph] equations: a table of equations, not 'x'"),
    ("[graph]\n[graph.equations]\nf = 3", "'f': a formula in quotes such as \"x + y\", not 3"),
    ('[graph]\ninput = ["x"]', "[graph] unknown key 'input'; did you mean 'inputs'?"),
    (graph("tanh(", "tanhh("), "unknown function 'tanhh'; did you mean 'tanh'?"),
    (graph("tanh(", "softmax("), "softmax of one number is always 1"),
    (graph("+ c)", "+ d)"), "[graph.equations] 'h[t]': line 1"),
    (graph("+ c)", "+ d)"), "unknown name 'd'"),
    (graph("+ c)", "+)"), "stands where a number, a quantity or a bracket is wanted"),
    (graph("+ c)", "+ __import__('os'))"), "is not of this grammar"),
    (graph("+ c)", ")"), "no equation reads c, which is declared as parameter"),
    (graph('"c"]', '"c", "x"]'), "[graph] parameters: x is declared already, as input"),
    (graph('"c"]', '"t"]'), "[graph] parameters t: an axis has this name; choose another name"),
    (graph('"c"]', '"T"]'), "[graph] parameters T: a size has this name"),
    (graph('"c"]', '"exp"]'), "[graph] parameters exp: a function has this name"),
    (graph('"c"]', '"eta"]'), "[graph] parameters eta: the learning rate is written so"),
    (graph('"c"]', '"c c"]'), "[graph] parameters 'c c': line 1"),
    (graph('"c"]', '"_c"]'), "a name has letters (a to z, also with accents, and Greek)"),
    (graph('"c"]', '"ч"]'), "a name has letters (a to z, also with accents, and Greek)"),
    (graph('"c"]', f'"{"c" * 60}"]'), "at most 40 characters"),
    (graph('"c"]', "3]"), '[graph] parameters: a name such as "x" or "W[j, k]", not 3'),
    (graph('"v[k]"', '"v[k - 1]"'), "here every index is an axis of its own"),
    (graph('"v[k]"', '"v[k, k]"'), "here every index is an axis of its own"),
    (graph('"v[k]"', '"v[j]"'), "unknown index 'j'"),
    (graph("v[k]*", "v*"), "v takes one index, not 0"),
    (graph('["x[t, k]"]', '"x"'), '[graph] inputs: a list such as ["x", "y"], not \'x\''),
    (graph('"h[0]" = "0"', '"v[k]" = "0"'), "v is declared as parameter; an equation cannot"),
    (graph('"h[0]" = "0"', 'h = "0"'), "h has another number of indices further up"),
    (graph('"h[0]" = "0"', '"h[ t]" = "0"'), "defined twice"),
    (graph('"h[0]" = "0"', '"h[0]" = "0"\nf = "q"\nq = "c"'), "q is used before it is defined"),
    (graph('C = "sum(t, (h[t] - y[t])^2)"', ""), "the cost is one number, but h has indices"),
    (graph("sum(t, (h[t] - y[t])^2)", "h[t] - y[t]"), "the index t is free on the right side only"),
    (graph("[graph]", '[graph]\ncost = "D"'), "[graph] unknown cost 'D'"),
    (
        graph("[values]", 'L = "2*C"\n[values]'),
        "C is the name of the cost, but the cost here is L",
    ),
    (graph('"1..T"', '"1-T"'), "[graph.axes] t: line 1"),
    (graph('"1..T"', '"3..1"'), "the range 3..1 ends before it begins"),
    (graph('"1..T"', "3"), '[graph.axes] t: a range in quotes such as "1..T", not 3'),
    (graph('"1..T"', '"1..k"'), "[graph.axes] t: k is an axis itself"),
    # [values] of a graph
    (graph("c = 0", ""), "[values] c missing; the graph needs x, y, v, c"),
    (graph("c = 0", "c = [0]"), "c: a list of 1 number is given, but c has 0 indices"),
    (graph("c = 0", "c = 0\nh = 1"), "[values] h: an equation defines it"),
    (graph("c = 0", "c = 0\nT = 4"), "x: a list of 4 rows of 2 numbers is wanted (t = 1..T, k"),
    (graph("c = 0", "c = 0\nT = 0"), "[values] T: an integer from 1 to 1,000,000 is wanted, not 0"),
    (graph("c = 0", "c = 0\nT = 1.5"), "[values] T: an integer from 1"),
    (graph("c = 0", "c = 0\nq = 1"), "[values] unknown key 'q'"),
    (graph("v = [0.1, 0.2]", "v = [1]"), "[values] "),
]


@pytest.mark.parametrize(("text", "message"), BAD_FILES)
def test_a_bad_file_is_refused_by_name(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'net.toml'}: ")
    assert len(str(caught.value)) < 700


def test_a_missing_file_a_folder_and_a_huge_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_network_file(tmp_path / "none.toml")
    with pytest.raises(InputError, match="this is a folder"):
        read_network_file(tmp_path)
    with pytest.raises(InputError, match="the file cannot be read"):
        read_network_file("a\0b.toml")
    with pytest.raises(InputError, match="longer than 10,000,000 bytes"):
        read(tmp_path, b"#" * 10_000_001)


# --- nothing from outside raises anything else -------------------------------------------------

WORDS = st.sampled_from(
    [
        "x",
        "y",
        "W1",
        "b1",
        "lambda",
        "C",
        "L",
        "n",
        "t",
        "h[t]",
        "h[0]",
        "x[t]",
        "1..T",
        "0..2",
        "sigmoid",
        "softmax",
        "step",
        "sse",
        "cross-entropy",
        "shared",
        "none",
        "x + y",
        "exp(x)",
        "sum(t, x[t])",
        "tanh(h[t-1])",
        "1/0",
        "x^9^9",
        "eta",
        "__import__",
        "mazur",
        ",",
    ]
)
ATOMS = (
    st.text(max_size=8) | WORDS | st.booleans() | st.integers() | st.floats() | st.integers(0, 3)
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def write_toml(value: object) -> str:
    """Write a value of TOML; keys and texts are quoted as its grammar wants."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return (
            '"'
            + "".join(
                c if c.isalnum() or c in " []+-*/^(),._" else f"\\U{ord(c):08x}" for c in value
            )
            + '"'
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(write_toml, value)) + "]"
    if isinstance(value, dict):
        pairs = (f"{write_toml(k)} = {write_toml(v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    return repr(value)


@st.composite
def files(draw: st.DrawFn) -> str:
    lines = []
    for table in draw(st.lists(st.sampled_from(list(TABLES)), unique=True, max_size=4)):
        keys = st.sampled_from(TABLES[table]) if TABLES[table] else WORDS
        lines.append(f"[{table}]")
        for key, value in draw(st.dictionaries(keys | WORDS, VALUES, max_size=4)).items():
            lines.append(f"{write_toml(key)} = {write_toml(value)}")
    return "\n".join(lines)


def survive(path: Path, text: str | bytes) -> None:
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
    try:
        file = read_network_file(path)
    except InputError as error:
        assert str(error).startswith(str(path))
    else:
        assert file.system.equations


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "net.toml"


@given(text=files())
def test_any_toml_is_read_or_refused(path: Path, text: str) -> None:
    survive(path, text)


@given(content=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(path: Path, content: bytes) -> None:
    survive(path, content)


@given(key=st.sampled_from(["x", "y", "W1", "b1", "learning_rate"]), value=VALUES)
def test_any_value_in_a_network_is_read_or_refused(path: Path, key: str, value: object) -> None:
    lines = [
        f"{key} = {write_toml(value)}" if line.startswith(f"{key} =") else line
        for line in NETWORK.splitlines()
    ]
    survive(path, "\n".join(lines))


@given(left=WORDS | st.text(max_size=6), right=WORDS | st.text(max_size=12), values=VALUES)
def test_any_equation_in_a_graph_is_read_or_refused(
    path: Path, left: str, right: str, values: object
) -> None:
    equation = f"{write_toml(left)} = {write_toml(right)}\n"
    text = GRAPH.replace("C = ", f"{equation}C = ")
    survive(path, text.replace("c = 0", f"c = {write_toml(values)}"))
