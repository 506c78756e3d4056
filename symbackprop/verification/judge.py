"""The verdict on every statement of a text: which reading holds, or what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from symbackprop.reading import tree
from symbackprop.verification.arithmetic import (
    is_numeric,
    judge_numbers,
)
from symbackprop.verification.claims import (
    is_change,
    is_update,
    judge_given,
    judge_gradient_list,
    judge_update,
    judge_value,
)
from symbackprop.verification.compare import FreeIndex, Outcome, try_scenes
from symbackprop.verification.definitions import Definition, read_definition
from symbackprop.verification.findings import HOLDS, STATED
from symbackprop.verification.forms import refuse_form
from symbackprop.verification.graph_claims import is_all_numbers, judge_definition, judge_graph
from symbackprop.verification.judgement import (
    DANGLING,
    DEFINITION,
    MENDED,
    NO_VALUE,
    Counterexample,
    Judgement,
    say_not_checkable,
    say_stated,
)
from symbackprop.verification.lexicon import (
    LAYERED,
    Lexicon,
    list_names,
    spell,
    states_slope_of_sigmoid,
)
from symbackprop.verification.meaning import (
    BUDGET,
    KNOWN,
    Meaningless,
    Reading,
)
from symbackprop.verification.models import READING
from symbackprop.verification.names import write_name
from symbackprop.verification.networks import list_doubts
from symbackprop.verification.samples import judge_mean, open_mean
from symbackprop.verification.shapes import ShapeClash
from symbackprop.verification.text import (
    EQUALS,
    ONE_NEURON,
    SEEDS,
    Text,
    find_prime,
    list_links,
    may_have_layers,
    writes_layers,
)

ASSIGNS = ("leftarrow", ":=")
APPROXIMATE = ("approx", "simeq", "sim")
# of the links of a chain the first of these speaks for all: what was compared before what is said
ORDER = ("wrong", "ill-formed", "holds-for-one-neuron", HOLDS, STATED, "not-checkable")


def judge_statement(text: Text, statement: tree.Statement) -> Judgement:
    """The verdict on one statement; each link of a chain of equalities is judged by itself."""
    text.enter(statement)
    text.budget = [BUDGET]
    condition = text.find_condition(statement)
    if not statement.continues and statement.sides and not statement.is_remark:
        text.begun = statement.sides[0]
    approximate = statement.signs[:1] and statement.signs[0] in APPROXIMATE
    if id(statement) in text.firsts and statement.continues and approximate:
        # "≈ 1" in running text is not about what was written last.
        text.ended = None
    statement = text.name_gradients(statement)
    carried = int(statement.continues and text.ended is not None)
    if carried and text.ended is not None:
        statement = replace(statement, sides=(text.ended, *statement.sides), continues=False)
    if statement.sides and not statement.is_remark:
        text.ended = statement.sides[-1]
    if len(statement.sides) > 2 and spell(statement.sides[0]) == spell(statement.sides[1]):
        statement = replace(statement, sides=statement.sides[1:], signs=statement.signs[1:])
    refused = refuse_form(statement, carried)
    if refused is not None:
        return refused
    judgements = [*_judge_numbers(statement)]
    for left, sign, right in list_links(statement):
        if is_numeric(left) and is_numeric(right):
            continue
        if sign in APPROXIMATE:
            judgements.append(_judge_approximation(text, statement, left, right))
        elif sign == "in" and judgements:
            # what set it is from says nothing that can fail
            continue
        elif sign == "leftarrow" and _adds_up(left, right):
            judgements.append(say_not_checkable("an assignment that adds up"))
        elif sign not in (*EQUALS, *ASSIGNS):
            judgements.append(say_not_checkable(f"the sign {sign} states no equation"))
        else:
            judgements.append(_judge_link(text, statement, left, right, sign))
    combined = _combine(judgements)
    if condition is not None and combined.verdict == "wrong":
        return say_not_checkable(f"it is said to hold under a condition: {condition}")
    return _note_lenience(text, statement, combined)


def _adds_up(left: tree.Node, right: tree.Node) -> bool:
    """G ← G + ..."""
    return (
        isinstance(right, tree.Total)
        and right.terms[-1][0] == "+"
        and any(spell(term) == spell(left) for _, term in right.terms)
    )


def _judge_approximation(
    text: Text, statement: tree.Statement, left: tree.Node, right: tree.Node
) -> Judgement:
    """≈ holds where = does; a change Δ is meant to the first order, a mean over some samples."""
    vague = say_not_checkable("an approximation")
    found = judge_mean(left, right)
    if found is None and (is_change(left) or is_numeric(right) or is_numeric(left)):
        found = _judge_link(text, statement, left, right, "=")
    return found if found is not None and found.verdict in (HOLDS, STATED) else vague


def _note_lenience(text: Text, statement: tree.Statement, judgement: Judgement) -> Judgement:
    """What was filled in so that a formula holds is said."""
    if judgement.verdict not in (HOLDS, STATED) or judgement.code is not None:
        return judgement
    nodes = [n for side in statement.sides for n in tree.walk_formula(side)]
    if any(isinstance(n, tree.Sum) and n.index is None for n in nodes):
        return replace(judgement, code=MENDED, message="a sum without an index, over one term")
    names = [
        n for side in statement.sides for n in list_names(side) if text.lexicon.find(n) in LAYERED
    ]
    if text.notation is not None and text.notation.single:
        return judgement
    bare = [n for n in names if not n.upper]
    if bare and len(bare) < len(names) and judgement.reading != DEFINITION:
        words = f"{write_name(bare[0])} has no layer; the last one was taken"
        return replace(judgement, code=MENDED, message=words)
    return judgement


def _judge_numbers(statement: tree.Statement) -> Iterator[Judgement]:
    for _, verdict, message in judge_numbers(statement):
        if verdict == "holds":
            yield Judgement("holds", "numbers")
        elif verdict == "wrong":
            yield Judgement("wrong", message=message, code="BP301")
        else:
            yield say_not_checkable(message or "numbers")


def _combine(judgements: list[Judgement]) -> Judgement:
    """The verdict on a chain: what is wrong in one link is wrong; a chain holds only when every
    link was understood, but for values that the text does not give the numbers for."""
    if not judgements:
        return say_not_checkable("nothing that could be held against anything")
    worst = min(judgements, key=lambda j: ORDER.index(j.verdict))
    if worst.verdict in (HOLDS, STATED, "holds-for-one-neuron"):
        # a value beside a definition alone is held against nothing
        spared = NO_VALUE if worst.verdict != STATED else None
        vague = [j for j in judgements if j.verdict == "not-checkable" and j.code != spared]
        return vague[0] if vague else worst
    return worst


def _judge_link(
    text: Text, statement: tree.Statement, left: tree.Node, right: tree.Node, sign: str
) -> Judgement:
    """The verdict on one link; what is the first to say of something what it is, is stated."""
    judgement = _compare_link(text, statement, left, right, sign)
    if judgement.verdict != HOLDS or not _introduces(text, statement, left, right):
        return judgement
    reading = f"{DEFINITION}, {judgement.reading}"
    return replace(judgement, verdict=STATED, reading=reading, instances=None)


def _introduces(text: Text, statement: tree.Statement, left: tree.Node, right: tree.Node) -> bool:
    """z^l = W^l a^{l-1} + b^l, δ^l = ∂C/∂z^l: the network that is declared has no say in it."""
    if text.lexicon.declared or not text.is_written or text.place not in text.introductions:
        return False
    if left is not statement.sides[0]:
        return False
    own = read_definition(statement)
    if own is None or text.is_claim(own):
        return False
    if _is_error(text, left):
        return isinstance(right, tree.Derivative)
    return not own.is_by_derivatives


def _compare_link(
    text: Text, statement: tree.Statement, left: tree.Node, right: tree.Node, sign: str
) -> Judgement:
    if sign in ASSIGNS and _assigns_step(left, right):
        return judge_update(left, right)
    if _names_arguments(left, right) or _names_arguments(right, left):
        return say_stated(DEFINITION)
    if sign == "=" and left is statement.sides[0] and _sets_parameter(text, left, right):
        return judge_given(text, left)
    if _defines_by_cases(text, left, right):
        return say_stated(DEFINITION)
    if text.batches is not None and text.batches.concerns(statement):
        return text.batches.judge(text.networks, left, right, text.budget)
    says_slope = left is statement.sides[0] and states_slope_of_sigmoid(statement)
    if says_slope and not _defines_function(text, left):
        return say_stated(DEFINITION)
    mean = judge_mean(left, right)
    if mean is not None:
        return mean
    meant = open_mean(right)
    if meant is not None and writes_layers(text.lexicon, statement):
        one = replace(statement, sides=(left, meant), signs=("=",))
        judgement = _judge_link(text, one, left, meant, sign)
        if judgement.verdict in (HOLDS, STATED):
            words = "the sum has an index that its terms have not; each sample is meant"
            return replace(judgement, code=MENDED, message=words)
    own = read_definition(statement)
    if own is not None and text.is_claim(own):
        own = None
    is_definition = own is not None and left is statement.sides[0]
    if text.numbered and writes_layers(text.lexicon, statement):
        graph = _judge_graph_link(text, statement, own, left, right)
        if graph.verdict in (HOLDS, STATED) or (graph.verdict == "wrong" and own is None):
            return graph
        layered = _judge_layered(text, statement, left, right)
        return layered if layered.verdict in ("holds", "holds-for-one-neuron") else graph
    if writes_layers(text.lexicon, statement):
        layered = _judge_layered(text, statement, left, right)
        if text.batches is not None and layered.verdict != "holds":
            batched = text.batches.judge(text.networks, left, right, text.budget)
            layered = batched if batched.verdict == "holds" else layered
        if is_definition and not _is_precise(statement) and not _is_error(text, left):
            layered = _mildly(layered, _is_cost(text, left))
        if layered.verdict != "not-checkable" or not _labels_only(text, statement):
            return layered
    elif may_have_layers(text, statement):
        layered = _judge_layered(text, statement, left, right)
        if layered.verdict in ("holds", "holds-for-one-neuron"):
            return layered
        layered = say_not_checkable(layered.message or "the layers are not written")
    else:
        layered = say_not_checkable("nothing in it is defined in the text")
    if isinstance(left, tree.Gradient):
        listed = judge_gradient_list(left, right)
        if listed is not None:
            return listed
    return _judge_graph_link(text, statement, own, left, right)


def _judge_graph_link(
    text: Text,
    statement: tree.Statement,
    own: Definition | None,
    left: tree.Node,
    right: tree.Node,
) -> Judgement:
    """One link by what the text defines, whatever layers it writes."""
    differential = next(_list_differentials(left), None)
    if differential is not None and own is None:
        return say_not_checkable(
            f"d{write_name(differential)}: it is not said what is differentiated, as in ∂C/∂a"
        )
    if is_update(left, right):
        return judge_update(left, right)
    if own is not None and left is statement.sides[0]:
        return judge_definition(text, own)
    if is_numeric(left) or is_numeric(right):
        return judge_value(text, left, right)
    if text.is_written and text.place in text.proved:
        return Judgement(HOLDS, READING)
    return judge_graph(text, left, right)


def _sets_parameter(text: Text, left: tree.Node, right: tree.Node) -> bool:
    """b^l = 0: where training starts from."""
    return (
        isinstance(left, tree.Name)
        and text.lexicon.find(left) in ("W", "b")
        and is_numeric(_open_accent(right))
    )


def _open_accent(node: tree.Node) -> tree.Node:
    """0 in bold type, or with an arrow --> 0."""
    if isinstance(node, tree.Name) and node.base.isdigit():
        return tree.Number(node.span, Fraction(node.base))
    return node


def _defines_by_cases(text: Text, left: tree.Node, right: tree.Node) -> bool:
    """ε(z) = 1 where z > 0, else 0: the first that is said of a function says what it is."""
    name = left.function if isinstance(left, tree.Call) else None
    if not isinstance(right, tree.Cases) or not isinstance(name, tree.Name):
        return False
    known = name.base in KNOWN or spell(name) in text.definitions
    return not known and text.lexicon.find(name) is None


def _list_differentials(node: tree.Node) -> Iterator[tree.Node]:
    """a of da, which is no d times a even where the text has a d of its own."""
    for part in tree.walk_formula(node):
        if isinstance(part, tree.Call) and not part.certain and spell(part.function) == "d":
            yield part.arguments[0]


def _assigns_step(left: tree.Node, right: tree.Node) -> bool:
    """w := w - eta ∂C/∂w."""
    if not isinstance(right, tree.Total) or len(right.terms) != 2:
        return False
    (_, old), (_, step) = right.terms
    return spell(old) == spell(left) and any(
        isinstance(n, tree.Derivative | tree.Gradient) for n in tree.walk(step)
    )


def _defines_function(text: Text, left: tree.Node) -> bool:
    """Whether the text says elsewhere what the function is whose slope stands on the left."""
    name = left.function if isinstance(left, tree.Call) else left
    return isinstance(name, tree.Name) and spell(replace(name, primes=0)) in text.definitions


def _names_arguments(one: tree.Node, other: tree.Node) -> bool:
    """a = a(x): what it depends on, and nothing else."""
    return (
        isinstance(one, tree.Name)
        and isinstance(other, tree.Call)
        and spell(other.function) == spell(one)
    )


def _labels_only(text: Text, statement: tree.Statement) -> bool:
    """W^{(1)} and W^{(2)} are names of two matrices, where no layer is written with a letter."""
    return not text.lexicon.declared and not any(
        isinstance(n, tree.Name)
        and text.lexicon.find(n) in LAYERED
        and any(not isinstance(s.content, tree.Number) for s in n.upper)
        for side in statement.sides
        for n in tree.walk(side)
    )


def _is_precise(statement: tree.Statement) -> bool:
    """Whether indices, transposes or norms say how many neurons are meant."""
    return any(
        isinstance(n, tree.Transposed | tree.Sum)
        or (isinstance(n, tree.Group) and n.bracket == "||")
        or (isinstance(n, tree.Name) and any(spell(s.content).isalpha() for s in n.lower))
        for side in statement.sides
        for n in tree.walk_formula(side)
    )


def _is_error(text: Text, left: tree.Node) -> bool:
    return isinstance(left, tree.Name) and text.lexicon.find(left) == "delta"


def _is_cost(text: Text, left: tree.Node) -> bool:
    name = left.function if isinstance(left, tree.Call) else left
    return isinstance(name, tree.Name) and text.lexicon.find(name) == "C"


def _mildly(judgement: Judgement, of_cost: bool) -> Judgement:
    """A definition of a layered quantity declares it. The cost is what the text's other formulas
    are held against, so a definition of it can be wrong."""
    if judgement.verdict == "holds-for-one-neuron":
        return say_stated(f"{DEFINITION}, for one neuron")
    if judgement.verdict == "wrong" and not of_cost:
        return say_not_checkable(
            f"it is not what the usual layered network has: {judgement.message}"
        )
    return judgement


def _judge_layered(
    text: Text, statement: tree.Statement, left: tree.Node, right: tree.Node
) -> Judgement:
    """The verdict in the first of the networks that the text states in which a formula holds."""
    first: Judgement | None = None
    for network in text.networks:
        judgement = _judge_in_network(text, network, statement, left, right)
        if judgement.verdict == "holds":
            return judgement
        first = first or judgement
    assert first is not None
    if first.verdict != "wrong":
        return first
    if text.unfit:
        return say_not_checkable(
            f"the text's own {text.unfit} is another than that of the usual layered network, and "
            f"was not understood; define every letter of it before"
        )
    return _doubt_cost(text, statement, left, right) or first


def _doubt_cost(
    text: Text, statement: tree.Statement, left: tree.Node, right: tree.Node
) -> Judgement | None:
    """Where the text states no cost, and another than the presumed one would do."""
    names = {text.lexicon.find(n) for side in (left, right) for n in list_names(side)}
    if text.costs or text.lexicon.declared or not names & {"C", "delta"}:
        return None
    for network in list_doubts(text.lexicon):
        if _judge_in_network(text, network, statement, left, right).verdict == "holds":
            output = f" and the output {network.output}" if network.output else ""
            return say_not_checkable(
                f"it holds with the cost {network.cost}{output}; the text states no cost"
            )
    return None


def rests_on_guess(text: Text, statement: tree.Statement) -> str:
    """What a formula rests on that the text leaves open; empty where there is no such thing."""
    statement = text.name_gradients(statement)
    if _rests_on_cost(text, statement):
        return "the cost, which the text does not state"
    if writes_layers(text.lexicon, statement) or not text.families.shaped:
        return ""
    names = (n for side in statement.sides for n in list_names(side))
    vague = next(filter(text.families.is_ambiguous, names), None)
    if vague is None:
        return ""
    return f"whether {write_name(vague)} is a vector or a matrix, which the text does not say"


def _rests_on_cost(text: Text, statement: tree.Statement) -> bool:
    """Whether a formula would not hold with another of the costs that a text may mean which
    states none."""
    if text.costs or text.lexicon.declared:
        return False
    names = {text.lexicon.find(n) for side in statement.sides for n in list_names(side)}
    if not names & {"C", "delta"}:
        return False
    for network in list_doubts(text.lexicon):
        for left, _, right in list_links(statement):
            if text.batches is not None and text.batches.concerns(statement):
                judgement = text.batches.judge([network], left, right, text.budget)
            elif writes_layers(text.lexicon, statement):
                judgement = _judge_in_network(text, network, statement, left, right)
            else:
                continue
            if judgement.verdict in ("wrong", "holds-for-one-neuron"):
                return True
    return False


def _judge_in_network(
    text: Text, network: Lexicon, statement: tree.Statement, left: tree.Node, right: tree.Node
) -> Judgement:
    text.network, text.budget = network, [BUDGET]
    primed_by = find_prime(text)
    # a softmax of one number is 1: there is no such network of one neuron per layer
    has_one = "softmax" not in (network.output, network.activation)
    has_one = has_one and not _numbers_neurons(text, statement)
    scalar: Outcome = ShapeClash("a softmax of one number")
    if has_one:
        scalar = try_scenes(text.scalar_scenes, left, right, ONE_NEURON, primed_by, text.budget)
    if isinstance(scalar, Meaningless):
        return say_not_checkable(str(scalar))
    problems: list[Outcome] = []
    for reading in _order_readings(text):
        outcome = try_scenes(text.scenes, left, right, reading, primed_by, text.budget)
        if outcome is None:
            text.favourite = text.favourite or reading.name
            return Judgement("holds", reading.name, instances=len(text.scenes))
        problems.append(outcome)
    unclear = _find_unclear(text, statement)
    clash = next((p for p in problems if isinstance(p, ShapeClash)), None)
    found = next((p for p in problems if isinstance(p, Counterexample)), None)
    vague = next((p for p in problems if isinstance(p, FreeIndex)), None) or next(
        (p for p in problems if isinstance(p, Meaningless)), None
    )
    if scalar is None:
        if text.one_neuron and not _has_neurons(statement):
            return Judgement("holds", ONE_NEURON.name, instances=len(SEEDS))
        if unclear:
            return say_not_checkable(unclear)
        if not (clash or found or isinstance(vague, FreeIndex)) and vague is not None:
            # with several neurons it was not understood, and that is no evidence
            return say_not_checkable(str(vague))
        reason = str(clash or vague or "with several neurons both sides differ")
        return Judgement(
            "holds-for-one-neuron",
            ONE_NEURON.name,
            f"holds with one neuron per layer; {reason}",
            DANGLING if clash is None and isinstance(vague, FreeIndex) else "BP100",
            len(SEEDS),
        )
    if unclear:
        return say_not_checkable(unclear)
    if not has_one and found is None and vague is not None:
        return say_not_checkable(str(vague))
    shown = found or (scalar if has_one else clash)
    assert isinstance(shown, Counterexample | ShapeClash)
    if isinstance(shown, ShapeClash) and _numbers_neurons(text, statement):
        return say_not_checkable(str(shown))
    if isinstance(shown, ShapeClash):
        return Judgement("wrong", message=str(shown), code="BP100")
    return Judgement(
        "wrong",
        message=f"{shown.say()} ({shown.place})",
        code="BP100",
        counterexample=shown.as_dict(),
    )


def _find_unclear(text: Text, statement: tree.Statement) -> str | None:
    """What keeps a difference from being evidence: vectors that are numbered, numbers put in."""
    for side in statement.sides:
        for node in tree.walk_formula(side):
            if isinstance(node, tree.Matrix) and is_all_numbers(node):
                return "numbers of an example, and nothing says which numbers its letters are"
            if not isinstance(node, tree.Name) or not node.lower or node.accent != "vec":
                continue
            if text.lexicon.find(node) in LAYERED:
                return f"{write_name(node)}: what numbers a whole vector is not known"
    return None


def _numbers_neurons(text: Text, statement: tree.Statement) -> bool:
    """w_{12}, a_3: single neurons, of which there may be fewer in the networks that are tried."""
    return any(
        isinstance(n, tree.Name)
        and text.lexicon.find(n) in LAYERED
        and any(isinstance(s.content, tree.Number) for s in n.lower)
        for side in statement.sides
        for n in tree.walk(side)
    )


def _has_neurons(statement: tree.Statement) -> bool:
    return any(
        isinstance(n, tree.Name) and n.lower for side in statement.sides for n in tree.walk(side)
    )


def _order_readings(text: Text) -> list[Reading]:
    """The readings that agree with the text's own weighted sums, the usual one first."""
    return sorted(text.readings, key=lambda r: r.name != text.favourite)
