"""The names that a user chooses from; nothing heavy is imported, so that --help answers at once.

Each is a type, and the table that says what its names mean is a mapping from that type.
"""

from __future__ import annotations

from typing import Literal, get_args

ViewName = Literal["scalar", "indexed", "matrix", "component", "numeric"]
Form = Literal["chain", "factors", "delta", "expanded"]
Format = Literal["text", "latex", "document", "markdown", "beamer"]
NotationName = Literal["nielsen", "3b1b", "mazur", "ng", "rows"]
Language = Literal["en", "es"]
DecimalMark = Literal[".", ","]
Bias = Literal["neuron", "shared", "none"]

VIEWS: tuple[ViewName, ...] = get_args(ViewName)
FORMS: tuple[Form, ...] = get_args(Form)
FORMATS: tuple[Format, ...] = get_args(Format)
NOTATIONS: tuple[NotationName, ...] = get_args(NotationName)
LANGUAGES: tuple[Language, ...] = get_args(Language)
DECIMALS: tuple[DecimalMark, ...] = get_args(DecimalMark)
BIASES: tuple[Bias, ...] = get_args(Bias)
