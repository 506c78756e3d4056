"""Expressions of a formula: sums of products of names, brackets, fractions, calls."""

from __future__ import annotations

import re

from symbackprop.reading.calls import read_call
from symbackprop.reading.commands import read_command
from symbackprop.reading.derivatives import join_slash
from symbackprop.reading.reader import Reader
from symbackprop.reading.scripts import (
    Marks,
    attach,
    is_change,
    join_primes,
    make_scripts,
    name_primed,
    read_bare_group,
    read_prescript,
    read_superscript,
)
from symbackprop.reading.spelling import (
    ACCENTS,
    MOST_INDICES,
    MOST_SCRIPTS,
    MOST_SUBSCRIPTS,
    STARTS,
    STYLES,
    SYMBOLS,
)
from symbackprop.reading.tables import read_table
from symbackprop.reading.tokens import Token
from symbackprop.reading.tree import (
    Call,
    Compared,
    Derivative,
    Dots,
    Group,
    Listed,
    Lowered,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Script,
    Span,
    Sum,
    Total,
)
from symbackprop.reading.values import make_number

# tokens of which names are made
NAMING = frozenset({"letter", "word", "roman", "number", "macro", "sub", "sup", "lbrace", "rbrace"})
# signs between a thing and what is required of it
PARTS = frozenset({"|", ":"})
DEEPEST = 60
LONGEST_CHAIN = 60


class ExpressionReader(Reader):
    """Reads relations of expressions, from their terms down to single names."""

    def read_list(self, end: int) -> tuple[Node, ...]:
        """Relations with commas between them, up to the token at `end`."""
        items: list[Node] = []
        while self.spot < end:
            if self.at("sep") or self.at("row") or self.at("label"):
                self.advance()
                continue
            if self.at("comma") or self.at("stop"):
                if not items or self.tokens[self.spot - 1].kind in ("comma", "stop"):
                    self.mend("a comma with nothing before it was skipped")
                self.advance()
                continue
            items.append(self.read_words() if self.is_words() else self.read_relation())
            parted = self.at("comma") or self.at("stop") or self.is_words()
            if self.spot < end and not parted and self.tokens[self.spot - 1].kind != "text":
                self.refuse(f"{self.tokens[self.spot].text} cannot stand here")
        if self.spot > end:
            self.refuse("this does not end where its brackets do")
        return tuple(items)

    def read_row_of(self, first: Node) -> Listed:
        """1, 2, \\ldots, n: up to the one thing behind the dots."""
        items = [first]
        while self.at("comma"):
            following = self.peek(self.spot + 1)
            if following is None or following.kind not in STARTS:
                break
            self.advance()
            items.append(self.read_expression())
            if isinstance(items[-2], Dots) and not self.lists_dots():
                break
        return Listed((first.span[0], self.last_end), tuple(items))

    def read_relation(self, links: int = 0) -> Node:
        """An expression, or a comparison of expressions; | and : part two comparisons."""
        left = self.read_expression()
        while self.at("rel"):
            sign = self.advance().text
            sign = "=" if sign == "==" else sign
            links += 1
            if links > LONGEST_CHAIN:
                self.refuse(f"more than {LONGEST_CHAIN} signs in one comparison")
            if sign in PARTS and not self.is_words():
                right = self.read_relation(links)
                return Compared((left.span[0], right.span[1]), left, sign, right)
            right = self.read_words() if self.is_words() else self.read_expression()
            left = Compared((left.span[0], right.span[1]), left, sign, right)
        return left

    def read_expression(self) -> Node:
        """Terms with + and - between them."""
        start = self.token.start if self.token is not None else self.last_end
        terms: list[tuple[str, Node]] = []
        sign = "+"
        while True:
            written = False
            while self.at("plus"):
                said = self.advance().text
                if said == "±":
                    sign = said
                elif said == "-":
                    sign = {"+": "-", "-": "+"}.get(sign, sign)
                written = True
            if not terms and not written and self.token is None:
                self.refuse("something is missing here")
            terms.append((sign, self.read_product()))
            if not self.at("plus"):
                break
            first = self.advance().text
            sign = first
            if self.at("plus"):
                inner = self.read_signed()
                terms.append((sign, inner))
                if not self.at("plus"):
                    break
                sign = self.advance().text
        if len(terms) == 1 and terms[0][0] == "+":
            return terms[0][1]
        return Total((start, self.last_end), tuple(terms))

    def read_signed(self) -> Node:
        """A term with a sign of its own: the -0.019 of 0.055 + -0.019."""
        start, sign = self.advance().start, self.tokens[self.spot - 1].text
        while self.at("plus"):
            said = self.advance().text
            sign = "-" if (said == "-") != (sign == "-") else "+"
        body = self.read_product()
        return Total((start, body.span[1]), ((sign, body),))

    def read_product(self) -> Node:
        """Factors side by side or with a product sign between them."""
        start = self.token.start if self.token is not None else self.last_end
        begin = self.spot
        factors = [self.read_factor()]
        signs: list[str] = []
        begins = [self.tokens[self.spot - 1].kind == "rbrace"]
        while True:
            token = self.token
            if token is None:
                break
            if token.kind == "op":
                self.advance()
                signs.append(token.text)
                braced = self.at("lbrace")
                factors.append(self.read_signed() if self.at("plus") else self.read_factor())
                if token.text == "/":
                    join_slash(factors, signs, begins[-1] and braced)
                else:
                    begins.append(False)
                begins[-1:] = [self.tokens[self.spot - 1].kind == "rbrace" and braced]
            elif token.kind == "lbrace" and self.partner[self.spot] == self.spot + 1:
                self.spot += 2
            elif (token.kind in STARTS and not self.is_words()) or self.is_prescript():
                braced = token.kind == "lbrace"
                signs.append("")
                factors.append(self.read_factor())
                begins[-1:] = [braced]
            else:
                break
        if len(factors) == 1:
            return factors[0]
        product = Product((start, self.last_end), tuple(factors), tuple(signs))
        first = not begin or self.tokens[begin - 1].kind != "plus"
        if first and len(factors) == 3 and isinstance(factors[0], Number) and _are_beside(product):
            # 1 \dots K
            return Listed(product.span, product.factors)
        return product

    def read_factor(self) -> Node:
        """An atom with everything above, below and after it."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse(f"nested deeper than {DEEPEST} levels")
        try:
            if self.at("sup") or self.at("sub"):
                return read_prescript(self)
            begin = self.spot
            atom = self.read_atom()
            return self._read_marks(atom, begin)
        finally:
            self.depth -= 1

    def _read_marks(self, atom: Node, begin: int) -> Node:
        marks = Marks()
        count = below = 0
        while (token := self.token) is not None:
            if token.kind == "prime":
                self.advance()
                marks.primes += 1
            elif token.kind == "at":
                count += 1
                if count > MOST_SCRIPTS:
                    self.refuse(f"more than {MOST_SCRIPTS} scripts on one thing")
                atom = self._read_place(attach(atom, marks, self._span_from(begin)), begin)
                marks = Marks()
            elif token.kind in ("sup", "sub"):
                if isinstance(atom, Sum) or (isinstance(atom, Derivative) and atom.body):
                    break
                if self.is_prescript():
                    break
                count += 1
                if count > MOST_SCRIPTS:
                    self.refuse(f"more than {MOST_SCRIPTS} scripts on one thing")
                below += token.kind == "sub"
                if below > MOST_SUBSCRIPTS:
                    self.refuse(f"more than {MOST_SUBSCRIPTS} subscripts on one thing")
                self.advance()
                if token.kind == "sup":
                    read_superscript(self, marks, isinstance(atom, Name) or is_change(atom))
                else:
                    marks.lower.extend(self.read_lower())
                    self._count_indices(marks)
            elif self._has_digits(atom, begin, marks, token):
                self.advance()
                digits = make_number(token)
                marks.lower.extend(make_scripts(digits, self))
            else:
                break
        if marks:
            atom = attach(atom, marks, self._span_from(begin))
            if self.at("open"):
                atom = name_primed(atom)
        return read_call(self, atom, begin)

    def _count_indices(self, marks: Marks) -> None:
        indices = sum(not isinstance(script.content, Number) for script in marks.lower)
        if indices > MOST_INDICES:
            self.refuse(f"more than {MOST_INDICES} indices below one thing")

    def _span_from(self, begin: int) -> Span:
        return self.tokens[begin].start, self.last_end

    def _read_place(self, body: Node, begin: int) -> Node:
        r"""\frac{dC}{dw}|_{w = 0}: something at the place that stands below a bar."""
        self.advance()
        held = Group(self._span_from(begin), body, ".")
        self.advance()
        lower = tuple(self.read_lower())
        return Lowered(self._span_from(begin), held, lower)

    def _has_digits(self, atom: Node, begin: int, marks: Marks, token: Token) -> bool:
        """w1, i2, \\delta2: digits that touch a bare letter are its lower script."""
        if token.kind != "number" or token.spaced or self.spot != begin + 1 or marks:
            return False
        return isinstance(atom, Name) and token.text.isdigit() and not atom.accent

    def read_lower(self) -> list[Script]:
        """What stands below: w_{jk} --> j, k; x_{1,2} --> 1, 2."""
        content = [join_primes(item) for item in self.read_script_content()]
        group = content[0] if len(content) == 1 and isinstance(content[0], Group) else None
        if group is not None and group.bracket == "{" and isinstance(group.body, Compared):
            return [Script(group.body)]
        if group is not None and group.bracket in "([<":
            # a_{[i, j]} has the scripts i and j as a_{i,j} has
            inside = group.body.items if isinstance(group.body, Listed) else (group.body,)
            return [Script(item, group.bracket) for item in inside]
        return [script for item in content for script in make_scripts(item, self)]

    def read_script_content(self) -> tuple[Node, ...]:
        """The group or the single token after ^ or _."""
        if self.token is None:
            self.refuse("a script is missing")
        if self.at("open"):
            return tuple(script.content for script in read_bare_group(self))
        if not self.at("lbrace"):
            return (self.read_single(),)
        end = self.partner[self.spot]
        text = self.peek(self.spot + 1)
        if text is not None and text.kind == "text" and end == self.spot + 2:
            self.spot = end + 1
            return (_name_text(text),)
        self.advance()
        style, self.style = self.style, ""
        self.script_depth += 1
        items = self.read_list(end)
        self.script_depth -= 1
        self.style = style
        self.advance()
        return items

    def read_single(self) -> Node:
        """One token as TeX takes it: of 23 only the 2."""
        token = self.token
        if token is None:
            self.refuse("something is missing here")
        if token.kind == "number" and len(token.text) > 1:
            head = token._replace(text=token.text[0], end=token.start + 1)
            tail = token.text[1:]
            if not tail.isdigit():
                self.refuse("a number in several characters needs braces here")
            self.halved = (self.spot, head.end)
            self.tokens[self.spot] = token._replace(text=tail, start=token.start + 1, spaced=True)
            return make_number(head)
        if token.kind in ("op", "plus") or (token.kind == "rel" and token.text == ":"):
            self.advance()
            return Name((token.start, token.end), base=token.text)
        if token.kind not in STARTS or token.kind == "open":
            self.refuse(f"{token.text} cannot stand alone here")
        if token.kind == "text":
            self.advance()
            return _name_text(token)
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse(f"nested deeper than {DEEPEST} levels")
        node = self.read_atom()
        self.depth -= 1
        return node

    def read_argument(self) -> Node:
        """The group or the single token that a macro takes; an empty group is refused."""
        if not self.at("lbrace"):
            return self.read_single()
        return self.read_braces()

    def read_braces(self) -> Node:
        """{ ... } that is not printed: what is in it."""
        end = self.partner[self.spot]
        opened = self.advance()
        if self.spot == end:
            self.spot -= 1
            self.refuse("these braces are empty")
        items = self.read_list(end)
        if not items:
            self.refuse("these braces are empty")
        self.advance()
        if len(items) == 1:
            return items[0]
        return Listed((opened.end, self.tokens[end].start), items)

    def read_atom(self) -> Node:
        """One thing without its scripts."""
        token = self.token
        if token is None:
            self.refuse("something is missing here")
        span = (token.start, token.end)
        if token.kind == "number":
            self.advance()
            return make_number(token)
        if token.kind in ("letter", "word", "roman"):
            return self._read_name(token)
        if token.kind == "bold":
            self.advance()
            return Name(span, base=token.text, style="bf")
        if token.kind == "text":
            if self.is_words():
                return self.read_words()
            self.advance()
            return Name(span, base=token.text, style="text")
        if token.kind == "open":
            return self._read_group()
        if token.kind == "lbrace":
            return self.read_braces()
        if token.kind == "begin":
            return read_table(self)
        if token.kind == "macro":
            return read_command(self, token)
        if token.kind == "op" and token.text in ("*", "cdot"):
            self.advance()
            return Name(span, base=token.text)
        if token.kind == "rel" and token.text == ":":
            self.advance()
            return Name(span, base=":")
        self.refuse(f"something is missing before {token.text}")

    def _read_name(self, token: Token) -> Node:
        self.advance()
        span = (token.start, token.end)
        if token.text == "d" and token.kind == "letter" and self._is_differential():
            body = self.read_factor()
            return Call((span[0], body.span[1]), Name(span, base="d"), (body,), certain=False)
        return Name(span, base=token.text, style=self.style)

    def _is_differential(self) -> bool:
        """dW, db, dnet: the d touches the one name after it."""
        before = self.peek(self.spot - 2) if self.spot > 1 else None
        if (
            before is not None
            and before.kind == "letter"
            and before.end == self.tokens[self.spot - 1].start
        ):
            return False
        token = self.token
        if token is None or token.spaced:
            return False
        if token.kind == "lbrace":
            # d{{w}_{1}}: braces that only hold a name together
            spot = self.spot
            while (inner := self.peek(spot)) is not None and inner.kind == "lbrace":
                spot += 1
            inside = range(spot, self.partner[self.spot])
            token = inner if all(self.tokens[at].kind in NAMING for at in inside) else None
            if token is None:
                return False
        if token.kind in ("letter", "word", "roman"):
            return True
        if token.kind != "macro":
            return False
        return token.text in SYMBOLS or token.text in STYLES or token.text in ACCENTS

    def _list_row(self, body: Node, opened: Token) -> Node:
        r"""[x_1 x_2 \ldots x_n] is a row, and so is (x_1 \ x_2 \ \ldots), with printed blanks."""
        if not isinstance(body, Product) or not _are_beside(body):
            return body
        names = [factor for factor in body.factors if not isinstance(factor, Dots)]
        if not all(isinstance(n, Name) and n.base == _base_of(names[0]) for n in names):
            return body
        between = self.text[body.factors[0].span[1] : body.factors[1].span[0]]
        printed = re.search(r"\\[ ;:]|\\quad|~", between) is not None
        if printed or (opened.text == "[" and _base_of(names[0]).islower()):
            return Listed(body.span, body.factors)
        return body

    def _read_group(self) -> Node:
        end = self.partner[self.spot]
        opened = self.advance()
        items = self.read_list(end)
        closed = self.advance()
        span = (opened.start, closed.end)
        if not items:
            if opened.text == "{":
                return Name(span, base="emptyset")
            self.spot -= 1
            self.refuse("these brackets are empty")
        if len(items) == 1:
            body = self._list_row(items[0], opened)
            if isinstance(body, Matrix) and not body.bracket:
                return Matrix(span, body.rows, opened.text)
        else:
            body = Listed((opened.end, closed.start), items)
        return Group(span, body, opened.text)


def _base_of(node: Node) -> str:
    return node.base if isinstance(node, Name) else ""


def _are_beside(product: Product) -> bool:
    """Things side by side, with dots among them."""
    has_dots = any(isinstance(factor, Dots) for factor in product.factors[1:])
    return has_dots and not any(product.signs)


def _name_text(token: Token) -> Name:
    return Name((token.start, token.end), base=token.text, style="text")
