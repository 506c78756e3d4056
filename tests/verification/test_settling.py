"""What the text defines decides where the presumed network leaves a statement open."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbackprop.verification.verify import verify, verify_formulas


def verdicts(*texts: str) -> list[str]:
    return [finding.verdict for findings in verify_formulas(texts) for finding in findings]


def test_slopes_by_name_are_those_of_something_that_nobody_names() -> None:
    right = ("x = p * q + r", "dp = q * dx", "dq = p * dx", "dr = dx")
    assert verdicts(*right) == ["stated"] + ["holds"] * 3
    assert verdicts("x = p * q + r", "dp = p * dx")[-1] == "wrong"
    assert verdicts("x = 1/p", "dp = 1/(p*p) * dx")[-1] == "wrong"


def test_a_definition_that_differs_begins_another_example() -> None:
    found = verdicts(
        "f = x y",
        r"\frac{\partial f}{\partial x} = y",
        "f = x + y",
        r"\frac{\partial f}{\partial x} = 1",
    )
    assert set(found) <= {"stated", "holds"}


def test_layers_are_counted_as_the_text_counts_them() -> None:
    network = (
        "x_i = a_i^{(1)}",
        r"z_i^{(l+1)} = \sum_j W_{ij}^{(l)} a_j^{(l)} + b_i^{(l)}",
        "a_i^{(l)} = f(z_i^{(l)})",
    )
    assert verdicts(*network, "x_i = a_i^{(1)}")[-1] == "holds"


@pytest.mark.parametrize(
    "claim",
    [
        "f(a + b) = f(a) + f(b)",
        r"y = \varepsilon(w^T x - \theta) = \begin{cases} 1 & w^T x \geq \theta \\ 0 \end{cases}",
        r"\frac{\partial s}{\partial w} = \frac{\partial s}{\partial w} + 2 w^2",
        "s = 3",
    ],
)
def test_what_the_text_leaves_open_accuses_nobody(claim: str) -> None:
    found = verdicts("s = r w", "r = w^2", "a = b c", claim)
    assert not {"wrong", "ill-formed", "holds-for-one-neuron"} & set(found)


def test_a_section_s_own_letters_are_nearest(tmp_path: Path) -> None:
    text = "# One\n\n$q = u^T v$\n\n# Two\n\n$q = u v$\n\n$\\frac{\\partial q}{\\partial u} = v$\n"
    path = tmp_path / "notes.md"
    path.write_text(text)
    assert [f.verdict for f in verify(path)][-1] == "holds"


def test_a_network_of_its_own_accuses_nobody_of_being_another() -> None:
    network = (
        r"C = \frac{1}{n_L} \sum_{j=1}^{n_L} \frac12 (a_j^L - y_j)^2",
        r"a_j^L = \sigma(z_j^L)",
        r"z_j^L = \sum_{k=1}^{n_{L-1}} w_{jk}^L a_k^{L-1} + b_j^L",
    )
    right = r"\frac{\partial C}{\partial a_j^L} = \frac{1}{n_L} (a_j^L - y_j)"
    assert verdicts(*network, right) == ["stated"] * 3 + ["holds"]
    assert verdicts(*network, right.replace("a_j^L - y_j", "y_j - a_j^L"))[-1] == "wrong"


def test_what_a_macro_abbreviates_is_no_tautology(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("$\\newcommand{\\size}{d_0}$\n\n$d_0 = \\size$\n\n$d_0 = d_0$\n")
    assert [f.verdict for f in verify(path)][-2:] == ["stated", "ill-formed"]
