"""How the names of a text are written when it is spoken of: in LaTeX, as its author writes them."""

from __future__ import annotations

from symbackprop.reading import tree
from symbackprop.reading.spelling import SYMBOLS

CLOSING = {"(": ")", "[": "]", "<": ">"}
# more of a formula than this is not repeated in a message
LONGEST = 40


def write_name(node: tree.Node) -> str:
    r"""A name, an index, or a short formula, as LaTeX.

    >>> from symbackprop.reading.parser import read_formula
    >>> def again(text):
    ...     return write_name(read_formula(text).statements[0].sides[0])
    >>> print(again(r"\hat{y}_{t,i}"), again(r"W^{(l+1)}_{11}"), again("E_{total}"), again("s'"))
    \hat{y}_{ti} W^{(l+1)}_{11} E_{total} s'
    >>> print(again(r"a \cdot b^{2}"))
    this formula
    """
    written = _write(node)
    return "this formula" if written is None or len(written) > LONGEST else written


def say_undefined(name: tree.Name) -> str:
    r"""What is missing, and what one could add.

    >>> say_undefined(tree.Name((0, 1), "L"))
    'nothing says what L is; say it, for example L = …'
    """
    said = write_name(name)
    return f"nothing says what {said} is; say it, for example {said} = …"


def _write(node: tree.Node | None) -> str | None:
    match node:
        case tree.Name():
            return _write_name(node)
        case tree.Number():
            return str(node.value)
        case tree.Group() if node.bracket in CLOSING:
            return _around(node.bracket, _write(node.body))
        case tree.Total():
            parts = [(sign, _write(term)) for sign, term in node.terms]
            if any(part is None for _, part in parts):
                return None
            return "".join(f"{sign}{part}" for sign, part in parts).removeprefix("+")
        case tree.Listed():
            items = [_write(item) for item in node.items]
            return None if None in items else ",".join(map(str, items))
        case tree.Product() if not any(node.signs):
            factors = [_write(factor) for factor in node.factors]
            return None if None in factors else " ".join(map(str, factors))
        case tree.Words():
            return node.text.strip()
    return None


def _around(bracket: str, inner: str | None) -> str | None:
    return None if inner is None else f"{bracket}{inner}{CLOSING[bracket]}"


def _write_name(name: tree.Name) -> str:
    said = " ".join(_write_letter(word) for word in name.base.split())
    if name.accent:
        said = rf"\{name.accent}{{{said}}}"
    upper = "".join(filter(None, (_write_script(s) for s in name.upper))) + name.star
    lower = _join([_write_script(s) for s in name.lower])
    primes = "'" * name.primes
    return (
        said
        + primes
        + (f"^{_brace(upper)}" if upper else "")
        + (f"_{_brace(lower)}" if lower else "")
    )


def _write_letter(word: str) -> str:
    return rf"\{word}" if word in SYMBOLS else word


def _write_script(script: tree.Script) -> str:
    inner = _write(script.content) or "…"
    return _around(script.bracket, inner) or inner if script.bracket in CLOSING else inner


def _join(scripts: list[str]) -> str:
    """jk of two letters; 1,2 of two numbers, which would be twelve."""
    return ("" if all(len(s) == 1 and s.isalpha() for s in scripts) else ",").join(scripts)


def _brace(script: str) -> str:
    return script if len(script) == 1 else f"{{{script}}}"
