"""What formulas presume where a text leaves it open: that something is a function of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from symbackprop.reading import tree
from symbackprop.verification.definitions import PRESUMED, Definition
from symbackprop.verification.families import Families
from symbackprop.verification.lexicon import list_names, spell


def presume_functions(
    statements: Iterable[tree.Statement], definitions: Iterable[Definition], families: Families
) -> list[Definition]:
    """For each quantity that is differentiated and never defined: any function of what it is
    differentiated by. Of ∂E/∂y and ∂E/∂w with ∂y/∂w only the first is kept: w goes through y."""
    tops, read = _list_links(statements, definitions, families)
    links = {key: set(by) for key, (_, by) in tops.items()}
    for key, below in read.items():
        links.setdefault(key, set()).update(below)
    unknown = {key: pair for key, pair in tops.items() if key not in read}
    return list(_presume(unknown, links, families))


def presume_reused(
    statements: Iterable[tree.Statement], definitions: Iterable[Definition], families: Families
) -> list[Definition]:
    """For each quantity that is differentiated by what its definition has nothing to do with: a
    function of that. A lecture has one C of many networks."""
    tops, read = _list_links(statements, definitions, families)
    odd = {
        key: (top, {b: n for b, n in by.items() if not _is_reached_from(read, key, b)})
        for key, (top, by) in tops.items()
        if key in read
    }
    return list(_presume(odd, read, families))


Tops = dict[str, tuple[tree.Name, dict[str, tree.Name]]]


def _list_links(
    statements: Iterable[tree.Statement], definitions: Iterable[Definition], families: Families
) -> tuple[Tops, dict[str, set[str]]]:
    """What is differentiated by what, and what is defined, with what it reads."""
    tops: Tops = {}
    for node in (n for s in statements for side in s.sides for n in tree.walk(side)):
        if not isinstance(node, tree.Derivative) or not isinstance(node.bottom, tree.Name):
            continue
        top = node.top
        if isinstance(top, tree.Name) and not top.primes and not _is_power(top):
            _, by = tops.setdefault(families.find(top).family, (top, {}))
            by.setdefault(families.find(node.bottom).family, node.bottom)
    read: dict[str, set[str]] = {}
    for definition in definitions:
        if not definition.is_of_sample:
            names = {families.find(n).family for n in list_names(definition.body)}
            read.setdefault(families.find(definition.left).family, set()).update(names)
    return tops, read


def _presume(tops: Tops, links: Mapping[str, set[str]], families: Families) -> Iterator[Definition]:
    for key, (top, by) in tops.items():
        direct = [
            _match_indices(families, top, node)
            for below, node in by.items()
            if below != key
            and not _is_reached(links, key, below)
            and not _is_reached_from(links, below, key)
        ]
        if direct:
            function = tree.Name(top.span, PRESUMED + spell(top), style="text")
            body = tree.Call(top.span, function, tuple(direct))
            yield Definition(top, body, (), presumed=True)


def _match_indices(families: Families, top: tree.Name, name: tree.Name) -> tree.Name:
    """ξ_i is a function of y_i; ξ of all of W, where ∂ξ/∂w_{jk} is written."""
    own = {spell(i) for i in families.find(top).indices}
    slot = families.find(name)
    if all(spell(i) in own for i in slot.indices):
        return name
    return families.name_whole(name)


def _is_power(name: tree.Name) -> bool:
    """v^2 is no name of its own; W^{(2)} is."""
    return any(isinstance(s.content, tree.Number) and not s.bracket for s in name.upper)


def _is_reached(links: Mapping[str, set[str]], start: str, goal: str) -> bool:
    """Whether a way of at least two steps leads from one quantity to another."""
    return any(_is_reached_from(links, step, goal) for step in links.get(start, ()) if step != goal)


def _is_reached_from(links: Mapping[str, set[str]], start: str, goal: str) -> bool:
    seen, open_names = {start}, [start]
    while open_names:
        for step in links.get(open_names.pop(), ()):
            if step == goal:
                return True
            if step not in seen:
                seen.add(step)
                open_names.append(step)
    return False
