"""Lectures damaged at random: each is judged, whatever it says, and nothing fails inside.

Run it by hand for as many formulas as you like: python tests/fuzz_judging.py 100000
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator

from fuzz_reading import POOL, TOKEN, damage
from lecture_texts import TEXTS

from symbackprop.verification import defects
from symbackprop.verification.declared import declare
from symbackprop.verification.session import judge_formulas

FORMULAS = [formula for lecture in TEXTS for formula in (*lecture.formulas, *lecture.slips)]


def damage_lectures(count: int, seed: int) -> Iterator[list[str]]:
    """So many formulas in documents of four to twelve, most of them damaged."""
    chance = random.Random(seed)
    while count > 0:
        lecture = chance.choice(TEXTS)
        formulas = [*lecture.formulas, *chance.sample(lecture.slips, min(2, len(lecture.slips)))]
        start = chance.randrange(max(1, len(formulas) - 4))
        texts = formulas[start : start + chance.randint(4, 12)]
        count -= len(texts)
        yield [
            damage(chance, TOKEN.findall(text), POOL, FORMULAS) if chance.random() < 0.7 else text
            for text in texts
        ]


def check_lecture(texts: list[str]) -> None:
    """A verdict or several on every formula; what fails inside is seen where DEFECTS are few."""
    declared = declare(texts, None, None, {})
    assert len(judge_formulas(texts, declared.lexicon, macros=declared.macros)) == len(texts)


def main(count: int, seed: int = 1) -> None:
    defects.DEFECTS = (RecursionError,)
    failed, slowest = 0, (0.0, [""])
    for texts in damage_lectures(count, seed):
        begin = time.process_time()
        try:
            check_lecture(texts)
        except Exception as error:  # a fuzzer has to see all of them
            failed += 1
            print(f"{type(error).__name__}: {error}\n  {texts!r}", flush=True)
        slowest = max(slowest, (time.process_time() - begin, texts))
    print(f"the slowest took {slowest[0]:.1f} s: {slowest[1]!r}")
    print(f"{failed} failed")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] or ["2000"]))
