"""Long work counts for whoever listens, and for nobody else."""

from __future__ import annotations

from symbackprop.progress import count, listen, track


def test_who_listens_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    with listen(lambda *what: told.append(what)):
        assert list(track([10, 20], "adding")) == [10, 20]
        count("judging")(1, 3)
    assert told == [("adding", 0, 2), ("adding", 1, 2), ("adding", 2, 2), ("judging", 1, 3)]


def test_who_has_left_is_not_told() -> None:
    told: list[tuple[str, int, int]] = []
    with listen(lambda *what: told.append(what)):
        pass
    assert list(track("ab", "spelling")) == ["a", "b"]
    count("judging")(1, 1)
    assert told == []
