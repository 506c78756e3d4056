"""What sums to 1, by the word of the text or as everybody presumes of a classifier."""

from __future__ import annotations

from own_lectures import judge, read

CLASSIFIER = ("q = V x", r"p = \mathrm{softmax}(q)", r"E = -\sum_k y_k \log p_k")


def test_the_targets_of_a_classifier_sum_to_one() -> None:
    ((total, one),) = read(*CLASSIFIER).arrays.totals
    assert str(total.function.base) == "y"
    assert one == 1
    assert judge(CLASSIFIER, r"\frac{\partial E}{\partial q} = p - y") == "holds"


def test_without_a_softmax_only_what_is_said_sums_to_one() -> None:
    definitions = ("q = V x", r"p = \tanh(q)", r"E = -\sum_k y_k \log p_k")
    assert read(*definitions).arrays.totals == []
    said = read(*definitions, r"\sum_k y_k = 1").arrays.totals
    assert [str(total.function.base) for total, _ in said] == ["y"]
