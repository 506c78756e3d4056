"""A layout as LaTeX that pdflatex with amsmath, KaTeX and MathJax all take."""

from __future__ import annotations

from symbackprop.network.activations import FUNCTIONS
from symbackprop.printing.layout import (
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
    Sentence,
    SumOver,
    Symbol,
    Total,
    Transposed,
    Word,
    is_tall,
)

GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi"),
    *("omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi"),
    *("Psi", "Omega"),
)
GREEK_SIGNS = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", GREEK, strict=True))
LETTERS = {
    **{name: f"\\{name}" for name in GREEK},
    "epsilon": r"\varepsilon",
    "phi": r"\varphi",
    "script-L": r"\mathcal{L}",
    "one": r"\mathbf{1}",
    "differential": r"\mathrm{d}",
}
# where a row says nothing a function is printed by its name
COMMANDS = {word: row.latex for word, row in FUNCTIONS.items() if row.latex}
SIGNS = {
    "=": "=",
    "!=": r"\neq",
    "<": "<",
    ">": ">",
    "<=": r"\leq",
    ">=": r"\geq",
    "approx": r"\approx",
    "arrow": r"\leftarrow",
    "dot": r"\cdot",
    "hadamard": r"\odot",
    "quotient": r"\oslash",
    "plus": "+",
    "minus": "-",
    "nabla": r"\nabla",
    "infinity": r"\infty",
    "and": r"\land",
    "or": r"\lor",
    "dots": r"\dots",
    "direct": r"\partial^{+}",
    "blank": "",
}
BRACKETS = {
    "round": ("(", ")"),
    "square": ("[", "]"),
    "angle": (r"\langle ", r" \rangle"),
    "bar": (r"\lvert ", r" \rvert"),
    "norm": (r"\lVert ", r" \rVert"),
}
TRANSPOSES = {"T": "T", "sans": r"\mathsf{T}", "top": r"\top"}
SPECIAL = {c: f"\\{c}" for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}
# the letters that a font of LaTeX has end here: Latin with accents
LATIN_END = 0x180
# signs that pdflatex does not take in text, and how it has them
IN_TEXT = {"−": "$-$", "∂": r"$\partial$", "…": r"\dots{}", "⁺": "$^{+}$"} | {
    sign: f"$\\{name}$" for sign, name in GREEK_SIGNS.items()
}


def render(layout: Layout) -> str:
    r"""Write a layout as LaTeX for math mode.

    >>> from symbackprop.printing.layout import Letter, Scripted
    >>> render(Scripted(Letter("delta"), Letter("l"), Letter("j")))
    '\\delta^{l}_{j}'
    """
    match layout:
        case Letter(name=name):
            return _render_letter(name)
        case Function(name=name, primes=primes):
            return (
                COMMANDS.get(name) or r"\mathrm{" + _plain(name) + "}"
                if not primes
                else (render(Function(name)) + "'" * primes)
            )
        case Number(digits=digits, comma=comma):
            return digits.replace(".", "{,}") if comma else digits
        case Word(text=text):
            return _render_word(text)
        case Symbol(name=name):
            return SIGNS[name]
        case Row(parts=parts):
            return "".join(_glue(list(map(render, parts))))
        case Listed(parts=parts, tight=tight):
            return ("," if tight else ", ").join(map(render, parts))
        case Scripted(base=base, upper=upper, lower=lower):
            above = f"^{{{render(upper)}}}" if upper else ""
            below = f"_{{{render(lower)}}}" if lower else ""
            return f"{render(base)}{above}{below}"
        case Transposed():
            return f"{render(layout.body)}^{{{TRANSPOSES[layout.mark]}}}"
        case Product():
            return _render_product(layout)
        case Total(terms=terms, tight=tight):
            return _render_total(terms, tight)
        case Fraction(top=top, bottom=bottom):
            return rf"\frac{{{render(top)}}}{{{render(bottom)}}}"
        case Partial(top=top, bottom=bottom, times=times, direct=direct):
            power = f"^{{{times}}}" if times > 1 else ""
            mark = "^{+}" if direct else power
            below = rf"\partial {render(bottom)}{power}"
            return rf"\frac{{\partial{mark} {render(top)}}}{{{below}}}"
        case Root(body=body):
            return rf"\sqrt{{{render(body)}}}"
        case SumOver(bound=bound, low=low, high=high, body=body):
            below = render(bound) + (f"={render(low)}" if low else "")
            above = f"^{{{render(high)}}}" if high else ""
            return rf"\sum_{{{below}}}{above} {render(body)}"
        case Brackets(body=body, shape=shape):
            opening, closing = BRACKETS[shape]
            if is_tall(body):
                return rf"\left{opening.strip()} {render(body)} \right{closing.strip()}"
            return f"{opening}{render(body)}{closing}"
        case Apply(function=function, arguments=arguments, bare=bare):
            return _render_application(function, arguments, bare)
        case Braced(body=body, name=name, beside=beside):
            level = "".join(rf" \vphantom{{{render(other)}}}" for other in beside)
            return rf"\underbrace{{{render(body)}{level}}}_{{{render(name)}}}"
        case Boxed(body=body):
            return rf"\boxed{{{render(body)}}}"
        case Cases(rows=rows, otherwise=otherwise):
            lines = (
                f"{render(value)} & "
                + (render(condition) if condition else rf"\text{{{otherwise}}}")
                for value, condition in rows
            )
            return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"
        case Relation(sides=sides, sign=sign):
            return join_sides(list(map(render, sides)), SIGNS[sign])
        case Aligned(rows=rows):
            return r"\begin{aligned} " + " \\\\\n".join(map(align, rows)) + r" \end{aligned}"
    raise TypeError(f"no LaTeX is known for the layout {type(layout).__name__}")


def align(layout: Layout) -> str:
    """A relation with the mark of alignment before its first sign."""
    if not isinstance(layout, Relation):
        return render(layout)
    return join_sides(list(map(render, layout.sides)), "&" + SIGNS[layout.sign])


def join_sides(sides: list[str], sign: str) -> str:
    """a <- b = c: the sign of a relation stands once, then equality."""
    if len(sides) < 2:
        return "".join(sides)
    first, second, *others = sides
    return " = ".join([f"{first} {sign} {second}".strip(), *others])


def escape(text: str) -> str:
    """Text for the text mode of LaTeX; a sign that pdflatex does not know becomes a ?.

    >>> escape("δ & co"), escape("漢")
    ('$\\\\delta$ \\\\& co', '?')
    """
    return "".join(SPECIAL.get(c) or IN_TEXT.get(c) or _keep(c) for c in text)


def _keep(sign: str) -> str:
    if not sign.isprintable():
        return " "
    return sign if ord(sign) < LATIN_END else "?"


def write_prose(sentence: Sentence) -> str:
    """A sentence for text mode, its formulas between dollar signs.

    >>> from symbackprop.printing.layout import Letter
    >>> write_prose(Sentence((Word("through "), Letter("z"))))
    'through $z$'
    """
    return "".join(
        write_prose(part)
        if isinstance(part, Sentence)
        else escape(part.text)
        if isinstance(part, Word)
        else f"${render(part)}$"
        for part in sentence.parts
    )


def _render_letter(name: str) -> str:
    if name in GREEK_SIGNS:
        name = GREEK_SIGNS[name]
    if name in LETTERS:
        return LETTERS[name]
    return name if name.isascii() and name.isalnum() else _render_word(name)


def _render_word(text: str) -> str:
    return rf"\text{{{escape(text)}}}"


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() else r"\text{-}" if c == "-" else "" for c in name)


def _glue(parts: list[str]) -> list[str]:
    r"""A space after a command that would run into the next letter: \delta j."""
    return [
        part + " " if _ends_in_command(part) and following[:1].isalpha() else part
        for part, following in zip(parts, [*parts[1:], ""], strict=True)
    ]


def _ends_in_command(part: str) -> bool:
    stem = part.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return len(stem) < len(part) and stem.endswith("\\")


def _render_product(product: Product) -> str:
    if product.sign:
        return f" {SIGNS[product.sign]} ".join(map(render, product.factors))
    result = ""
    before: Layout | None = None
    for factor in product.factors:
        if before is not None:
            result += r" \, " if _needs_space(before, factor) else " "
        result += render(factor)
        before = factor
    return result


def _needs_space(before: Layout, after: Layout) -> bool:
    """Fractions side by side, names of several letters and functions stand a little apart."""
    if isinstance(before, Partial | Braced) or isinstance(after, Partial | Braced):
        return True
    if isinstance(after, Brackets) or isinstance(before, Brackets):
        return False
    if isinstance(after, Fraction) and isinstance(before, Fraction):
        return True
    return _is_named(core(before)) or _is_named(core(after))


def core(layout: Layout) -> Layout:
    """What scripts and transposes hang on."""
    while isinstance(layout, Scripted | Transposed):
        layout = layout.base if isinstance(layout, Scripted) else layout.body
    return layout


def _is_named(layout: Layout) -> bool:
    if isinstance(layout, Row):
        return True
    return isinstance(layout, Letter) and len(layout.name) > 1 and layout.name not in LETTERS


def _render_total(terms: tuple[tuple[str, Layout], ...], tight: bool) -> str:
    result = ""
    for position, (sign, term) in enumerate(terms):
        if position:
            result += sign if tight else f" {sign} "
        elif sign == "-":
            result += "-"
        result += render(term)
    return result


def _render_application(function: Layout, arguments: tuple[Layout, ...], bare: bool) -> str:
    name = render(function)
    inside = ", ".join(map(render, arguments))
    if bare:
        return f"{name} {inside}"
    if any(map(is_tall, arguments)):
        return rf"{name}\left( {inside} \right)"
    return f"{name}({inside})"
