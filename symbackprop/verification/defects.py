"""Where the program itself fails on a formula: said there, and never at the cost of a document."""

from __future__ import annotations

import re

from symbackprop.verification.judgement import Judgement, say_not_checkable

INTERNAL = "BP901"
# what goes wrong inside is a defect of ours and not of the text; whoever tests sets this to ()
DEFECTS: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    re.error,
)


def explain_defect(error: Exception) -> Judgement:
    """What is said of a formula on which the program failed.

    >>> explain_defect(KeyError("W")).code
    'BP901'
    """
    if isinstance(error, RecursionError):
        return say_not_checkable("what it rests on leads back to itself")
    said = f"the program failed on this formula ({type(error).__name__}: {error}); it was left out"
    return say_not_checkable(said, INTERNAL)
