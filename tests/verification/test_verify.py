"""Documents in, findings out: places, verdicts and suggestions as a lecturer would see them."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from sympy import IndexedBase, symbols

import symbackprop
from symbackprop import verify, verify_formulas
from symbackprop.errors import InputError
from symbackprop.network.network import mlp
from symbackprop.verification.verify import same

LECTURE = r"""# Backpropagation

$$z^l = W^l a^{l-1} + b^l$$
$$a^l = \sigma(z^l)$$
$$C = \frac{1}{2} \sum_j (y_j - a_j^L)^2$$

The error goes back like this:
$$\delta^{l-1} = W^l \delta^l \cdot \frac{\partial a^{l-1}}{\partial z^{l-1}}$$
so $\frac{\partial C}{\partial w^l} = \delta^l$ and $\frac{\partial C}{\partial b^l} = \delta^l$.
Numbers: $0.5 \cdot 0.25 = 0.125$, $0.5 \cdot 0.25 = 0.135$. A name alone, $a^L$, says nothing.
"""


@pytest.fixture
def lecture(tmp_path: Path) -> Path:
    path = tmp_path / "lecture.md"
    path.write_text(LECTURE, encoding="utf-8")
    return path


def test_a_lecture_is_judged_equation_by_equation(lecture: Path) -> None:
    findings = verify(lecture)
    assert [f.verdict for f in findings] == [
        "stated",
        "stated",
        "stated",
        "holds-for-one-neuron",
        "wrong",
        "holds",
        "holds",
        "wrong",
    ]
    transpose, left = findings[3], findings[4]
    assert (transpose.code, transpose.line, transpose.column) == ("BP103", 8, 3)
    assert transpose.suggestion is not None and "(W^l)^T" in transpose.suggestion
    assert (left.code, left.slip) == ("BP108", "wrong-lhs")
    assert left.counterexample is not None and "widths" in left.counterexample
    assert findings[7].code == "BP301"


def test_what_is_presumed_is_told(lecture: Path) -> None:
    told: list[str] = []
    verify(lecture, tell=told.append)
    assert told == ["any activation σ"]


def test_the_network_can_be_declared() -> None:
    right = r"\frac{\partial C}{\partial a^L} = 2 (a^L - y)"
    (half,) = verify(right, network=mlp())
    (whole,) = verify(right, network=mlp(cost="sse"))
    assert (half.verdict, whole.verdict) == ("wrong", "holds")


def test_definitions_of_the_text_count() -> None:
    texts = [r"C = \sum_j (a^L_j - y_j)^2", r"\frac{\partial C}{\partial a^L} = 2 (a^L - y)"]
    assert [f.verdict for (f,) in verify_formulas(texts)] == ["stated", "holds"]


def test_a_graph_is_judged_by_its_own_definitions() -> None:
    texts = [
        "q = x + y",
        "f = q z",
        r"\frac{\partial f}{\partial x} = z",
        r"\frac{\partial f}{\partial z} = x - y",
    ]
    verdicts = [f.verdict for (f,) in verify_formulas(texts)]
    assert verdicts == ["stated", "stated", "holds", "wrong"]


def test_contradicting_definitions_are_found() -> None:
    texts = [
        "net_{h1} = w_1 i_1 + w_2 i_2 + b_1",
        "net_{h1} = w_1 i_1 + w_3 i_2 + b_1",
    ]
    (first,), (second,) = verify_formulas(texts)
    assert (first.verdict, second.verdict, second.code) == ("stated", "wrong", "BP205")


@pytest.mark.parametrize(
    ("texts", "verdicts"),
    [
        (["h = x + y", "h = y + x", "h = 2 x + 2 y"], ["stated", "holds", "wrong"]),
        (["g(x) = x v", "g(x) = v x"], ["stated", "holds"]),
        (["g(x) = x v", "g(y) = v y"], ["stated", "stated"]),
        (["v = 3", "v = 3"], ["stated", "holds"]),
        (["w_1 = 0.15", "w_2 = 0.2", "w_1 = 0.15"], ["stated", "stated", "holds"]),
    ],
)
def test_what_is_said_once_more_is_a_claim(texts: list[str], verdicts: list[str]) -> None:
    assert [f.verdict for (f,) in verify_formulas(texts)] == verdicts


def test_another_number_is_another_example() -> None:
    (first,), (second,) = verify_formulas(["u = 3", "u = 4"])
    assert (first.verdict, second.verdict, second.reading) == ("stated", "stated", "given value")


def test_the_first_to_say_what_a_layered_quantity_is_states_it() -> None:
    texts = [
        r"z^l = W^l a^{l-1} + b^l",
        r"\delta^l = \frac{\partial C}{\partial z^l}",
        r"z^l_j = \sum_k W^l_{jk} a^{l-1}_k + b^l_j",
        r"\delta^L = (a^L - y) \odot \sigma'(z^L)",
    ]
    assert [f.verdict for (f,) in verify_formulas(texts)] == ["stated", "stated", "holds", "holds"]
    declared = verify_formulas(texts[:1], network="2-3-1")
    assert [f.verdict for (f,) in declared] == ["holds"]


def test_a_chain_that_begins_with_a_definition_is_compared() -> None:
    texts = ["q = x + y", "f = q z = x z + y z", "g = q z = x z - y z"]
    assert [f.verdict for (f,) in verify_formulas(texts)] == ["stated", "holds", "wrong"]


def test_a_value_behind_a_definition_is_not_only_stated() -> None:
    texts = ["h = f(0 - 1 - 0.5) = 0", "E = (u - v)^2 = 0.27"]
    assert [f.verdict for (f,) in verify_formulas(texts)] == ["not-checkable"] * 2


def test_evidence_is_said() -> None:
    stated, held = verify(r"q = (x + y)^2 \\ \frac{\partial q}{\partial x} = 2 (x + y)")
    assert (stated.evidence, held.evidence) == (None, "proved")
    held = verify(r"a^l = \sigma(z^l) \\ \delta^l = (W^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)")[1]
    assert held.evidence == f"holds on {held.instances} instances"
    assert held.as_dict()["evidence"].startswith("holds on ")


def test_parts_side_by_side_are_one_equation_and_said_to_be_mended(tmp_path: Path) -> None:
    path = tmp_path / "parts.md"
    text = r"ñ: $\frac{\partial C}{\partial b^l}$ = $\delta^l$ and $\delta^L$"
    path.write_text(f"{text}\n$= a^L$", encoding="utf-8")
    right, wrong = verify(path)
    assert (right.verdict, right.code, right.line, right.column) == ("holds", "BP501", 1, 5)
    assert (right.end_line, right.end_column) == (1, 49)
    assert right.latex == r"\frac{\partial C}{\partial b^l} = \delta^l"
    assert right.message is not None and "joined" in right.message
    assert (wrong.verdict, wrong.line, wrong.end_line, wrong.end_column) == ("wrong", 1, 2, 7)
    assert wrong.code != "BP501" and "joined" in wrong.as_dict()["message"]


PLACES = """ñandú 𝛿∂ $a^l = \\sigma(z^l)$ y €\tso $z^l = W^l a^{l-1} + b^l$ end

$$
\\delta^l = \\delta^l
$$

𝛿 $$\\delta^L = a^L, \\quad \\delta^L = y$$
"""


@pytest.mark.parametrize("suffix", [".md", ".tex", ".txt", ".ipynb"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_are_those_of_the_file(tmp_path: Path, suffix: str, end: str) -> None:
    path = tmp_path / f"notes{suffix}"
    if suffix == ".ipynb":
        source = PLACES.splitlines(keepends=True)
        cells = [{"cell_type": "code", "source": []}, {"cell_type": "markdown", "source": source}]
        text = json.dumps({"cells": cells}, indent=1, ensure_ascii=False).replace("\n", end)
    else:
        text = PLACES.replace("\n", end)
    path.write_bytes(text.encode())
    findings = verify(path)
    lines = PLACES.split("\n")
    assert len(findings) == 5
    for found in findings:
        assert found.line == found.end_line
        assert lines[found.line - 1][found.column - 1 : found.end_column - 1] == found.latex
        if suffix == ".ipynb":
            assert found.cell == 2 and found.file_line is not None
            assert json.dumps(found.latex)[1:-1] in text.split(end)[found.file_line - 1]


IGNORED = [
    (".md", "<!-- symbackprop: ignore -->"),
    (".md", "# symbackprop: ignore"),
    (".tex", "% symbackprop: ignore"),
    (".txt", "# symbackprop: ignore"),
    (".ipynb", "<!-- symbackprop: ignore -->"),
]


@pytest.mark.parametrize(("suffix", "comment"), IGNORED)
def test_formulas_are_left_out_on_request(tmp_path: Path, suffix: str, comment: str) -> None:
    text = f"$a^l = z^l$\n\n$b = 1$ {comment}\n\n{comment}\n$$c = 2$$\n\n$a^l = \\sigma(z^l)$\n"
    path = tmp_path / f"notes{suffix}"
    if suffix == ".ipynb":
        cell = {"cell_type": "markdown", "source": text}
        text = json.dumps({"cells": [cell]})
    path.write_text(text, encoding="utf-8")
    assert [found.line for found in verify(path)] == [1, 8]


def test_a_long_file_is_read_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    words = "palabras ñ y 5 € " * 15
    path.write_text(f"{words}\n\n" * 20_000 + "$a^l = \\sigma(z^l)$\n", encoding="utf-8")
    assert path.stat().st_size > 5_000_000
    start = time.process_time()
    (found,) = verify(path)
    assert (found.verdict, found.line) == ("stated", 40_001)
    assert time.process_time() - start < 15


def test_signs_and_ranges_in_sentences_are_no_equations(tmp_path: Path) -> None:
    path = tmp_path / "signs.md"
    path.write_text(
        r"where $\odot$, $=$, $\leftarrow$, $^T$, $\times$ and $_j$ are signs, $x \in \mathbb{R}$, "
        r"$l = 1, \dots, L$, $l=1,\ldots,L$, $f: A \to B$ and $k > 0$ no equations;"
        "\n\n$a = \\frac{b}{$, $\\frac{$ and $q = \\ldots$ are told.",
        encoding="utf-8",
    )
    assert [(f.line, f.verdict) for f in verify(path)] == [(3, "not-checkable")] * 3
    assert verify(r"k \in S")[0].verdict == "not-checkable"


def test_an_unreadable_formula_is_told_with_its_place_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.md"
    path.write_text("# T\n\nñ∂ $$x = y +$$\n$$\nb = \\frac{a}{ \n$$\n", encoding="utf-8")
    for finding in verify(path):
        assert (finding.verdict, finding.code) == ("not-checkable", "BP001")
        said, shown, caret = (finding.message or "").split("\n")
        assert said.startswith(f"line {finding.line}, column {finding.column}: ")
        assert caret.strip() == "^" and len(caret) <= len(shown) + 1
    assert [f.line for f in verify(path)] == [3, 5]


def test_shapes_are_told_in_the_widths_of_layers() -> None:
    ((found,),) = verify_formulas([r"\delta^{l-1} = W^l \delta^l \odot \sigma'(z^{l-1})"])
    assert found.message == (
        "holds with one neuron per layer; "
        "as a matrix equation the shapes clash: (n_l × n_{l-1})(n_l)"
    )


def test_signs_of_alignment_are_no_part_of_a_suggestion() -> None:
    latex = r"\begin{align} \delta^{l-1} &= W^l \delta^l \odot \sigma'(z^{l-1}) \end{align}"
    ((found,),) = verify_formulas([latex])
    assert found.suggestion is not None and "&" not in found.suggestion


def test_a_notation_declares_what_letters_stand_for() -> None:
    gradient = r"\frac{\partial J}{\partial b^{[l]}} = \delta^{[l]}"
    assert verify(gradient, notation="ng")[0].verdict == "holds"
    with pytest.raises(InputError, match="did you mean 'nielsen'"):
        verify(gradient, notation="nilsen")


def test_a_notation_declares_how_vectors_lie_and_weights_are_indexed() -> None:
    rows = r"\delta^l = \delta^{l+1} (w^{l+1})^T \odot \sigma'(z^l)"
    swapped = r"\frac{\partial C}{\partial w^l_{kj}} = a^{l-1}_k \delta^l_j"
    for formula in (rows, swapped):
        assert verify(formula, notation="rows")[0].verdict != "wrong"
        assert verify(formula)[0].verdict == "holds"
        assert verify(formula, notation="nielsen")[0].verdict not in ("holds", "stated")


def test_a_notation_declares_where_layers_stand() -> None:
    formula = r"\frac{\partial C}{\partial w^2} = \delta^2 (a^1)^T"
    assert verify(formula, notation="nielsen")[0].verdict == "holds"
    cost = r"C = \sum_j (y_j - a^L_j)^2"
    claim = r"\frac{\partial C}{\partial a^L} = 2 (a^L - y)"
    (_,), (found,) = verify_formulas([cost, claim], notation="nielsen")
    assert found.verdict == "holds"


def test_a_network_file_declares_its_notation(tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    path.write_text(
        '[network]\nwidths = [2, 3, 1]\nactivation = "sigmoid"\ncost = "half-sse"\n'
        '[notation]\npreset = "ng"\n',
        encoding="utf-8",
    )
    formula = r"\frac{\partial J}{\partial b^{[l]}} = \delta^{[l]}"
    assert verify(formula, network=path)[0].verdict == "holds"


def test_a_term_for_the_weights_is_no_reason_to_refuse() -> None:
    claim = r"\frac{\partial C}{\partial w^l} = \delta^l (a^{l-1})^T + \lambda w^l"
    assert verify(claim, network=mlp(regularized=True))[0].verdict == "holds"


def test_a_declared_notation_continues_nothing_and_is_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "short.md"
    path.write_text("$= \\delta^l$ and $a^l = \\sigma(z^l)$", encoding="utf-8")
    seen: list[tuple[int, int]] = []
    found = verify(path, notation="nielsen", progress=lambda *count: seen.append(count))
    assert [f.verdict for f in found] == ["not-checkable", "holds"]
    assert seen == [(1, 2), (2, 2)]


def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        verify(tmp_path / "missing.md")


def test_same_compares_two_forms() -> None:
    l, j, k = symbols("l j k", integer=True)
    W, a, d = IndexedBase("W"), IndexedBase("a"), IndexedBase("∂C/∂z")
    assert same(d[l, j] * a[l - 1, k], a[l - 1, k] * d[l, j])
    assert not same(W[l, j, k] * a[l - 1, k], W[l, j, k] * a[l - 1, k] * 2)
    assert same(r"(W^l)^T \delta^l", r"\frac{\partial C}{\partial a^{l-1}}")
    with pytest.raises(InputError, match="not one of each"):
        same(r"a^L", a[l, j])


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (r"\delta^l", r"\delta^{l}", True),
        (r"$a^L - y$", r"$$-(y - a^L)$$", True),
        ("a^L", "z^L", False),
        (r"\frac{\partial C}{\partial b^l}", r"\delta^l", True),
        (r"\delta^l_j a^{l-1}_k", r"\frac{\partial C}{\partial w^l_{jk}}", True),
        (r"\delta^l_j a^{l-1}_k", r"\frac{\partial C}{\partial w^l_{kj}}", False),
        (r"(W^l)^T \delta^l", r"W^l \delta^l", False),
        ("0.5", "1/2", True),
        ("a^1", r"\delta^1", False),
    ],
)
def test_forms_in_latex_are_compared(one: str, other: str, is_same: bool) -> None:
    assert symbackprop.same(one, other, notation="nielsen") is is_same


@pytest.mark.parametrize(
    ("one", "other"),
    [("", "a^l"), ("q", "r"), (r"\frac{", "a"), ("a = b", "c"), (1, 2), ("a", 2)],
)
def test_what_has_no_meaning_is_not_compared(one: object, other: object) -> None:
    with pytest.raises(InputError):
        symbackprop.same(one, other)  # type: ignore[arg-type]


def test_values_follow_from_the_numbers_that_a_text_puts_in() -> None:
    texts = [
        "z = w x + b",
        r"z = (0.3 \cdot 0.5) + 0.1 = 0.25",
        r"\frac{\partial z}{\partial w} = 0.5",
        r"\frac{\partial z}{\partial w} = 0.7",
        r"\frac{\partial z}{\partial x} = 0.3",
    ]
    verdicts = [f.verdict for (f,) in verify_formulas(texts)]
    assert verdicts == ["stated", "holds", "holds", "wrong", "holds"]


MACROS = r"""$$\newcommand{\pp}[2]{\frac{\partial #1}{\partial #2}} \newcommand{\err}{\delta}$$

Let $z^l = W^l a^{l-1} + b^l$, $a^l = \sigma(z^l)$ and $\red{\err^l} = \pp{C}{z^l}$.

$$\err^l = \W^{l+1} \err^{l+1} \odot \blue{\sigma'(z^l)}$$
"""


def test_macros_are_written_out_and_findings_point_at_their_use(tmp_path: Path) -> None:
    path, macros = tmp_path / "notes.md", tmp_path / "macros.tex"
    path.write_text(MACROS)
    macros.write_text(r"\def\W{W}")
    told: list[str] = []
    *right, wrong = verify(path, macros=macros, tell=told.append)
    assert [finding.verdict for finding in right] == ["stated"] * 3
    assert (wrong.line, wrong.column, wrong.slip) == (5, 3, "missing-transpose")
    assert wrong.suggestion == r"\err^l = (\W^{l+1})^T \err^{l+1} \odot \blue{\sigma'(z^l)}"
    assert [words for words in told if "not defined" in words] == [
        r"\blue, \red: not defined; read as decoration of what is in its braces, or as a name"
    ]


def test_nobody_is_accused_for_a_macro_that_nobody_defines() -> None:
    formulas = [r"z^l = W^l a^{l-1} + b^l", r"a^l = \sigma(z^l)", r"\delta^l = \act{\delta^l} + 1"]
    found = [finding for row in verify_formulas(formulas) for finding in row]
    assert found[-1].verdict == "not-checkable" and "\\act" in (found[-1].message or "")


INTERNAL = re.compile(r"[A-Z][a-z]+\(|~hat|\^\(|\bNone\b|Meaningless|tree\.")
VAGUE = (
    r"\frac{\partial E}{\partial q} = 2 v",
    r"\hat{s}_t = \sum_k \hat{u}_{t,k} \cdots",
    r"\nabla E = g",
    r"\frac{\partial E}{\partial (u + v)} = 1",
    r"h^{(u)} = p^{(1)} \odot r_{s t}",
    r"q = \begin{cases} u & v > 0 \end{cases} + 1",
    r"E = f(u, v) + g(w)",
    r"\frac{\partial \hat{s}_t}{\partial r_i} = \hat{s}_t",
    r"e_i = \frac{\partial \phi(x)}{\partial x_i}",
    r"p = 10 r + s = 3",
)


@pytest.mark.parametrize("formula", VAGUE)
def test_messages_have_no_names_of_our_own(formula: str) -> None:
    for finding in verify(formula):
        assert not INTERNAL.search(finding.message or ""), finding.message


def test_shapes_that_clash_are_told_without_sizes_that_nobody_wrote() -> None:
    *_, wrong = verify(
        r"\mathbf{z} = \mathbf{W} \mathbf{x} \\ L = \frac12 \lVert \mathbf{z} - \mathbf{t} \rVert^2"
        r"\\ \frac{\partial L}{\partial \mathbf{x}} = \mathbf{W} (\mathbf{z} - \mathbf{t})"
    )
    assert wrong.verdict == "wrong" and not re.search(r"\d×\d", wrong.message or "")
    assert "a matrix and a column" in (wrong.message or "")


def test_nothing_is_suggested_that_rests_on_a_cost_which_nobody_stated() -> None:
    start = r"z^l = W^l a^{l-1} + b^l \\ a^l = \sigma(z^l) \\ "
    cost = r"C = \frac12 \|a^L - y\|^2 \\ "
    slip = r"\frac{\partial C}{\partial W^L} = ((a^L - y) \odot \sigma'(z^L)) a^{L-1}"
    *_, stated = verify(start + cost + slip)
    assert stated.suggestion == slip.replace("a^{L-1}", "(a^{L-1})^T")
    *_, open_ = verify(start + slip)
    assert open_.slip == "missing-transpose" and open_.suggestion is None
    assert "depends on the cost, which the text does not state" in (open_.message or "")
    *_, declared = verify(start + slip, network="2-3-1")
    assert declared.suggestion == stated.suggestion
    # what goes back through the layers is the same for each cost
    *_, recurrence = verify(start + r"\delta^l = W^{l+1} \delta^{l+1} \odot \sigma'(z^l)")
    assert recurrence.suggestion is not None


@pytest.mark.parametrize(
    ("width", "verdict"),
    [("n_L", "holds"), ("n_{L-1}", "holds-for-one-neuron"), ("n_{L+1}", "wrong"), ("s", "holds")],
)
def test_a_sum_runs_to_a_width_that_there_is(width: str, verdict: str) -> None:
    left, right = r"\frac{\partial C}{\partial a_k^{(L-1)}}", r"w_{jk}^{(L)} \delta_j^{(L)}"
    (found,) = verify(rf"{left} = \sum_{{j=1}}^{{{width}}} {right}")
    assert found.verdict == verdict, found.message


def test_numbers_of_entries_count_where_their_array_is_summed_elsewhere() -> None:
    worked = r"net_1 = w_1 i_1 + w_2 i_2 \\ net_1 = 0.5 \cdot 0.2 + 0.3 \cdot 0.4 = %s \\"
    text = worked + r"z = \sum_j w_j i_j"
    assert [f.verdict for f in verify(text % "0.22")][1] == "holds"
    assert [f.verdict for f in verify(text % "0.23")][1] == "wrong"
