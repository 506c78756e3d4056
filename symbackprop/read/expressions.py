"""Expressions of a formula: sums of products of names, brackets, fractions, calls."""

from __future__ import annotations

from typing import NoReturn

from symbackprop.read.derivatives import (
    join_slash,
    make_fraction,
    take_mark,
)
from symbackprop.read.layout import Paired
from symbackprop.read.scripts import Marks, attach, find_indices, make_scripts, read_superscript
from symbackprop.read.spelling import (
    ACCENTS,
    BARE_FUNCTIONS,
    CALLED_MACROS,
    CASES,
    CONNECTIVES,
    DOTS,
    FRACTIONS,
    FUNCTION_LETTERS,
    FUNCTION_WORDS,
    MATRICES,
    STYLES,
    SUMS,
    SYMBOLS,
    UNSURE_WITH_SCRIPTS,
)
from symbackprop.read.tokens import Token
from symbackprop.read.tree import (
    Braced,
    Call,
    Cases,
    Compared,
    Derivative,
    Dots,
    Gradient,
    Group,
    Listed,
    Matrix,
    Name,
    Node,
    Number,
    Power,
    Product,
    Ratio,
    ReadError,
    Repair,
    Script,
    Span,
    Sum,
    Total,
    Words,
    walk,
)
from symbackprop.read.values import make_number

DEEPEST = 60
MOST_SCRIPTS = 8
LONGEST_CHAIN = 60
STARTS = frozenset(
    {"letter", "word", "number", "text", "roman", "bold", "open", "lbrace", "begin", "macro"}
)
IGNORED_LABELS = frozenset({"overset", "underset", "stackrel"})


class Reader:
    """Where the reading stands: the tokens, the next one, how deep, which style."""

    def __init__(self, paired: Paired, text: str, repairs: list[Repair]) -> None:
        self.tokens, self.partner = paired.tokens, paired.partner
        self.holds_relation = paired.holds_relation
        self.text, self.repairs = text, repairs
        self.spot = 0
        self.depth = 0
        self.style = ""
        self.indices = find_indices(text)

    # --- where we are ---

    @property
    def token(self) -> Token | None:
        """The next token, None at the end."""
        return self.tokens[self.spot] if self.spot < len(self.tokens) else None

    @property
    def last_end(self) -> int:
        """Where the token before the next one ends."""
        return self.tokens[self.spot - 1].end if self.spot else 0

    def peek(self, spot: int) -> Token | None:
        return self.tokens[spot] if spot < len(self.tokens) else None

    def at(self, kind: str, said: str | None = None) -> bool:
        token = self.token
        return token is not None and token.kind == kind and (said is None or token.text == said)

    def advance(self) -> Token:
        token = self.token
        if token is None:
            self.refuse("the formula ends too early")
        self.spot += 1
        return token

    def refuse(self, message: str) -> NoReturn:
        token = self.token
        raise ReadError(message, self.text, token.start if token is not None else self.last_end)

    def mend(self, message: str, token: Token | None = None) -> None:
        token = token or self.token
        span = (token.start, token.end) if token is not None else (self.last_end, self.last_end)
        self.repairs.append(Repair(span, message))

    def is_dots(self, spot: int | None = None) -> bool:
        token = self.peek(self.spot if spot is None else spot)
        return token is not None and token.kind == "macro" and token.text in DOTS

    # --- running text ---

    def is_words(self, spot: int | None = None) -> bool:
        """Running text, or brackets that begin with it: (for all i)."""
        spot = self.spot if spot is None else spot
        token = self.peek(spot)
        if token is None:
            return False
        if token.kind == "open":
            spot += 1
            token = self.peek(spot)
        if token is None or token.kind != "text":
            return False
        if token.text in ("_", "&", "#", "$", "%"):
            return False
        bare = token.text.strip(" .,:;()").lower()
        return " " in token.text or bare in CONNECTIVES or not any(map(str.isalpha, bare))

    def read_words(self) -> Words:
        token = self.token
        assert token is not None
        if token.kind == "open":
            end = self.tokens[self.partner[self.spot]].end
            self.spot = self.partner[self.spot] + 1
            return Words((token.start, end), self.text[token.start : end])
        self.advance()
        return Words((token.start, token.end), token.text)

    # --- lists and relations ---

    def read_list(self, end: int) -> tuple[Node, ...]:
        """Relations with commas between them, up to the token at `end`."""
        items: list[Node] = []
        while self.spot < end:
            if self.at("comma") or self.at("stop"):
                if not items or self.tokens[self.spot - 1].kind in ("comma", "stop"):
                    self.mend("a comma with nothing before it was skipped")
                self.advance()
                continue
            items.append(self.read_words() if self.is_words() else self.read_relation())
            if self.spot < end and not (self.at("comma") or self.at("stop") or self.is_words()):
                if self.tokens[self.spot - 1].kind != "text":
                    self.refuse(f"{self.tokens[self.spot].text} cannot stand here")
        if self.spot > end:
            self.refuse("this does not end where its brackets do")
        return tuple(items)

    def read_row_of(self, first: Node) -> Listed:
        """1, \\ldots, n: the commas go on as long as something follows them."""
        items = [first]
        while self.at("comma"):
            following = self.peek(self.spot + 1)
            if following is None or following.kind not in STARTS:
                break
            self.advance()
            items.append(self.read_expression())
        return Listed((first.span[0], self.last_end), tuple(items))

    def read_relation(self) -> Node:
        """An expression, or a comparison of expressions."""
        left = self.read_expression()
        links = 0
        while self.at("rel"):
            sign = self.advance().text
            links += 1
            if links > LONGEST_CHAIN:
                self.refuse(f"more than {LONGEST_CHAIN} signs in one comparison")
            right = self.read_words() if self.is_words() else self.read_expression()
            left = Compared((left.span[0], right.span[1]), left, sign, right)
        return left

    # --- sums and products ---

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
                inner = self._read_signed()
                terms.append((sign, inner))
                if not self.at("plus"):
                    break
                sign = self.advance().text
        if len(terms) == 1 and terms[0][0] == "+":
            return terms[0][1]
        return Total((start, terms[-1][1].span[1]), tuple(terms))

    def _read_signed(self) -> Node:
        """A term with a sign of its own: the -0.019 of 0.055 + -0.019."""
        start, sign = self.advance().start, self.tokens[self.spot - 1].text
        while self.at("plus"):
            said = self.advance().text
            sign = "-" if (said == "-") != (sign == "-") else "+"
        body = self.read_product()
        return Total((start, body.span[1]), ((sign, body),))

    def read_product(self) -> Node:
        """Factors side by side or with a product sign between them."""
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
                factors.append(self._read_signed() if self.at("plus") else self.read_factor())
                if token.text == "/":
                    join_slash(factors, signs, begins[-1] and braced)
                else:
                    begins.append(False)
                begins[-1:] = [self.tokens[self.spot - 1].kind == "rbrace" and braced]
            elif token.kind in STARTS and not self.is_words():
                braced = token.kind == "lbrace"
                signs.append("")
                factors.append(self.read_factor())
                begins[-1:] = [braced]
            else:
                break
        if len(factors) == 1:
            return factors[0]
        return Product((factors[0].span[0], factors[-1].span[1]), tuple(factors), tuple(signs))

    # --- factors ---

    def read_factor(self) -> Node:
        """An atom with everything above, below and after it."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse(f"nested deeper than {DEEPEST} levels")
        try:
            begin = self.spot
            atom = self.read_atom()
            return self._read_marks(atom, begin)
        finally:
            self.depth -= 1

    def _read_marks(self, atom: Node, begin: int) -> Node:
        marks = Marks()
        count = 0
        while (token := self.token) is not None:
            if token.kind == "prime":
                self.advance()
                marks.primes += 1
            elif token.kind in ("sup", "sub"):
                if isinstance(atom, Sum) or (isinstance(atom, Derivative) and atom.body):
                    break
                count += 1
                if count > MOST_SCRIPTS:
                    self.refuse(f"more than {MOST_SCRIPTS} scripts on one thing")
                self.advance()
                if token.kind == "sup":
                    read_superscript(self, marks, isinstance(atom, Name))
                else:
                    marks.lower.extend(self.read_lower())
            elif self._has_digits(atom, begin, marks, token):
                self.advance()
                digits = make_number(token)
                marks.lower.extend(make_scripts(digits, self))
            else:
                break
        start = self.tokens[begin].start if marks else atom.span[0]
        body = attach(atom, marks, (start, self.last_end))
        return self._read_call(body, begin)

    def _has_digits(self, atom: Node, begin: int, marks: Marks, token: Token) -> bool:
        """w1, i2, \\delta2: digits that touch a bare letter are its lower script."""
        if token.kind != "number" or token.spaced or self.spot != begin + 1 or marks:
            return False
        return isinstance(atom, Name) and token.text.isdigit() and not atom.accent

    def _read_call(self, body: Node, begin: int) -> Node:
        """A name before brackets is called; \\log y and \\tanh^2 z are called without them."""
        if isinstance(body, Number):
            if not self._is_indicator(body):
                return body
            body = Name(body.span, base="1", style="")
        if not isinstance(body, Name) or body.star:
            return body
        known = body.base in FUNCTION_WORDS or body.base in CALLED_MACROS
        indicator = body.base in ("1", "I", "E", "P") and body.style == "bb"
        if body.base == "1" and not indicator and not self.at("open"):
            return body
        if self.at("open") and not self.is_words():
            bracket = self.tokens[self.spot].text
            if bracket == "(" or known or indicator:
                if bracket in ("|", "||", "<"):
                    return self._call_bare(body)
                end = self.partner[self.spot]
                if not known and not indicator and not body.primes and self._has_marks(end + 1):
                    # x (\delta)^T and a (1 - a)^2 are products: nobody marks a value so
                    if body.base not in FUNCTION_LETTERS:
                        return body
                self.advance()
                arguments = self.read_list(end)
                closing = self.advance()
                certain = known or indicator or body.base == "1" or body.primes > 0
                if not certain and body.base in FUNCTION_LETTERS:
                    scripted = body.base in UNSURE_WITH_SCRIPTS and bool(body.lower or body.upper)
                    certain = not scripted and not _mentions(arguments, body)
                call = Call((body.span[0], closing.end), body, arguments, certain)
                return self._read_after_call(call)
        if body.base in BARE_FUNCTIONS:
            return self._call_bare(body)
        return body

    def _has_marks(self, spot: int) -> bool:
        token = self.peek(spot)
        return token is not None and token.kind in ("sup", "prime")

    def _call_bare(self, body: Name) -> Node:
        token = self.token
        if token is None or self.is_words():
            return body
        if token.kind == "plus" and token.text == "-" and not body.lower:
            following = self.peek(self.spot + 1)
            if following is None or following.kind not in STARTS:
                return body
            argument: Node = self._read_signed_factor()
        elif token.kind in STARTS:
            argument = self.read_factor()
        else:
            return body
        return Call((body.span[0], argument.span[1]), body, (argument,), True)

    def _read_signed_factor(self) -> Node:
        sign = self.advance()
        body = self.read_factor()
        return Total((sign.start, body.span[1]), ((sign.text, body),))

    def _read_after_call(self, call: Call) -> Node:
        marks = Marks()
        count = 0
        while (token := self.token) is not None and token.kind in ("prime", "sup", "sub"):
            count += 1
            if count > MOST_SCRIPTS:
                self.refuse(f"more than {MOST_SCRIPTS} scripts on one thing")
            self.advance()
            if token.kind == "prime":
                marks.primes += 1
            elif token.kind == "sup":
                read_superscript(self, marks, False)
            else:
                marks.lower.extend(self.read_lower())
        return attach(call, marks, (call.span[0], self.last_end))

    def _is_indicator(self, body: Number) -> bool:
        """1(x > 0): the number one before a comparison in brackets."""
        return (
            body.value == 1
            and self.at("open")
            and self.spot in self.holds_relation
            and not self.is_words()
        )

    # --- scripts ---

    def read_lower(self) -> list[Script]:
        """What stands below: w_{jk} --> j, k; x_{1,2} --> 1, 2."""
        content = self.read_script_content()
        return [script for item in content for script in make_scripts(item, self)]

    def read_script_content(self) -> tuple[Node, ...]:
        """The group or the single token after ^ or _."""
        if self.token is None:
            self.refuse("a script is missing")
        if not self.at("lbrace"):
            return (self.read_single(),)
        end = self.partner[self.spot]
        text = self.peek(self.spot + 1)
        if text is not None and text.kind == "text" and end == self.spot + 2:
            self.spot = end + 1
            return (_name_text(text),)
        self.advance()
        style, self.style = self.style, ""
        items = self.read_list(end)
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
            # the rest of the digits stands for itself
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
        self.advance()
        if len(items) == 1:
            return items[0]
        return Listed((opened.end, self.tokens[end].start), items)

    # --- atoms ---

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
            return self._read_table()
        if token.kind == "macro":
            return self._read_macro(token)
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
        if token.kind in ("letter", "word", "roman"):
            return True
        if token.kind != "macro":
            return False
        return token.text in SYMBOLS or token.text in STYLES or token.text in ACCENTS

    def _read_group(self) -> Node:
        end = self.partner[self.spot]
        opened = self.advance()
        items = self.read_list(end)
        closed = self.advance()
        span = (opened.start, closed.end)
        if len(items) == 1:
            body = items[0]
            if isinstance(body, Matrix) and not body.bracket:
                return Matrix(span, body.rows, opened.text)
        else:
            body = Listed((opened.end, closed.start), items)
        return Group(span, body, opened.text)

    def _read_macro(self, token: Token) -> Node:
        said = token.text
        span = (token.start, token.end)
        if said in FRACTIONS:
            return self._read_fraction()
        if said in SUMS:
            return self._read_sum()
        self.advance()
        if said in DOTS:
            return Dots(span)
        if said in ("partial", "Delta"):
            return self._read_mark(token)
        if said == "nabla":
            return self._read_gradient(span)
        if said in SYMBOLS:
            return Name(span, base=said, style=self.style)
        if said in ACCENTS:
            return self._read_accent(token)
        if said in STYLES:
            style, self.style = self.style, STYLES[said] or self.style
            body = self._read_styled()
            self.style = style
            return body
        if said in ("underbrace", "overbrace", "underbracket", "overbracket"):
            return self._read_braced(token)
        if said in ("boxed", "fbox", "cancel", "bcancel", "xcancel", "cancelto", "framebox"):
            body = self.read_argument()
            return Braced((token.start, self.last_end), body)
        if said in IGNORED_LABELS:
            return self._read_labelled(token)
        if said == "sqrt":
            return self._read_root(span)
        if said in ("binom", "dbinom"):
            top, bottom = self.read_argument(), self.read_argument()
            name = Name(span, base="binom")
            return Call((token.start, self.last_end), name, (top, bottom), True)
        if said not in CALLED_MACROS and said not in FUNCTION_WORDS:
            self.mend(f"the macro \\{said} is not known; it was read as a name", token)
        return Name(span, base=said, style=self.style)

    def _read_styled(self) -> Node:
        """The argument of \\mathbf: a minus sign alone may stand before a number there."""
        begin = self.tokens[self.spot - 1].start
        body = self.read_argument()
        if isinstance(body, Number) and self.style == "bb":
            return Name((begin, self.last_end), base=str(body.value), style="bb")
        if isinstance(body, Name):
            return _replace_name(body, (begin, self.last_end))
        return body

    def _read_mark(self, token: Token) -> Node:
        """\\partial w or \\Delta w: a change of what follows; alone it is a name."""
        name = Name((token.start, token.end), base=token.text)
        following = self.token
        if following is None or following.kind in ("sup", "sub", "prime"):
            return name
        if following.kind not in STARTS or following.kind == "number" or self.is_words():
            return name
        if following.kind == "open" and token.text == "Delta":
            return name
        if following.kind == "macro" and following.text in FRACTIONS | DOTS | frozenset(SUMS):
            return name
        body = self.read_factor()
        return Call((token.start, body.span[1]), name, (body,), True)

    def _read_gradient(self, span: Span) -> Node:
        by: Node | None = None
        marks = 0
        while self.at("sub"):
            marks += 1
            if marks > 1:
                self.refuse("two lower scripts on one nabla")
            self.advance()
            content = self.read_script_content()
            if content:
                whole = (content[0].span[0], content[-1].span[1])
                by = content[0] if len(content) == 1 else Listed(whole, content)
        token = self.token
        if token is None or token.kind not in STARTS or self.is_words():
            return Name((span[0], self.last_end), base="nabla")
        body = self.read_factor()
        return Gradient((span[0], body.span[1]), body, by)

    def _read_accent(self, token: Token) -> Node:
        accent = ACCENTS[token.text]
        inner = self.peek(self.spot + 1) if self.at("lbrace") else self.token
        if inner is not None and inner.text == "nabla" and inner.kind == "macro":
            self.spot = self.partner[self.spot] + 1 if self.at("lbrace") else self.spot + 1
            return self._read_gradient((token.start, self.last_end))
        body = self.read_argument()
        span = (token.start, self.last_end)
        if isinstance(body, Number) and body.decimals == 0:
            return Name(span, base=str(body.value), accent=accent, style=self.style)
        if isinstance(body, Name) and not body.accent:
            return Name(
                span, body.base, body.upper, body.lower, body.primes, accent, body.style, body.star
            )
        if accent in ("bar", "underline"):
            name = Name((token.start, token.end), base="overline")
        else:
            name = Name((token.start, token.end), base=accent)
        return Call(span, name, (body,), True)

    def _read_braced(self, token: Token) -> Node:
        body = self.read_argument()
        label: Node | None = None
        if self.at("sub") or self.at("sup"):
            self.advance()
            content = self.read_script_content()
            if content:
                whole = (content[0].span[0], content[-1].span[1])
                label = content[0] if len(content) == 1 else Listed(whole, content)
        if isinstance(label, Name) and label.style == "text":
            label = Words(label.span, label.base)
        return Braced((token.start, self.last_end), body, label)

    def _read_labelled(self, token: Token) -> Node:
        """\\overset{label}{body}; over a sign the label is dropped."""
        if self.at("lbrace"):
            end = self.partner[self.spot]
            mark = self.peek(self.spot + 1)
            self.spot = end + 1
            label: Node = Words(
                (mark.start if mark else token.start, self.tokens[end].start),
                self.text[mark.start if mark else token.start : self.tokens[end].start],
            )
        else:
            label = self.read_single()
        body = self.read_argument()
        return Braced((token.start, self.last_end), body, label)

    def _read_root(self, span: Span) -> Node:
        degree: Node | None = None
        if self.at("open", "["):
            end = self.partner[self.spot]
            self.advance()
            items = self.read_list(end)
            self.advance()
            degree = items[0] if items else None
        body = self.read_argument()
        arguments = (body,) if degree is None else (body, degree)
        return Call((span[0], self.last_end), Name(span, base="sqrt"), arguments, True)

    # --- fractions, sums, tables ---

    def _read_fraction(self) -> Node:
        token = self.advance()
        top, bottom = self._read_part(), self._read_part()
        made = make_fraction(top, bottom, (token.start, self.last_end))
        if made is None:
            self.refuse("a fraction needs something above and below")
        if isinstance(made, Derivative) and made.top is None:
            return self._read_body_of(made)
        return made

    def _read_part(self) -> tuple[str, int, Node | None]:
        """Above or below in a fraction: the mark of a change ("" if none), its order, the rest."""
        if not self.at("lbrace"):
            said = self.token.text if self.token is not None else ""
            node = self.read_single()
            bare = said in ("partial", "d") and isinstance(node, Name)
            return (said, 1, None) if bare else ("", 1, node)
        end = self.partner[self.spot]
        self.advance()
        mark, order = take_mark(self, end)
        if self.spot == end:
            if not mark:
                self.refuse("this part of the fraction is empty")
            self.advance()
            return mark, order, None
        items = self.read_list(end)
        self.advance()
        whole = (items[0].span[0], items[-1].span[1])
        return mark, order, items[0] if len(items) == 1 else Listed(whole, items)

    def _read_body_of(self, operator: Derivative) -> Node:
        """What an operator is applied to: brackets, or all factors up to the next + or -."""
        token = self.token
        if token is not None and token.kind == "op" and token.text == "cdot":
            following = self.peek(self.spot + 1)
            if following is not None and following.kind == "open":
                self.advance()
                token = self.token
        if token is None or token.kind not in STARTS or self.is_words():
            return operator
        body = self.read_factor() if token.kind == "open" else self.read_product()
        return Derivative(
            (operator.span[0], body.span[1]),
            None,
            operator.bottom,
            operator.mark,
            operator.mark_below,
            body,
        )

    def _read_sum(self) -> Node:
        token = self.advance()
        index: Node | None = None
        low: Node | None = None
        high: Node | None = None
        count = 0
        while self.at("sub") or self.at("sup"):
            count += 1
            if count > 2:
                self.refuse("more than two bounds on one sum")
            above = self.advance().kind == "sup"
            content = self.read_script_content()
            if not content:
                continue
            whole = (content[0].span[0], content[-1].span[1])
            bound = content[0] if len(content) == 1 else Listed(whole, content)
            if above:
                high = bound
            elif isinstance(bound, Compared) and bound.sign == "=":
                index, low = bound.left, bound.right
            else:
                index = bound
        if self.at("plus", "-"):
            body = self._read_signed()
        else:
            body = self.read_product()
        kind = SUMS[token.text]
        return Sum((token.start, body.span[1]), index, low, high, body, kind)

    def _read_table(self) -> Node:
        end = self.partner[self.spot]
        opened = self.advance()
        if opened.text in CASES:
            return self._read_cases(opened, end)
        rows: list[tuple[Node, ...]] = []
        row: list[Node] = []
        while self.spot < end:
            if self.at("amp"):
                self.advance()
            elif self.at("row"):
                self.advance()
                if row:
                    rows.append(tuple(row))
                row = []
            elif self.at("comma") or self.at("stop"):
                self.advance()
            elif self.at("rel") and opened.text in ("array", "tabular"):
                sign = self.advance()
                row.append(Name((sign.start, sign.end), base=sign.text))
            else:
                row.append(self._read_cell())
        if row:
            rows.append(tuple(row))
        closed = self.advance()
        span = (opened.start, closed.end)
        if not rows:
            self.refuse("a matrix without entries")
        return _simplify_table(Matrix(span, tuple(rows), MATRICES.get(opened.text, "")))

    def _read_cell(self) -> Node:
        token = self.token
        assert token is not None
        if token.kind == "text":
            self.advance()
            return Words((token.start, token.end), token.text)
        return self.read_relation()

    def _read_cases(self, opened: Token, end: int) -> Node:
        rows: list[tuple[Node, Node | None]] = []
        while self.spot < end:
            if self.at("row"):
                self.advance()
                continue
            value = self.read_relation()
            condition: Node | None = None
            while self.at("comma") or self.at("stop"):
                self.advance()
            if self.at("amp"):
                self.advance()
            while self.spot < end and not self.at("row"):
                if self.is_words() or self.at("comma") or self.at("stop") or self.at("amp"):
                    self.read_words() if self.is_words() else self.advance()
                elif self.at("text"):
                    self.advance()
                elif condition is None:
                    condition = self.read_relation()
                else:
                    extra = self.read_relation()
                    whole = (condition.span[0], extra.span[1])
                    items = condition.items if isinstance(condition, Listed) else (condition,)
                    condition = Listed(whole, (*items, extra))
            rows.append((value, condition))
        closed = self.advance()
        if not rows:
            self.refuse("cases without a row")
        return Cases((opened.start, closed.end), tuple(rows))


def _simplify_table(table: Matrix) -> Node:
    """A box with a heading in words over one entry is that entry with a label."""
    if table.bracket:
        return table
    entries = [entry for row in table.rows for entry in row]
    words = [entry for entry in entries if isinstance(entry, Words)]
    others = [entry for entry in entries if not isinstance(entry, Words)]
    if not others:
        return Words(table.span, " ".join(entry.text for entry in words))
    if words and len(others) == 1:
        label = Words(words[0].span, " ".join(entry.text for entry in words))
        return Braced(table.span, others[0], label)
    return table


def _name_text(token: Token) -> Name:
    return Name((token.start, token.end), base=token.text, style="text")


def _replace_name(name: Name, span: Span) -> Name:
    return Name(
        span, name.base, name.upper, name.lower, name.primes, name.accent, name.style, name.star
    )


def _mentions(arguments: tuple[Node, ...], name: Name) -> bool:
    """h(1 - h): a name in its own brackets is a factor, not a function."""
    return any(
        isinstance(node, Name) and node.base == name.base and len(node.lower) == len(name.lower)
        for argument in arguments
        for node in walk(argument)
    )

