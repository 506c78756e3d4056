"""LaTeX of somebody as MathML that a page can hold: latex2mathml's, with nothing in it that acts.

latex2mathml is imported only where a page is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import escape, unescape
from importlib.util import find_spec
from typing import Any
from xml.etree import ElementTree

from symbackprop.errors import InputError

# what marks a part of a formula; the page underlines it
SLIP, CORRECTION, MARK_END = "slip", "correction", "}"
_TAGS = """
    math mrow mi mn mo mtext mspace ms mfrac msqrt mroot mstyle mpadded mphantom msub msup msubsup
    munder mover munderover mmultiscripts mprescripts none mtable mtr mlabeledtr mtd menclose
"""
_ATTRIBUTES = """
    display stretchy fence form accent accentunder linethickness columnalign rowalign columnlines
    rowlines columnspacing rowspacing width height depth lspace rspace minsize maxsize movablelimits
    displaystyle scriptlevel notation separators
"""
TAGS, ATTRIBUTES = frozenset(_TAGS.split()), frozenset(_ATTRIBUTES.split())
# a style of letters --> how Unicode names them; browsers have no other way
ALPHABETS = {"double-struck": "DOUBLE-STRUCK", "script": "SCRIPT", "fraktur": "FRAKTUR"}
# what has no meaning in a formula alone
_LABEL = re.compile(
    r"\\(?:label|tag\*?|ref|eqref)\s*\{[^{}]*\}|\\(?:nonumber|notag|ensuremath)(?![A-Za-z])"
)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_ALIGNED = re.compile(r"(?<!\\)&")
# what reading raises besides
_FAILURES = (LookupError, ValueError, TypeError, AttributeError, RecursionError)

Convert = Callable[..., Any]


def find_converter() -> Convert:
    """What writes MathML.

    Raises:
        InputError: latex2mathml is not installed.
    """
    if find_spec("latex2mathml") is None:
        raise InputError("--format html needs latex2mathml: pip install 'symbackprop[html]'")
    from latex2mathml.converter import convert_to_element

    return convert_to_element


def render(latex: str, convert: Convert, plain: str = "") -> str:
    """A formula as MathML; what cannot be rendered is shown as LaTeX, `plain` if that is given."""
    try:
        element = convert(_prepare(latex), display="block")
    except _list_failures():
        return f"<code>{escape(plain or latex)}</code>"
    return ElementTree.tostring(_clean(element), encoding="unicode")


def _list_failures() -> tuple[type[Exception], ...]:
    """What latex2mathml raises for what it cannot read: its own errors have nothing in common."""
    from latex2mathml import exceptions

    own = (kind for kind in vars(exceptions).values() if isinstance(kind, type))
    return (*_FAILURES, *(kind for kind in own if issubclass(kind, Exception)))


def mark_begin(kind: str) -> str:
    """What stands before a part that is marked as a slip or a correction."""
    return rf"\class{{{kind}}}{{"


def _prepare(latex: str) -> str:
    latex = _LABEL.sub(" ", _COMMENT.sub(" ", latex))
    if "\\begin" not in latex:
        latex = _ALIGNED.sub(" ", latex.replace("\\\\", " "))
    return latex


def _clean(element: ElementTree.Element) -> ElementTree.Element:
    """The element with what is known to be harmless, and its text as text."""
    tag = element.tag.rpartition("}")[2]
    clean = ElementTree.Element(tag if tag in TAGS else "mrow")
    for name, value in element.attrib.items():
        if name in ATTRIBUTES or (name == "class" and value in (SLIP, CORRECTION)):
            clean.set(name, value)
    if element.get("mathvariant") == "bold":
        clean.set("class", "bold")
    alphabet = ALPHABETS.get(element.get("mathvariant", ""))
    text = unescape(element.text or "").strip()
    clean.text = "".join(_style(sign, alphabet) for sign in text) if alphabet else text
    clean.extend(_clean(child) for child in element)
    return clean


def _style(sign: str, alphabet: str) -> str:
    """R in double-struck --> ℝ."""
    kind = "CAPITAL" if sign.isupper() else "SMALL"
    for name in (f"{alphabet} {kind} {sign}", f"MATHEMATICAL {alphabet} {kind} {sign}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return sign
