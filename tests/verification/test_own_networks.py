"""Where a text's own z, a or C is not that of the presumed network, the text's own counts."""

from __future__ import annotations

import pytest
from own_lectures import read_all

from symbackprop.reading.documents import load_document
from symbackprop.verification.own_networks import OwnNetworks
from symbackprop.verification.verify import verify as verify_document
from symbackprop.verification.verify import verify_formulas

DECAYED = (
    r"z^l = W^l a^{l-1} + b^l",
    r"a^l = \sigma(z^l)",
    r"C = \frac12 \|a^L - y\|^2 + \frac{\lambda}{2} \sum_l \|W^l\|^2",
)
GAINED = (r"z^l = g^l \odot (W^l a^{l-1})", r"a^l = \sigma(z^l)", r"C = \frac12 \|a^L - y\|^2")


def verify(definitions: tuple[str, ...], claim: str) -> list[str]:
    found = verify_formulas([*definitions, claim])
    return [finding.verdict for findings in found for finding in findings]


def test_another_weighted_sum_is_no_slip_of_the_text() -> None:
    right = r"\frac{\partial C}{\partial g^L} = (a^L - y) \odot \sigma'(z^L) \odot (W^L a^{L-1})"
    assert verify(GAINED, right) == ["stated"] * 3 + ["holds"]
    wrong = r"\frac{\partial C}{\partial g^L} = (a^L - y) \odot \sigma'(z^L)"
    assert verify(GAINED, wrong) == ["stated"] * 3 + ["wrong"]


LOGISTIC = (r"z = w x + b", r"p = \sigma(z)", r"\ell = -[y \log p + (1-y) \log(1-p)]")
BY_W = r"\frac{\partial \ell}{\partial w} = (p-y)x"


@pytest.mark.parametrize(
    ("output", "verdict"),
    [
        (r"\sigma(z)", "holds"),
        (r"\frac{1}{1 + e^{-z}}", "holds"),
        (r"g(z)", "not-checkable"),
        (r"\tanh(z)", "wrong"),
        (r"\log(1 + e^z)", "wrong"),
    ],
)
def test_which_function_an_accusation_rests_on(output: str, verdict: str) -> None:
    definitions = (LOGISTIC[0], f"p = {output}", LOGISTIC[2])
    assert verify(definitions, BY_W) == ["stated"] * 3 + [verdict]
    assert verify(definitions, BY_W.replace("(p-y)", "(y-p)"))[-1] == "wrong"


def test_what_is_presumed_is_said() -> None:
    told: list[str] = []
    claim = r"\frac{\partial p}{\partial w} = p^2 e^{-z} x"
    text = "\n\n".join(f"$$ {formula} $$" for formula in (*LOGISTIC[:2], claim))
    *_, found = verify_document(load_document(text, "markdown"), tell=told.append)
    assert found.evidence is not None
    assert found.evidence.endswith(r"presuming that \sigma is the sigmoid")
    assert any(r"presumed: \sigma is the sigmoid" in words for words in told)


PENALISED = (
    r"\eta_i = \beta_0 + \sum_{j=1}^{p} \beta_j x_{ij}",
    r"\pi_i = \frac{1}{1 + e^{-\eta_i}}",
    r"J = -\sum_{i=1}^{n} [y_i \log \pi_i + (1 - y_i) \log(1 - \pi_i)]"
    r" + \frac{\lambda}{2} \sum_{j=1}^{p} \beta_j^2",
)
BLOCK = (
    "u = A x + c",
    r"v = \phi(u)",
    "r = B v",
    "q = x + r",
    r"E = \tfrac12 \| q - t \|^2",
)
TIED = (
    r"s_t = \tanh(R s_{t-1} + M x_t)",
    r"o_t = M^\top s_t",
    r"L = \frac12 \sum_{t=1}^{T} \|o_t - d_t\|^2",
)


@pytest.mark.parametrize(
    ("definitions", "claim", "slips"),
    [
        (
            PENALISED,
            r"\frac{\partial J}{\partial \beta_j} = "
            r"\sum_{i=1}^{n} (\pi_i - y_i) x_{ij} + \lambda \beta_j",
            [("+ ", "- "), (r"\lambda", r"2 \lambda"), ("x_{ij}", r"\eta_i")],
        ),
        (PENALISED, r"\frac{\partial J}{\partial \eta_i} = \pi_i - y_i", [("= ", "= -")]),
        (
            BLOCK,
            r"\frac{\partial E}{\partial x} = (q - t) + A^\top ( B^\top (q - t) \odot \phi'(u) )",
            [("= (q - t) +", "="), ("B^", "-B^"), ("phi'", "phi")],
        ),
        (
            BLOCK,
            r"\frac{\partial E}{\partial B} = (q - t) v^\top",
            [(r"(q - t) v", r"v (q - t)"), ("v", "u")],
        ),
        (
            TIED,
            r"\frac{\partial L}{\partial s_t} = M (o_t - d_t) + "
            r"R^\top ((1 - s_{t+1}^2) \odot \frac{\partial L}{\partial s_{t+1}})",
            [("R^\\top", "R"), ("(1 - s_{t+1}^2)", "(1 - s_t^2)"), ("M (", r"M^\top (")],
        ),
        (
            TIED,
            r"\frac{\partial L}{\partial M} = \sum_{t=1}^{T} s_t (o_t - d_t)^\top + \sum_{t=1}^{T} "
            r"((1 - s_t^2) \odot \frac{\partial L}{\partial s_t}) x_t^\top",
            [(r"\sum_{t=1}^{T} s_t (o_t - d_t)^\top + ", "")],
        ),
    ],
)
def test_slips_in_lectures_of_many_kinds(
    definitions: tuple[str, ...], claim: str, slips: list[tuple[str, str]]
) -> None:
    assert verify(definitions, claim) == ["stated"] * len(definitions) + ["holds"]
    for right, wrong in slips:
        assert right in claim
        slip = verify(definitions, claim.replace(right, wrong, 1))[-1]
        assert slip in ("wrong", "ill-formed", "holds-for-one-neuron"), wrong


def test_a_cost_that_nobody_states_depends_on_what_is_named() -> None:
    module = (r"Y = W \cdot X", r"\frac{dC}{dW} = \frac{dC}{dY} \cdot X^\top")
    right = r"\frac{dC}{dX} = W^\top \cdot \frac{dC}{dY}"
    assert verify(module, right) == ["stated", "holds", "holds"]
    assert verify(module, right.replace(r"^\top", ""))[-1] == "holds-for-one-neuron"


def test_transposed_jacobians_are_matrices() -> None:
    network = (r"h^{(t)} = \tanh(W h^{(t-1)} + U x^{(t)})", r"o^{(t)} = V h^{(t)}")
    right = (
        r"\nabla_{h^{(t)}} L = (\frac{\partial h^{(t+1)}}{\partial h^{(t)}})^\top"
        r" \nabla_{h^{(t+1)}} L"
        r" + (\frac{\partial o^{(t)}}{\partial h^{(t)}})^\top \nabla_{o^{(t)}} L"
    )
    last = r"\nabla_{h^{(\tau)}} L = V^\top \nabla_{o^{(\tau)}} L"
    assert verify((*network, last), right) == ["stated"] * 2 + ["holds"] * 2
    assert verify((*network, last), right.replace("L + (", "L - ("))[-1] == "wrong"
    assert verify((*network, last), right.replace(r")^\top", ")", 1))[-1] != "holds"


def test_a_loss_called_l_is_not_the_last_time() -> None:
    network = (r"h_t = W h_{t-1} + x_t", r"L = \sum_t L_t", r"L_t = \frac12 \|h_t - y_t\|^2")
    right = r"\frac{\partial L}{\partial h_t} = h_t - y_t + W^T \frac{\partial L}{\partial h_{t+1}}"
    assert verify(network, right)[-1] == "holds"
    assert verify(network, right.replace("^T", ""))[-1] == "holds-for-one-neuron"


def test_an_error_may_be_the_negative_slope() -> None:
    network = ("n = w x", r"y = f(n)", r"E = \frac12 (d - y)^2")
    defined = (*network, r"\delta = -\frac{\partial E}{\partial n}")
    assert verify(defined, r"\delta = (d - y) f'(n)")[-1] == "holds"
    assert verify(defined, r"\delta = (y - d) f'(n)")[-1] == "wrong"


def test_a_later_link_says_what_a_name_is() -> None:
    network = (
        "z = V x",
        r"f(x) = p = \text{softmax}(z)",
        r"C = -\sum_k y_k \log p_k",
        r"\sum_k y_k = 1",
    )
    assert verify(network, r"\frac{\partial C}{\partial z} = p - y")[-1] == "holds"


def test_a_definition_that_contradicts_one_before_begins_another_model() -> None:
    texts = (r"q = w x", r"E = \frac12 (q - y)^2", r"\frac{\partial E}{\partial q} = q - y")
    again = (r"E = \frac14 (q - y)^4", r"\frac{\partial E}{\partial q} = (q - y)^3")
    statements = read_all(*texts, *again)
    found = OwnNetworks(statements, [0] * len(statements))
    assert len(found.models) == 2
    assert found.begun == {3, 4}
    assert found.list_proved() == {2, 4}
