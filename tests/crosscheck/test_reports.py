"""A report as a table, as a line and for JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from planted_gradients import solve

from symbackprop.crosscheck.check import check, check_gradients
from symbackprop.network.declared import declare
from symbackprop.network.network import mlp


def test_the_report_as_text_as_a_line_and_for_json() -> None:
    network = mlp([2, 1], activation="tanh")
    values, right = solve(network)
    report = check_gradients(network.system, network, right | {"b1": -right["b1"]}, values)
    assert repr(report) == "CheckReport(b1 DIFFER from textbook loops and complex steps)"
    lines = report.text.splitlines()
    assert lines[0].split() == [
        "gradient",
        "judge",
        "max",
        "abs",
        "diff",
        "max",
        "rel",
        "diff",
        "sees",
        "verdict",
    ]
    assert [line.split()[-1] for line in lines[1:5]] == ["agrees", "DIFFERS"] * 2
    found = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert found["agrees"] is False
    loops = found["judgements"][0]
    assert (loops["judge"], loops["agrees"]) == ("textbook loops", False)
    assert [g["name"] for g in loops["gradients"]] == ["W1", "b1"]
    assert loops["gradients"][1]["max_rel_diff"] == pytest.approx(2)
    assert loops["gradients"][0]["entries"] == 2


def test_infinite_numbers_are_none_for_json() -> None:
    network = mlp([1, 1], activation="relu")
    values = {"x": [1.0], "y": [1.0], "W1": [[-1.0]], "b1": [0.0]}
    report = check(replace(declare(network), values=values))
    assert report.as_dict()["judgements"][0]["gradients"][0]["sees"] is None
    assert " - " in report.text
