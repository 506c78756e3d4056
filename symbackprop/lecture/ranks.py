"""Which arrays are numbers, columns, rows or matrices: found from the text's own equations.

Every array starts with all ranks that its letter may have. An equation leaves those for which both
of its sides can have one rank; what no equation decides is decided by the letter, likeliest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise, product

from symbackprop.lecture.letters import Family, Letters, Unclear
from symbackprop.lecture.survey import KNOWN, bare, letter_of
from symbackprop.reading import tree

SCALAR, COLUMN, ROW, MATRIX, JACOBIAN = "scalar", "column", "row", "matrix", "jacobian"
Ranks = frozenset[str]
ANY: Ranks = frozenset({SCALAR, COLUMN, ROW, MATRIX, JACOBIAN})
PLAIN: Ranks = frozenset({SCALAR, COLUMN, ROW, MATRIX})
ONE: Ranks = frozenset({SCALAR})
TURNED = {SCALAR: SCALAR, COLUMN: ROW, ROW: COLUMN, MATRIX: MATRIX, JACOBIAN: JACOBIAN}
TIMES = {
    (MATRIX, COLUMN): COLUMN,
    (MATRIX, MATRIX): MATRIX,
    (ROW, MATRIX): ROW,
    (ROW, COLUMN): SCALAR,
    (COLUMN, ROW): MATRIX,
}
NONE: Ranks = frozenset()
QUOTIENT = "oslash"
ELEMENTWISE_SIGNS = frozenset({"odot", "circ", "otimes", "bigcirc", ".*", QUOTIENT})
# signs that are the product that their factors call for
STARS = frozenset({"*", "times"})
SCALAR_LETTERS = frozenset({*"CELJTNMKmn", "eta", "alpha", "lambda"})
SMALL_LETTERS = frozenset({"epsilon", "varepsilon"})
MATRIX_LETTERS = frozenset("WUV")
WEIGHT_LETTERS = frozenset({*"WUVwuv", "Theta", "theta"})
COLUMN_LETTERS = frozenset({*"azxybhsou", "delta"})
BIAS_LETTERS = frozenset({"b", "c", "beta"})
REDUCERS = frozenset({"sum", "np.sum", "tr", "max", "min"})
EITHER: Ranks = frozenset({COLUMN, ROW})


class Ranking:
    """The possible ranks of every array, narrowed by equations."""

    def __init__(self, letters: Letters) -> None:
        self.letters = letters
        self.ranks: dict[str, Ranks] = {
            name: _first_ranks(family) for name, family in letters.families.items()
        }
        # what the equations alone leave
        self.possible = dict(self.ranks)
        # statements whose shapes cannot fit, whatever ranks are left
        self.broken: set[int] = set()
        # statements that have a number beside arrays in a sum, and no other reading
        self.loose: set[int] = set()
        self.is_loose = False

    def rank_of(self, name: str) -> str:
        """The rank of a whole array, once it is settled."""
        (rank,) = self.ranks[name]
        return rank

    # --- what an expression can be ----------------------------------------------------------

    def find(self, node: tree.Node) -> Ranks:
        """The ranks that an expression can have."""
        match node:
            case tree.Number() | tree.Dots() | tree.Compared():
                return ONE
            case tree.Name():
                return self._find_name(node)
            case tree.Transposed(
                body=tree.Call(function=tree.Name() as name, arguments=(argument,))
            ) if not self.is_function(name) and name.base != "d":
                turned = frozenset(TURNED[r] for r in self.find(argument))
                return frozenset(_times(self.find(name), turned))
            case tree.Transposed(body=body):
                return frozenset(TURNED[r] for r in self.find(body))
            case tree.Group(bracket="|" | "||", body=body):
                return ONE if self.find(body) else NONE
            case tree.Group(body=body) | tree.Braced(body=body) | tree.Primed(body=body):
                return self.find(body)
            case tree.Lowered():
                return ONE
            case tree.Power(base=base):
                return self.find(base)
            case tree.Product():
                return self._find_product(node)
            case tree.Total(terms=terms):
                return self._find_total([term for _, term in terms])
            case tree.Ratio(top=top, bottom=bottom):
                return _divide(self.find(top), self.find(bottom))
            case tree.Sum(body=body, index=None):
                return self.find(body) | {COLUMN, ROW, SCALAR}  # over all samples
            case tree.Sum(body=body):
                return self.find(body)
            case tree.Derivative(top=top, bottom=bottom, body=body):
                upper = top if top is not None else body
                return self._find_derivative(upper, bottom)
            case tree.Gradient(body=body, by=by):
                if by is None:
                    return PLAIN
                return self._find_derivative(body, by)
            case tree.Call():
                return self._find_call(node)
            case tree.Matrix(rows=rows):
                if all(len(row) == 1 for row in rows):
                    return frozenset({COLUMN})
                return frozenset({ROW if len(rows) == 1 else MATRIX})
            case tree.Listed(items=items) if len(items) > 1:
                return frozenset.intersection(*map(self.find, items)) - {SCALAR, JACOBIAN}
            case tree.Cases(rows=rows):
                return self._find_total([value for value, _ in rows])
        return ANY

    def _find_name(self, name: tree.Name) -> Ranks:
        if is_one(name):
            return PLAIN
        try:
            reference = self.letters.refer(name)
        except Unclear:
            return ANY
        family = reference.family
        if not family.components:
            return self.ranks[family.name]
        if reference.missing == 0:
            return ONE
        if reference.missing == 1:
            return (
                frozenset({COLUMN, ROW}) & self.ranks[family.name]
                if (family.components == 1)
                else frozenset({COLUMN, ROW})
            )
        return frozenset({MATRIX})

    def _find_total(self, terms: list[tree.Node]) -> Ranks:
        found = [self.find(term) for term in terms]
        # 1 - a: numbers as written go with every entry
        spread = [self.is_loose or _is_literal(term) for term in terms]
        lies = _find_bias_rank(terms)
        result = {
            r
            for r in ANY
            if all(
                _adds(r, ranks, at, _find_ways(term, lies))
                for ranks, at, term in zip(found, spread, terms, strict=True)
            )
        }
        return frozenset(r for r in result if any(r in ranks for ranks in found))

    def _find_product(self, node: tree.Product) -> Ranks:
        parts = [self._multiply(part) for part in split_elementwise(node)]
        if len(parts) == 1:
            return parts[0]
        result: Ranks = parts[0]
        for part in parts[1:]:
            result = frozenset(
                one if other == SCALAR else other
                for one, other in product(result, part)
                if one == other or SCALAR in (one, other) or JACOBIAN in (one, other)
            )
        return result

    def _multiply(self, factors: list[tuple[str, tree.Node]]) -> Ranks:
        found: Ranks | None = None
        for sign, factor in factors:
            ranks = self.find(factor)
            if found is None:
                found = ranks
            elif sign == "/":
                found = _divide(found, ranks)
            else:
                found = frozenset(_times(found, ranks))
        return ONE if found is None else found

    def _find_derivative(self, top: tree.Node | None, bottom: tree.Node) -> Ranks:
        uppers = self.find(top) if top is not None else ANY
        lowers = self.find(bottom)
        found: set[str] = set()
        for upper, lower in product(uppers, lowers):
            if upper == SCALAR:
                found |= {lower, TURNED[lower]}
            elif lower == SCALAR:
                found.add(upper)
            else:
                found.add(JACOBIAN)
        return frozenset(found)

    def _find_call(self, call: tree.Call) -> Ranks:
        if not isinstance(call.function, tree.Name):
            return ANY
        name = call.function
        if self.is_function(name):
            if not call.arguments:
                return ANY
            if name.base in ("max", "min") and len(call.arguments) > 1:
                return self._find_total(list(call.arguments))
            if name.base not in KNOWN and len(call.arguments) > 1:
                return ONE  # L(a, y)
            if name.base in REDUCERS:
                return ONE if len(call.arguments) == 1 else PLAIN
            if name.base == "diag":
                return frozenset({MATRIX, JACOBIAN})
            found = self.find(call.arguments[0])
            # the softmax of one number is 1
            return found - ONE if name.base == "softmax" else found
        if name.base == "d" and len(call.arguments) == 1:
            return frozenset(r for one in self.find(call.arguments[0]) for r in (one, TURNED[one]))
        if not call.certain and len(call.arguments) == 1:
            return frozenset(_times(self.find(name), self.find(call.arguments[0])))
        return self.find(name)

    def is_function(self, name: tree.Name) -> bool:
        """Whether a called name is a function of numbers."""
        plain = letter_of(name)._replace(primes=0)
        return name.base in KNOWN or any(
            plain == f._replace(primes=0) for f in self.letters.survey.functions
        )

    # --- narrowing --------------------------------------------------------------------------

    def narrow(self, statements: Iterable[tree.Statement]) -> None:
        """Use equations one after the other until nothing changes any more."""
        rows = [
            (statement, names)
            for statement in statements
            if (names := sorted(set(self._list_arrays(statement))))
        ]
        self.loose |= {id(s) for s, _ in rows if not self.is_possible(s)}
        waiting = list(range(len(rows)))
        while waiting:
            statement, names = rows[waiting.pop(0)]
            changed = self._use(statement, names)
            if changed:
                waiting += [
                    n
                    for n, (_, other) in enumerate(rows)
                    if changed & set(other) and n not in waiting
                ]

    def _list_arrays(self, statement: tree.Statement) -> Iterator[str]:
        for reference in self.letters.list_references(*statement.sides):
            yield reference.family.name

    def _use(self, statement: tree.Statement, names: list[str]) -> set[str]:
        changed = set()
        for name in names:
            kept = self.ranks[name]
            if len(kept) == 1:
                continue
            possible = set()
            for rank in kept:
                self.ranks[name] = frozenset({rank})
                if self.is_possible(statement):
                    possible.add(rank)
            self.ranks[name] = frozenset(possible) if possible else kept
            if self.ranks[name] != kept:
                changed.add(name)
        if not self.is_possible(statement):
            self.broken.add(id(statement))
        return changed

    def is_possible(self, statement: tree.Statement) -> bool:
        """Whether all sides can have one rank."""
        self.is_loose = id(statement) in self.loose
        found = [self.find(side) for side in statement.sides]
        self.is_loose = False
        return all(found) and all(
            one & other or JACOBIAN in one | other for one, other in pairwise(found)
        )

    def settle(self, statements: list[tree.Statement], cost: str | None = None) -> None:
        """Decide what the equations leave open, the surest letters first; a cost is a number."""
        self.narrow(statements)
        if cost in self.ranks and self.ranks[cost] > ONE:
            self._choose(cost, SCALAR, statements)
        self.possible = {
            name: _trust_letter(self.letters.families[name], ranks)
            for name, ranks in self.ranks.items()
        }
        for name, rank in _rank_by_letter(self.letters, self.ranks):
            if len(self.ranks[name]) > 1 and rank in self.ranks[name]:
                self._choose(name, rank, statements)
        for name in self.ranks:
            for rank in (SCALAR, COLUMN, MATRIX, ROW):
                if len(self.ranks[name]) > 1 and rank in self.ranks[name]:
                    self._choose(name, rank, statements)

    def _choose(self, name: str, rank: str, statements: list[tree.Statement]) -> None:
        """Take an array for a column, say, unless some equation that could have fitting shapes
        has them no longer: letters never overrule an equation."""
        before, broken, loose = dict(self.ranks), set(self.broken), set(self.loose)
        self.ranks[name] = frozenset({rank})
        self.narrow(statements)
        if self.broken - broken or self.loose - loose:
            self.ranks, self.broken, self.loose = before, broken, loose
            self.ranks[name] -= {rank}
            self.narrow(statements)

    def is_guessed(self, definitions: list[tree.Statement], claim: tree.Statement) -> bool:
        """Whether a claim has fitting shapes under other ranks of its names than those that their
        letters suggested: then nothing in the text says that the shapes clash."""
        settled = self.ranks
        self.ranks = {
            name: ranks - ONE if settled[name] != ONE else ONE if self._is_scalar(name) else ranks
            for name, ranks in self.possible.items()
        }
        statements = [*definitions, claim]
        self.narrow(statements)
        guessed = all(map(self.is_possible, statements))
        self.ranks = settled
        return guessed

    def _is_scalar(self, name: str) -> bool:
        return self.letters.families[name].letter.base in SCALAR_LETTERS


def is_one(name: tree.Name) -> bool:
    """The vector of ones, bold or double-struck 1, and the unit matrix are of any rank."""
    return name.base in ("1", "one")


def split_elementwise(node: tree.Product) -> list[list[tuple[str, tree.Node]]]:
    """W d . f --> [[W, d], [f]]: elementwise products bind less than what stands side by side.

    Where a part is divided by, its first factor has the sign of that. * is the product that stands
    between its factors: of matrices beside a weight and beside what is transposed, else entry by
    entry.
    """
    parts: list[list[tuple[str, tree.Node]]] = [[("", node.factors[0])]]
    for at, (sign, factor) in enumerate(zip(node.signs, node.factors[1:], strict=True)):
        is_star = sign in STARS and not _calls_for_matrices(*node.factors[at : at + 2])
        if sign in ELEMENTWISE_SIGNS or is_star:
            parts.append([(sign if sign == QUOTIENT else "", factor)])
        else:
            parts[-1].append((sign, factor))
    return parts


def _times(left: Ranks, right: Ranks) -> Iterator[str]:
    for one, other in product(left, right):
        if one == SCALAR:
            yield other
        elif other == SCALAR:
            yield one
        elif JACOBIAN in (one, other):
            yield from (JACOBIAN, COLUMN, ROW, MATRIX)
        elif (one, other) in TIMES:
            yield TIMES[one, other]


def _divide(top: Ranks, bottom: Ranks) -> Ranks:
    return frozenset(
        one if other == SCALAR else other
        for one, other in product(top, bottom)
        if other == SCALAR or one in (SCALAR, other)
    )


def _adds(rank: str, ranks: Ranks, spreads: bool, lies: Ranks) -> bool:
    """Whether a term of these ranks can stand in a sum of a rank: 1 - a, and a bias for each
    sample, are written so."""
    if not ranks:
        return False
    if JACOBIAN in ranks or rank == JACOBIAN or (spreads and SCALAR in ranks):
        return True
    if rank == MATRIX:
        return bool((lies | {MATRIX}) & ranks)
    if rank != SCALAR and len(lies) == 1 and rank not in lies:
        # X w + b: one neuron, and its bias is a number
        return SCALAR in ranks
    return rank in ranks


def _is_literal(node: tree.Node) -> bool:
    """Whether a term is a number as written, or a letter that always stands for one."""
    return all(
        n.base in SCALAR_LETTERS | SMALL_LETTERS
        for n in tree.walk(node)
        if isinstance(n, tree.Name)
    )


def _find_bias_rank(terms: list[tree.Node]) -> Ranks:
    """How a vector lies that is added to a product: along what the weights lead to, X W + b."""
    found: set[str] = set()
    for term in map(bare, terms):
        if isinstance(term, tree.Product):
            first, *_, last = (is_weight(f) for f in term.factors)
            found |= {COLUMN} if first and not last else {ROW} if last and not first else set()
    return frozenset(found) if len(found) == 1 else EITHER


def _find_ways(term: tree.Node, lies: Ranks) -> Ranks:
    """How a term may lie that is added to each row or column: a bias does, a product never."""
    if _is_bias(term):
        return lies
    return frozenset() if isinstance(bare(term), tree.Product) else EITHER


def _is_bias(term: tree.Node) -> bool:
    inner = bare(term)
    return isinstance(inner, tree.Name) and inner.base in BIAS_LETTERS


def _calls_for_matrices(left: tree.Node, right: tree.Node) -> bool:
    """Whether * between two factors is a product of matrices: W * x, and not W^T d * f'(z)."""
    if isinstance(bare(right), tree.Call) and bare(right).function.primes:  # type: ignore[attr-defined]
        return False
    return any(isinstance(bare(n), tree.Transposed) or is_weight(n) for n in (left, right))


def is_weight(node: tree.Node) -> bool:
    inner = bare(node)
    while isinstance(inner, tree.Transposed):
        inner = bare(inner.body)
    return isinstance(inner, tree.Name) and inner.base in WEIGHT_LETTERS


def _first_ranks(family: Family) -> Ranks:
    if family.components == 2:
        return frozenset({MATRIX})
    if family.components == 1:
        return frozenset({COLUMN, ROW})
    if family.components > 2:
        return frozenset({JACOBIAN})
    stated = _read_stated(family)
    if stated is not None:
        return stated
    if family.uses.numbered and family.name.strip("^,")[-1].isdigit():
        return ONE
    lower = sum(slot.place == "lower" for slot in family.slots)
    if lower and not any(slot.place == "upper" for slot in family.slots) and lower > 1:
        return ONE
    # a number has no transpose, and no entries to multiply one by one
    return PLAIN - ONE if family.uses.transposed else PLAIN


def _trust_letter(family: Family, ranks: Ranks) -> Ranks:
    """What nobody doubts: W is a matrix where it may be one, small letters are none."""
    base = family.letter.base
    wanted = frozenset({MATRIX}) if base in MATRIX_LETTERS else ranks
    if base.islower() and not family.components:
        wanted = ranks - {MATRIX}
    return ranks & wanted or ranks


def _read_stated(family: Family) -> Ranks | None:
    """x in R^n is a vector, in R^{1 x n} a row, in R^{n x m} a matrix."""
    for node in family.uses.stated:
        space = bare(node)
        if not isinstance(space, tree.Name) or space.base != "R":
            continue
        if not space.upper:
            return ONE
        power = bare(space.upper[0].content)
        if not isinstance(power, tree.Product) or power.signs not in (("times",), ("cdot",)):
            return frozenset({COLUMN, ROW})
        ends = [isinstance(f, tree.Number) and f.value == 1 for f in power.factors]
        if all(ends):
            return ONE
        return frozenset({ROW if ends[0] else COLUMN if ends[1] else MATRIX})
    return None


def _rank_by_letter(letters: Letters, ranks: Mapping[str, Ranks]) -> Iterator[tuple[str, str]]:
    """(array, rank) as its letter suggests, the surest first."""
    families = letters.families.values()
    has_arrays = letters.has_arrays
    for capital, rank in ((True, MATRIX), (False, COLUMN)):
        for family in families:
            if family.uses.bold and family.letter.base.isupper() == capital:
                yield family.name, rank
    for family in families:
        counted = letters.sequences.get(family.letter, frozenset())
        if any(s.place == "lower" and s not in counted for s in family.slots[: family.always]):
            # x_i is a number unless bold type says otherwise
            yield family.name, SCALAR
    for family in families:
        layers = letters.layers.get(family.letter, frozenset())
        # C_t is a state more often than a cost
        if family.letter.base in SCALAR_LETTERS and not layers & set(family.slots):
            yield family.name, SCALAR
    for family in families:
        base = family.letter.base
        if base == "w" and family.uses.multiplied:
            # X w: the capital is the matrix
            yield family.name, COLUMN
        elif base in MATRIX_LETTERS or (
            base == "w" and (family.always or (has_arrays and not family.uses.transposed))
        ):
            yield family.name, MATRIX
    for capital, rank in ((False, COLUMN), (True, MATRIX)):
        for family in families:
            uses, is_capital = family.uses, family.letter.base.isupper()
            if is_capital == capital and (uses.normed or uses.elementwise or uses.transposed):
                yield family.name, rank
    # a text with one array has others
    if any(ranks[f.name] & {COLUMN, MATRIX} and SCALAR not in ranks[f.name] for f in families):
        for family in families:
            if family.letter.base in COLUMN_LETTERS:
                yield family.name, COLUMN
                yield family.name, ROW
        for family in families:
            if len(family.letter.base) == 1 and family.letter.base.isupper():
                yield family.name, MATRIX
