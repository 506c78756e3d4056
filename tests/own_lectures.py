"""Lectures of our own about networks that are not the standard one, and how they are read."""

from __future__ import annotations

from symbackprop.lecture.lecture import Lecture, read_lecture
from symbackprop.lecture.lowering import Lowerer
from symbackprop.lecture.tensors import Tensor
from symbackprop.reading import tree
from symbackprop.reading.parser import read_formula
from symbackprop.verification.models import OwnNetwork

WEIGHT_DECAY = (
    r"u_i = \sum_k V_{ik} x_k + c_i",
    r"o_i = \tanh(u_i)",
    r"E = \frac12 \sum_i (o_i - d_i)^2 + \frac{\lambda}{2} \sum_i \sum_k V_{ik}^2",
)
RESIDUAL = (
    r"h^{l} = h^{l-1} + \phi(W^{l} h^{l-1})",
    r"E = \frac12 \|h^{L} - y\|^2",
)
RECURRENCE = (
    r"s_t = \tanh(V s_{t-1} + Q x_t)",
    r"E = \frac12 \sum_{t=1}^T \|s_t - d_t\|^2",
)
TIED = (
    r"h = \tanh(W x + b)",
    r"r = W^T h + c",
    r"J = \frac12 \|r - x\|^2",
)
ONE_LAYER = (r"z = W x + b", r"a = \phi(z)", r"C = \frac12 \|a - y\|^2")
GAIN = (r"z = g \odot (W x)", r"a = \sigma(z)", r"C = \frac12 \|a - y\|^2")


def read_all(*texts: str) -> list[tree.Statement]:
    return [statement for text in texts for statement in read_formula(text).statements]


def read(*texts: str) -> Lecture:
    return read_lecture(read_all(*texts))


def lower(text: str, definitions: tuple[str, ...] = ONE_LAYER) -> Tensor:
    """What an expression is in a text with these definitions."""
    lecture = read(*definitions, f"{text} = {text}")
    return Lowerer(lecture.arrays.context).lower(read_formula(text).statements[0].sides[0])


def judge(definitions: tuple[str, ...], claim: str) -> str:
    """The verdict on the claim that stands last in a text."""
    statements = read_all(*definitions, claim)
    judgement = OwnNetwork(statements).judge(statements[-1])
    assert judgement is not None
    return judgement.verdict
