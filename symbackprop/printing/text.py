"""A layout as Unicode text for the terminal: δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)."""

from __future__ import annotations

from symbackprop.network.activations import FUNCTIONS
from symbackprop.notation import TransposeMark
from symbackprop.printing.latex import GREEK_SIGNS, join_sides
from symbackprop.printing.layout import (
    PRODUCT,
    Aligned,
    Apply,
    Boxed,
    Braced,
    Brackets,
    Cases,
    Fraction,
    Function,
    Layout,
    Letter,
    Listed,
    Number,
    Partial,
    Product,
    Relation,
    Root,
    Row,
    Scripted,
    SumOver,
    Symbol,
    Total,
    Transposed,
    Word,
    bind,
    has_node,
    list_parts,
)

ABOVE = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
        strict=True,
    )
)
BELOW = dict(
    zip(
        "0123456789+−=()aehijklmnoprstuvx",
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ",
        strict=True,
    )
)
LETTERS = {
    **{name: sign for sign, name in GREEK_SIGNS.items()},
    "script-L": "ℒ",
    "one": "𝟏",
}
WORDS = {word: row.text for word, row in FUNCTIONS.items() if row.text}
SIGNS = {
    "=": "=",
    "!=": "≠",
    "<": "<",
    ">": ">",
    "<=": "≤",
    ">=": "≥",
    "approx": "≈",
    "arrow": "←",
    "dot": "·",
    "hadamard": "⊙",
    "quotient": "⊘",
    "plus": "+",
    "minus": "−",
    "nabla": "∇",
    "infinity": "∞",
    "and": "∧",
    "or": "∨",
    "dots": "…",
    "direct": "∂⁺",
    "blank": "",
}
BRACKETS = {
    "round": ("(", ")"),
    "square": ("[", "]"),
    "angle": ("⟨", "⟩"),
    "bar": ("|", "|"),
    "norm": ("‖", "‖"),
}
TRANSPOSES: dict[TransposeMark, str] = {"T": "ᵀ", "sans": "ᵀ", "top": "^⊤"}
VULGAR = {("1", "2"): "½", ("1", "3"): "⅓", ("2", "3"): "⅔", ("1", "4"): "¼", ("3", "4"): "¾"}


def render(layout: Layout) -> str:
    """Write a layout as one line of text; only Aligned and Cases take several.

    >>> from symbackprop.printing.layout import Letter, Scripted
    >>> render(Scripted(Letter("delta"), Letter("l"), Letter("j")))
    'δˡⱼ'
    """
    match layout:
        case Letter(name=name):
            return LETTERS.get(name, name)
        case Function(name=name, primes=primes):
            return WORDS.get(name, name) + "′" * primes
        case Number(digits=digits, comma=comma):
            return digits.replace(".", ",") if comma else digits
        case Word(text=text):
            return text
        case Symbol(name=name):
            return SIGNS[name]
        case Row(parts=parts):
            return "".join(map(render, parts))
        case Listed(parts=parts, tight=tight):
            return ("," if tight else ", ").join(map(render, parts))
        case Scripted(base=base, upper=upper, lower=lower):
            return render(base) + _raise(upper) + _lower(lower)
        case Transposed():
            return f"{render(layout.body)}{TRANSPOSES[layout.mark]}"
        case Product(sign=sign):
            return (f" {SIGNS[sign]} " if sign else " ").join(_render_factors(layout))
        case Total(terms=terms, tight=tight):
            return _render_total(terms, tight)
        case Fraction(top=top, bottom=bottom):
            above, below = render(top), render(bottom)
            known = VULGAR.get((above, below))
            return known or f"{_guard(top, above)}/{_guard(bottom, below)}"
        case Partial(top=top, bottom=bottom, times=times, direct=direct):
            power = _raise(Number(str(times))) if times > 1 else ""
            mark = "⁺" if direct else power
            return f"∂{mark}{render(top)}/∂{render(bottom)}{power}"
        case Root(body=body):
            return f"√{_guard(body, render(body))}"
        case SumOver(bound=bound, low=low, high=high, body=body):
            return _render_sum(bound, low, high) + " " + render(body)
        case Brackets(body=body, shape=shape):
            opening, closing = BRACKETS[shape]
            return f"{opening}{render(body)}{closing}"
        case Apply(function=function, arguments=arguments, bare=bare):
            inside = ", ".join(map(render, arguments))
            return f"{render(function)} {inside}" if bare else f"{render(function)}({inside})"
        case Braced(body=body, name=name):
            return f"[{render(body)}]{{{render(name)}}}"
        case Boxed(body=body):
            return f"[ {render(body)} ]"
        case Cases(rows=rows, otherwise=otherwise):
            lines = (
                f"{render(value)} if {render(condition)}"
                if condition
                else f"{render(value)} {otherwise}"
                for value, condition in rows
            )
            return "{ " + "; ".join(lines) + " }"
        case Relation(sides=sides, sign=sign):
            return join_sides(list(map(render, sides)), SIGNS[sign])
        case Aligned(rows=rows):
            return _render_aligned(rows)
    raise TypeError(f"no text is known for the layout {type(layout).__name__}")


def _raise(upper: Layout | None) -> str:
    return "" if upper is None else _script(render(upper), ABOVE, "^", has_node(upper, Word))


def _lower(lower: Layout | None) -> str:
    if lower is None:
        return ""
    # net_h1 and E_total are read as names: they keep their letters
    named = has_node(lower, Word) or _has_name(lower)
    return _script(render(lower), BELOW, "_", named)


def _has_name(layout: Layout) -> bool:
    if isinstance(layout, Letter):
        return len(layout.name) > 1 and layout.name not in LETTERS
    return any(map(_has_name, list_parts(layout)))


def _script(text: str, table: dict[str, str], mark: str, named: bool) -> str:
    """Small letters where Unicode has them all; else ^[l], _total, ^{L, i}."""
    bare = text.replace(" ", "")
    if not named and all(c in table for c in bare):
        return "".join(table[c] for c in bare)
    enclosed = bare[:1] in ("[", "(", "⟨") and bare[-1:] in ("]", ")", "⟩")
    if enclosed or len(bare) == 1 or (bare.isascii() and bare.isalnum()):
        return f"{mark}{bare}"
    return f"{mark}{{{text}}}"


def _guard(layout: Layout, text: str) -> str:
    """Brackets around what a slash would tear apart."""
    needed = bind(layout) >= PRODUCT or isinstance(layout, Fraction | Partial)
    return f"({text})" if needed else text


def _render_factors(product: Product) -> list[str]:
    """What has a slash keeps together by brackets: (∂C/∂a) (∂a/∂z), but η ∂C/∂w."""
    factors = []
    for position, factor in enumerate(product.factors):
        text = render(factor)
        first, last = position == 0, position == len(product.factors) - 1
        fraction = isinstance(factor, Fraction) and "/" in text
        partials = sum(isinstance(f, Partial) for f in product.factors)
        torn = isinstance(factor, Partial) and (partials > 1 or not last)
        factors.append(f"({text})" if torn or (fraction and not first) else text)
    return factors


def _render_sum(bound: Layout, low: Layout | None, high: Layout | None) -> str:
    below = render(bound) + (f"={render(low)}" if low else "")
    return "Σ" + _script(below, BELOW, "_", False) + (_raise(high) if high else "")


def _render_total(terms: tuple[tuple[str, Layout], ...], tight: bool) -> str:
    result = ""
    for position, (sign, term) in enumerate(terms):
        mark = "−" if sign == "-" else "+"
        if position:
            result += mark if tight else f" {mark} "
        elif sign == "-":
            result += mark
        result += render(term)
    return result


def _render_aligned(rows: tuple[Layout, ...]) -> str:
    lefts = [render(r.sides[0]) if isinstance(r, Relation) else "" for r in rows]
    width = max(map(len, lefts), default=0)
    lines = []
    for row, left in zip(rows, lefts, strict=True):
        if isinstance(row, Relation):
            sides = [f"{left:<{width}}", *map(render, row.sides[1:])]
            lines.append(join_sides(sides, SIGNS[row.sign]).rstrip())
        else:
            lines.append(render(row))
    return "\n".join(lines)


def spell(layout: Layout | None) -> str:
    """A name without LaTeX: w with 5 below --> w5, net with h1 below --> net_h1.

    >>> spell(Scripted(Letter("w"), None, Number("5")))
    'w5'
    >>> spell(Scripted(Letter("out"), None, Letter("o1")))
    'out_o1'
    """
    match layout:
        case Scripted(base=base, lower=lower) if lower is not None:
            stem = spell(base)
            return f"{stem}_{spell(lower)}" if len(stem) > 1 else stem + spell(lower)
        case Scripted(base=base):
            return spell(base)
        case Letter(name=name):
            return name
        case Number(digits=digits):
            return digits
        case Row(parts=parts) | Listed(parts=parts):
            return "".join(map(spell, parts))
    raise TypeError(f"{layout} is not the name of a unit")
