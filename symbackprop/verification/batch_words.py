"""How a text writes samples and gradients: dW, z^{[l](i)}, 1/m, np.sum over an axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from symbackprop.reading import tree
from symbackprop.verification.lexicon import NAMED_ACTIVATIONS, Lexicon

# dW --> the derivative of the cost by W, marked so; among the names of a scene "d W"
NAMED = "d "
SAMPLE = "sample"
ALL_COST = "cost of all"
LOSS = "loss of one"
ADD_SAMPLES = "sum of samples"
COUNTS = frozenset("mMN")
COSTS = frozenset({"J", "C", "E"})
LOSSES = frozenset({"L", "ell"})
DIFFERENTIATED = ("W", "b", "z", "a", "x")
OF_SAMPLES = ("a", "z", "x", "y")
# layers in which formulas are tried where the text has no last one
DEPTH = 3
NUMPY = {"np.dot": "", "np.matmul": "", "np.multiply": "odot"}
SUMS = frozenset({"np.sum", "sum"})


@dataclass(frozen=True)
class Signs:
    """What * and × stand for: an elementwise product, or the product of matrices ("")."""

    star: str = "odot"
    cross: str = "odot"


@dataclass(frozen=True)
class BatchWords:
    """What a text says of its samples.

    `gradients`: dW is ∂C/∂W. `counts` are the letters for the number of samples, `averaged` is
    whether 1/m is written; with `lowercase` z and a are of all samples where they say nothing.
    `bracketed`: layers stand in [], so that (i) alone is a sample. `samples`: some (i) or m is
    written at all. `losses` are letters of one sample's loss, `whole` is whether the cost of all
    has another. With `single` there is one layer, z = w^T x + b, which nobody numbers, and with
    `unit` one neuron in it. `entrywise` are * and × where they stand beside a slope, dA * g'(Z).
    """

    gradients: bool
    counts: frozenset[str]
    averaged: bool
    lowercase: bool
    bracketed: bool
    samples: bool
    losses: frozenset[str]
    whole: bool
    depth: int
    single: bool = False
    unit: bool = False
    entrywise: frozenset[str] = frozenset()

    def extend(self, lexicon: Lexicon) -> Lexicon:
        """The letters of a text and the names that formulas are rewritten with."""
        letters = dict(lexicon.quantities)
        for letter, quantity in lexicon.quantities.items():
            if quantity in (*DIFFERENTIATED, "y"):
                letters[NAMED + letter] = NAMED + quantity
        letters[LOSS] = LOSS
        return replace(lexicon, quantities=letters, depth=self.depth)


def find_notation(statements: Sequence[tree.Statement], lexicon: Lexicon) -> BatchWords | None:
    """What a text says of its samples and its gradients; None where it says nothing of either."""
    sides = [side for statement in statements for side in statement.sides]
    names = [n for side in sides for n in tree.walk(side) if isinstance(n, tree.Name)]
    layered = [n for n in names if lexicon.find(n) in ("a", "z", "W", "b")]
    single = _is_single(statements, lexicon)
    if not single and not any(n.upper for n in layered):
        return None
    # where there is one layer, all that stands above is a sample
    bracketed = single or any(s.bracket == "[" for n in layered for s in n.upper)
    means = [m for side in sides for m in _list_means(side, lexicon)]
    sampled = any(_find_sample(n, lexicon, bracketed) is not None for n in names)
    gradients = _names_gradients(statements, lexicon)
    if not gradients and (single or not (means and bracketed)):
        return None
    summed = any(_adds_samples(n) for side in sides for n in tree.walk(side))
    return BatchWords(
        gradients=gradients,
        counts=frozenset(m for m, _ in means) or COUNTS,
        averaged=bool(means),
        lowercase=any(_is_lowercase_batch(body, lexicon, bracketed) for _, body in means)
        and not any(is_batch_name(n, lexicon) for n in names),
        bracketed=bracketed,
        samples=bool(means) or sampled or summed,
        losses=_find_losses(names, sides),
        whole=any(n.base in COSTS for n in names),
        depth=1 if single else _find_depth(layered),
        single=single,
        unit=single and not any(n.base == "W" for n in names),
        entrywise=frozenset(sign for side in sides for sign in _list_entrywise(side)),
    )


def _is_single(statements: Sequence[tree.Statement], lexicon: Lexicon) -> bool:
    """Whether z = w^T x + b is defined, with nothing but samples (i) above any name."""
    defined = False
    for statement in statements:
        names = [n for s in statement.sides for n in tree.walk(s) if isinstance(n, tree.Name)]
        known = [n for n in names if lexicon.find(n) in (*DIFFERENTIATED, "y")]
        if any(
            s.bracket != "(" or getattr(s.content, "base", "l") in ("l", "L")
            for n in known
            for s in n.upper
        ):
            return False
        left = statement.sides[0] if statement.sides else None
        found = {lexicon.find(n) for n in known}
        if isinstance(left, tree.Name) and lexicon.find(left) == "z" and {"W", "x"} <= found:
            defined = True
    return defined


def _list_entrywise(side: tree.Node) -> Iterator[str]:
    """* of dA * g'(Z)."""
    for node in tree.walk(side):
        if not isinstance(node, tree.Product):
            continue
        for place, sign in enumerate(node.signs):
            beside = node.factors[place], node.factors[place + 1]
            if sign in ("*", "ast", "times") and any(
                isinstance(f, tree.Call) and isinstance(f.function, tree.Name) and f.function.primes
                for f in beside
            ):
                yield sign


def _list_means(side: tree.Node, lexicon: Lexicon) -> Iterator[tuple[str, tree.Node]]:
    """1/m before or below something: the letter, and what the whole product is."""
    for node in tree.walk(side):
        if isinstance(node, tree.Product):
            for sign, factor in zip(("", *node.signs), node.factors, strict=True):
                letter = _read_count(factor) if sign == "/" else _read_share(factor)
                if letter is not None:
                    yield letter, node
        elif isinstance(node, tree.Ratio) and not isinstance(node.top, tree.Number):
            letter = _read_count(node.bottom)
            if letter is not None:
                yield letter, node.top


def _read_share(node: tree.Node) -> str | None:
    if not isinstance(node, tree.Ratio) or not isinstance(node.top, tree.Number):
        return None
    return _read_count(node.bottom) if node.top.value == 1 else None


def _read_count(node: tree.Node) -> str | None:
    if not isinstance(node, tree.Name) or node.upper or node.lower or node.primes:
        return None
    return node.base if node.base in COUNTS else None


def is_batch_name(name: tree.Name, lexicon: Lexicon) -> bool:
    """Z, A and X are of all samples."""
    return name.base.isupper() and lexicon.find(name) in ("a", "z", "x")


def _is_lowercase_batch(body: tree.Node, lexicon: Lexicon, bracketed: bool) -> bool:
    """1/m dz a^T: all samples, though in lower case and with no (i)."""
    adds = any(isinstance(n, tree.Transposed) or _adds_samples(n) for n in tree.walk(body))
    return (
        adds
        and any(
            isinstance(n, tree.Name)
            and n.base.islower()
            and lexicon.find(n) in ("a", "z")
            and _find_sample(n, lexicon, bracketed) is None
            for n in tree.walk(body)
        )
        and not any(isinstance(n, tree.Sum) and n.index is not None for n in tree.walk(body))
    )


def _find_losses(names: Sequence[tree.Name], sides: Sequence[tree.Node]) -> frozenset[str]:
    """L where it is a loss: in script letters, called, or differentiated."""
    found = {n.base for n in names if n.base in LOSSES and (n.style == "cal" or n.base == "ell")}
    for side in sides:
        for node in tree.walk(side):
            inner: tree.Node | None = None
            if isinstance(node, tree.Call):
                inner = node.function
            elif isinstance(node, tree.Derivative):
                inner = node.top.function if isinstance(node.top, tree.Call) else node.top
            if isinstance(inner, tree.Name) and inner.base in LOSSES:
                found.add(inner.base)
    return frozenset(found)


def _find_depth(names: Sequence[tree.Name]) -> int:
    contents = [s.content for n in names for s in n.upper[:1]]
    letters = {n.base for c in contents for n in tree.walk(c) if isinstance(n, tree.Name)}
    numbers = [int(c.value) for c in contents if isinstance(c, tree.Number) and c.value < 9]
    highest = max(numbers, default=0)
    if "L" in letters or highest == 0:
        return max(DEPTH, highest)
    return highest


# --- names such as dW -------------------------------------------------------------------------


def _names_gradients(statements: Sequence[tree.Statement], lexicon: Lexicon) -> bool:
    """Whether some dW stands alone on a side, and no dC does (a differential)."""
    sides = [side for statement in statements for side in statement.sides]
    if any(_is_differential(node, lexicon) for side in sides for node in tree.walk(side)):
        return False
    return any(_read_gradient(side, lexicon) is not None for side in sides)


def _is_differential(node: tree.Node, lexicon: Lexicon) -> bool:
    if not isinstance(node, tree.Call) or not _is_mark(node.function) or not node.arguments:
        return False
    changed = node.arguments[0]
    return isinstance(changed, tree.Name) and (
        lexicon.find(changed) == "C" or changed.base in COSTS | LOSSES
    )


def _is_mark(node: tree.Node) -> bool:
    return (
        isinstance(node, tree.Name)
        and node.base in ("d", "partial")
        and not (node.upper or node.lower or node.primes)
    )


def _read_gradient(node: tree.Node, lexicon: Lexicon) -> tree.Node | None:
    """dW, d W, dW^T, \\mathit{dZ}^{[l]}: the name W, transposed where it is; None for others."""
    match node:
        case tree.Call(function=function, arguments=(inner,)) if _is_mark(function):
            return inner if _is_quantity(inner, lexicon) else None
        case tree.Product(factors=(mark, inner), signs=("",)) if _is_mark(mark):
            return inner if _is_quantity(inner, lexicon) else None
        case tree.Power(base=base, exponent=tree.Group(body=layer, bracket=bracket)):
            inner_name = _read_gradient(base, lexicon)
            if isinstance(inner_name, tree.Name) and not inner_name.upper:
                return replace(inner_name, upper=(tree.Script(layer, bracket),))
        case tree.Name(base=base) if base[:1] == "d" and len(base) == 2:
            bare = replace(node, base=base[1:], style="")
            return bare if _is_quantity(bare, lexicon) else None
    return None


def _is_quantity(node: tree.Node, lexicon: Lexicon) -> bool:
    if isinstance(node, tree.Transposed):
        node = node.body
    return isinstance(node, tree.Name) and lexicon.find(node) in DIFFERENTIATED


def name_gradients(
    statement: tree.Statement, notation: BatchWords, lexicon: Lexicon
) -> tree.Statement:
    """A statement with ∂C/∂W for dW, marked as written so; W^{[l]^T} is W^{[l]} transposed.

    About one sample * and × are ⊙ where the text says so; about several see `prepare`.
    """
    letters = [k for k, v in lexicon.quantities.items() if v == "C"]
    cost = tree.Name((0, 0), letters[0] if letters else "C")
    sides = tuple(_rename(side, lexicon, cost) for side in statement.sides)
    renamed = replace(statement, sides=sides)
    if notation.entrywise and not concerns_batch(renamed, notation, lexicon):
        sides = tuple(_spell_products(side, notation.entrywise) for side in sides)
    return replace(statement, sides=sides) if sides != statement.sides else statement


def _spell_products(node: Any, entrywise: frozenset[str]) -> Any:
    """* --> ⊙, but for products of numbers."""
    if isinstance(node, tuple):
        return tuple(_spell_products(item, entrywise) for item in node)
    if not isinstance(node, tree.Node | tree.Script):
        return node
    node = _rebuild(node, lambda child: _spell_products(child, entrywise))
    if isinstance(node, tree.Product) and any(isinstance(n, tree.Name) for n in tree.walk(node)):
        signs = tuple("odot" if sign in entrywise else sign for sign in node.signs)
        return replace(node, signs=signs)
    return node


def _rename(node: Any, lexicon: Lexicon, cost: tree.Name) -> Any:
    if isinstance(node, tuple):
        return tuple(_rename(item, lexicon, cost) for item in node)
    if not isinstance(node, tree.Node | tree.Script):
        return node
    if isinstance(node, tree.Product):
        node = _join_marks(node)
    inner = _read_gradient(node, lexicon) if isinstance(node, tree.Node) else None
    if inner is not None:
        below = _rename(inner, lexicon, cost)
        turns = 0
        while isinstance(below, tree.Transposed):
            below, turns = below.body, turns + 1
        made: tree.Node = tree.Derivative(node.span, cost, below, "d", NAMED)
        return tree.Transposed(node.span, made) if turns % 2 else made
    if isinstance(node, tree.Name) and node.upper:
        last = node.upper[-1]
        if isinstance(last.content, tree.Transposed) and isinstance(last.content.body, tree.Group):
            group = last.content.body
            layer = tree.Script(group.body, group.bracket)
            bare = replace(node, upper=(*node.upper[:-1], layer))
            return tree.Transposed(node.span, bare, last.content.mark)
    return _rebuild(node, lambda child: _rename(child, lexicon, cost))


def _rebuild(node: Any, change: Any) -> Any:
    inner = {
        slot.name: change(getattr(node, slot.name)) for slot in fields(node) if slot.name != "span"
    }
    return replace(node, **inner)


def _join_marks(node: tree.Product) -> tree.Product:
    """1/m d Z A^T --> 1/m dZ A^T."""
    factors, signs = list(node.factors), list(node.signs)
    place = 0
    while place + 1 < len(factors):
        if _is_mark(factors[place]) and signs[place] == "" and len(factors) > 2:
            mark, name = factors[place], factors[place + 1]
            joined = tree.Call((mark.span[0], name.span[1]), mark, (name,), False)
            factors[place : place + 2] = [joined]
            del signs[place]
        place += 1
    return replace(node, factors=tuple(factors), signs=tuple(signs))


# --- which sample -----------------------------------------------------------------------------


def _find_sample(name: tree.Name, lexicon: Lexicon, bracketed: bool) -> tree.Script | None:
    """The (i) of x^{(i)}, z^{[l](i)} and, where layers stand in [], of a^{(i)}."""
    quantity = lexicon.find(name)
    round_ones = [s for s in name.upper if s.bracket == "("]
    if not round_ones:
        return None
    if quantity in ("x", "y") or name.accent == "hat" or name.base in COSTS | LOSSES:
        return round_ones[0] if len(name.upper) == 1 or bracketed else round_ones[-1]
    if quantity not in ("a", "z"):
        return None
    if len(name.upper) == 2:
        return round_ones[-1]
    return round_ones[0] if bracketed and len(name.upper) == 1 else None


def _adds_samples(node: tree.Node) -> bool:
    """Σ dZ without an index, np.sum(dZ, ...)."""
    if isinstance(node, tree.Sum):
        return node.kind == "sum" and node.index is None
    function = node.function if isinstance(node, tree.Call) else None
    return isinstance(function, tree.Name) and function.base in SUMS


def concerns_batch(statement: tree.Statement, notation: BatchWords, lexicon: Lexicon) -> bool:
    """Whether a statement is about several samples: 1/m, (i), dZ, sums over samples."""
    for side in statement.sides:
        for node in tree.walk(side):
            if isinstance(node, tree.Name):
                if _find_sample(node, lexicon, notation.bracketed) is not None:
                    return True
                if notation.samples and _read_count(node) in notation.counts:
                    return True
            if isinstance(node, tree.Derivative) and node.mark_below == NAMED:
                name = node.bottom
                assert isinstance(name, tree.Name)
                if notation.lowercase or is_batch_name(name, lexicon):
                    return True
            if _adds_samples(node) and _writes_layers(node, lexicon):
                return True
    return False


def says_samples(sides: Sequence[tree.Node], notation: BatchWords, lexicon: Lexicon) -> bool:
    """Whether 1/m has something beside it that is of several samples: X, x^{(i)}, a sum."""
    if notation.lowercase:
        return True
    nodes = [n for side in sides for n in tree.walk(side)]
    names = [n for n in nodes if isinstance(n, tree.Name)]
    return (
        not any(_read_count(n) in notation.counts for n in names)
        or not any(lexicon.find(n) in OF_SAMPLES for n in names)
        or any(isinstance(n, tree.Sum) or _adds_samples(n) for n in nodes)
        or any(
            is_batch_name(n, lexicon) or _find_sample(n, lexicon, notation.bracketed) for n in names
        )
    )


def writes_any_layer(sides: Sequence[tree.Node], notation: BatchWords, lexicon: Lexicon) -> bool:
    """Whether any name has a layer, or is of the inputs or targets of the network alone."""
    names = [n for side in sides for n in tree.walk(side) if isinstance(n, tree.Name)]
    layered = [n for n in names if lexicon.find(n) in ("a", "z", "W", "b") and not n.accent]
    return (
        notation.single
        or not layered
        or any(
            len(n.upper) > (_find_sample(n, lexicon, notation.bracketed) is not None)
            for n in layered
        )
    )


def find_hidden_activation(
    statements: Sequence[tree.Statement], lexicon: Lexicon, depth: int
) -> str | None:
    """tanh of A^{[1]} = tanh(Z^{[1]}), in a layer that is not the last."""
    for statement in statements:
        left, right = (*statement.sides[:2], None, None)[:2]
        if not isinstance(left, tree.Name) or not isinstance(right, tree.Call):
            continue
        layer = left.upper[0].content if left.upper else None
        hidden = isinstance(layer, tree.Number) and layer.value < depth
        named = getattr(right.function, "base", "").lower()
        if hidden and lexicon.find(left) == "a" and named in NAMED_ACTIVATIONS:
            return NAMED_ACTIVATIONS[named]
    return None


def _writes_layers(node: tree.Node, lexicon: Lexicon) -> bool:
    return any(
        isinstance(n, tree.Name) and n.upper and lexicon.find(n) in ("a", "z", "x", "y")
        for n in tree.walk(node)
    )


def prepare(node: Any, notation: BatchWords, lexicon: Lexicon, signs: Signs, loose: bool) -> Any:
    """A formula in the words of a scene of batches: samples stand first below a name, dW is the
    name "d W", * and × are what they mean in this text."""

    def go(part: Any) -> Any:
        if isinstance(part, tuple):
            return tuple(go(item) for item in part)
        if isinstance(part, tree.Name):
            return _place_sample(part, notation, lexicon)
        if isinstance(part, tree.Derivative):
            return _prepare_derivative(part, go, notation, lexicon, loose)
        if isinstance(part, tree.Product):
            return _choose_signs(_rebuild(part, go), signs)
        if isinstance(part, tree.Call):
            return _prepare_call(part, go)
        if isinstance(part, tree.Sum):
            part = _mark_samples(part, notation, lexicon)
        if _adds_samples(part):
            name = tree.Name(part.span, ADD_SAMPLES)
            return tree.Call(part.span, name, (go(part.body),))
        if isinstance(part, tree.Node | tree.Script):
            return _rebuild(part, go)
        return part

    return go(node)


def _mark_samples(total: tree.Sum, notation: BatchWords, lexicon: Lexicon) -> tree.Sum:
    """Σ_i^m dZ_i, Σ_i Z_i: what is summed over is a sample below a name of all of them."""
    index, high = total.index, total.high
    if not isinstance(index, tree.Name) or (
        high is not None and not (isinstance(high, tree.Name) and high.base in notation.counts)
    ):
        return total

    def go(part: Any) -> Any:
        if isinstance(part, tuple):
            return tuple(go(item) for item in part)
        if isinstance(part, tree.Name):
            of_all = is_batch_name(part, lexicon) or high is not None
            lower = tuple(
                replace(s, bracket=SAMPLE)
                if s.content == replace(index, span=s.content.span)
                else s
                for s in part.lower
            )
            known = lexicon.find(part) in OF_SAMPLES and len(lower) == 1
            return replace(part, lower=lower) if of_all and known else part
        return _rebuild(part, go) if isinstance(part, tree.Node | tree.Script) else part

    return replace(total, body=go(total.body))


def _place_sample(name: tree.Name, notation: BatchWords, lexicon: Lexicon) -> tree.Node:
    sample = _find_sample(name, lexicon, notation.bracketed)
    kind = _classify_cost(name, notation, lexicon, sample is not None)
    made: tree.Node = name
    if sample is not None:
        upper = tuple(s for s in name.upper if s is not sample)
        made = name = replace(
            name, upper=upper, lower=(tree.Script(sample.content, SAMPLE), *name.lower)
        )
    if kind is not None:
        return replace(name, base=kind, accent="", style="")
    if len(name.upper) == 1 and lexicon.find(name) in ("a", "z"):
        return _split_square(name)
    return made


def _split_square(name: tree.Name) -> tree.Node:
    """A^{[1]2} --> the square of A^{[1]}, entry by entry."""
    content = name.upper[0].content
    if not isinstance(content, tree.Product) or any(content.signs):
        return name
    *groups, power = content.factors
    if not isinstance(power, tree.Number) or not all(isinstance(g, tree.Group) for g in groups):
        return name
    scripts = [tree.Script(g.body, g.bracket) for g in groups if isinstance(g, tree.Group)]
    layer, *samples = scripts
    below = tuple(tree.Script(s.content, SAMPLE) for s in samples)
    return tree.Power(name.span, replace(name, upper=(layer,), lower=below + name.lower), power)


def _classify_cost(
    name: tree.Name, notation: BatchWords, lexicon: Lexicon, sampled: bool
) -> str | None:
    """J is the cost of all samples, L one sample's loss; L alone where there is no J is both."""
    cost = lexicon.find(name) == "C" or name.base in COSTS
    loss = name.base in LOSSES and (name.base in notation.losses or sampled)
    if not (cost or loss):
        return None
    return LOSS if sampled or (loss and notation.whole) else ALL_COST


def _prepare_derivative(
    node: tree.Derivative, go: Any, notation: BatchWords, lexicon: Lexicon, loose: bool
) -> Any:
    top = node.top.function if isinstance(node.top, tree.Call) else node.top
    bottom = go(node.bottom)
    if not isinstance(top, tree.Name) or not isinstance(bottom, tree.Name):
        return _rebuild(node, go)
    of_samples = lexicon.find(bottom) in OF_SAMPLES
    sampled = _find_sample(top, lexicon, True) is not None
    kind = _classify_cost(top, notation, lexicon, sampled)
    # ∂L/∂Z is another way of writing dZ, and where the author is loose ∂J/∂Z is
    meant = kind is not None and not sampled and (top.base in LOSSES or (loose and of_samples))
    if node.mark_below == NAMED or meant:
        return replace(bottom, base=NAMED + bottom.base, span=node.span)
    if kind is not None:
        return replace(node, top=go(top), bottom=bottom)
    return _rebuild(node, go)


def _choose_signs(node: tree.Product, signs: Signs) -> tree.Product:
    chosen = {"*": signs.star, "ast": signs.star, "times": signs.cross}
    return replace(node, signs=tuple(chosen.get(sign, sign) for sign in node.signs))


def _prepare_call(node: tree.Call, go: Any) -> Any:
    name = node.function
    if isinstance(name, tree.Name) and name.base in NUMPY and len(node.arguments) == 2:
        made = tree.Product(node.span, go(node.arguments), (NUMPY[name.base],))
        return tree.Group(node.span, made)
    if _adds_samples(node):
        given = [
            inner
            for a in node.arguments
            for inner in (a.items if isinstance(a, tree.Listed) else (a,))
        ]
        kept = [a for a in given if not isinstance(a, tree.Compared)]
        axes = [
            a.right
            for a in given
            if isinstance(a, tree.Compared)
            and isinstance(a.left, tree.Name)
            and a.left.base == "axis"
        ]
        plain = [go(a) for a in kept if not (isinstance(a, tree.Name) and "=" in a.base)]
        return tree.Call(node.span, tree.Name(node.span, ADD_SAMPLES), (*plain[:1], *axes[:1]))
    return _rebuild(node, go)
