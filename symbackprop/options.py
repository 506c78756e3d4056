"""The options of the command line. Nothing heavy is imported, so that --help answers at once."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import symbackprop
from symbackprop.choices import BIASES, DECIMALS, FORMATS, FORMS, LANGUAGES, NOTATIONS, VIEWS
from symbackprop.errors import name_choices

REPORTS = ("text", "json", "jsonl", "github", "sarif", "html")
ORDERS = ("line", "severity")
MAX_JOBS = 256
KINDS = ("markdown", "latex", "notebook", "text", "formula")
SHELLS = ("bash", "zsh", "tcsh")
FORMULA_LIMIT = 1000
MAX_DIGITS = 50
# options that name a file --> completed so in a shell
FILES = ("net", "files", "output", "network")

DESCRIPTION = """\
Derive the backpropagation formulas of a network, prove them, print them and compute them.
NET is "mlp" (any depth, any widths), widths such as 2-3-1, or a network file (.toml).
"""
EXIT_CODES = "exit codes: 0 all is well, 1 a check disagrees, 2 the input cannot be used"
VERIFY_EXIT_CODES = (
    "exit codes: 0 no errors and no warnings, 1 some, 2 usage or unreadable file, 3 no equation "
    "found"
)
WRT = "W, W1, WL, b2, delta1, w1_12 or W1[1,2], ..., several with commas, or all (the default)"

Run = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """A parser that complains in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {' '.join(message.split())}\n")


class PrintCompletion(argparse.Action):
    """Print what a shell completes the command with, and end."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: object, shell: Any, option: Any = None
    ) -> NoReturn:
        try:
            import shtab
        except ModuleNotFoundError:
            parser.error(f"{option} needs shtab: pip install 'symbackprop[completion]'")
        for each in _list_actions(parser):
            if each.dest in FILES:
                each.complete = shtab.FILE  # type: ignore[attr-defined]
        print(shtab.complete(parser, shell))
        parser.exit()


def _list_actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    found = list(parser._actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found += [a for inner in action.choices.values() for a in _list_actions(inner)]
    return found


def build_parser(commands: Mapping[str, Run]) -> argparse.ArgumentParser:
    """The parser of all commands; each runs what its name has in the mapping."""
    parser = Parser(
        prog="symbackprop",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"symbackprop {symbackprop.__version__}"
    )
    add_choice(
        parser,
        "--print-completion",
        "shell",
        SHELLS,
        "what this shell completes the command with: put it where your shell looks",
        action=PrintCompletion,
    )
    parser.set_defaults(command=None)
    kinds = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for add, command, says in (
        (add_derive, "derive", "derive the formulas, prove them, and print them"),
        (add_check, "check", "hold the derived gradients against independent implementations"),
        (add_evaluate, "evaluate", "work out the numbers: forward, cost, gradients, update"),
        (add_verify, "verify", "check somebody's derivation, equation by equation"),
    ):
        one = kinds.add_parser(command, help=says, epilog=EXIT_CODES)
        add(one)
        add_output(one)
        one.set_defaults(command=commands[command])
    return parser


def add_derive(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Derive the formulas of NET, prove them, and print them. Standard output has the "
        "formulas alone; how they were proved is said on standard error."
    )
    add_network(parser)
    parser.add_argument("--wrt", metavar="NAMES", help=WRT)
    add_choice(parser, "--view", "view", VIEWS, "how much a formula spells out")
    add_choice(parser, "--form", "form", FORMS, "how far a formula is worked out")
    parser.add_argument(
        "--explain",
        dest="steps",
        action="store_true",
        default=None,
        help="show how each formula comes about, line by line with a reason",
    )
    add_choice(parser, "--notation", "notation", NOTATIONS, "whose way of writing")
    add_choice(parser, "--lang", "language", LANGUAGES, "language of the words")
    parser.add_argument("--digits", type=read_digits, metavar="N", help="digits shown of a number")
    add_choice(parser, "--decimal", "decimal", DECIMALS, "decimal mark")
    parser.add_argument(
        "--all",
        dest="limit",
        action="store_const",
        const=None,
        default=FORMULA_LIMIT,
        help=f"print more than {FORMULA_LIMIT:,} formulas where there are so many",
    )
    add_choice(parser, "--to", "to", FORMATS, "what is written")
    parser.add_argument(
        "--width",
        type=read_width,
        metavar="N",
        help="break text at so many signs, 0 for never (else as wide as the terminal, or 80)",
    )


def add_check(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Compare every derived gradient, in numbers, with the loops of a textbook and with "
        "complex steps; of a graph, with the slopes of its equations."
    )
    add_network(parser)
    add_choice(parser, "--format", "format", ("text", "json"), "what is written", "text")
    parser.add_argument(
        "--seed",
        type=read_seed,
        metavar="N",
        help="draw other random numbers, where no values are given",
    )


def add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.description = "Work out the numbers of a network that has [values] in its file."
    add_network(parser)
    add_choice(parser, "--format", "format", ("text", "json"), "what is written", "text")
    parser.add_argument(
        "--digits", type=read_digits, metavar="N", help="digits shown of a number, in text"
    )
    parser.add_argument(
        "--all",
        dest="everything",
        action="store_true",
        help="gradients of intermediates and inputs too",
    )


def add_verify(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Judge every equation of lectures (.md, .tex, .ipynb, .txt), of the folders they are in, "
        "of standard input (-), or of one formula given as LaTeX. The table [tool.symbackprop] of "
        "pyproject.toml may select codes, ignore some, and name a notation and a file of macros."
    )
    parser.epilog = VERIFY_EXIT_CODES
    parser.add_argument(
        "files", metavar="FILE", nargs="*", help='a file, a folder, a pattern, -, or "LaTeX"'
    )
    parser.add_argument(
        "--network", metavar="NET", help="mlp, widths such as 2-3-1, or a .toml file"
    )
    parser.add_argument("--activation", metavar="NAME", help="sigmoid, tanh, relu, ...")
    parser.add_argument("--cost", metavar="NAME", help="half-sse, mse, cross-entropy, ...")
    parser.add_argument(
        "--wrt", metavar="NAME", help="what one formula is the gradient by: W1, b2, deltaL"
    )
    add_choice(parser, "--notation", "notation", NOTATIONS, "whose way of writing")
    add_choice(parser, "--kind", "kind", KINDS, "how files are read; else by their suffix")
    parser.add_argument("--macros", metavar="FILE", help="a file that defines macros of LaTeX")
    add_choice(parser, "--format", "format", REPORTS, "what is written", "text")
    add_codes(parser, "--select", "only these, or those that begin so: BP1,BP301")
    add_codes(parser, "--ignore", "all but these")
    add_choice(parser, "--order", "order", ORDERS, "what comes first", "line")
    parser.add_argument("--hints", action="store_true", help="show hints too")
    parser.add_argument(
        "--unchecked", action="store_true", help="show what could not be checked, and why"
    )
    parser.add_argument("--summary", action="store_true", help="only how many hold")
    parser.add_argument(
        "--jobs", type=read_jobs, default=1, metavar="N", help="judge so many documents at a time"
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="write corrected copies, notes.fixed.md, where one correction is certain",
    )
    parser.add_argument(
        "--in-place", action="store_true", help="with --fix: correct the documents themselves"
    )
    parser.add_argument(
        "--diff", action="store_true", help="show what would be corrected in place of a report"
    )
    parser.add_argument(
        "--pass-without-equations", action="store_true", help="0 where there is no equation"
    )
    parser.add_argument("--explain", metavar="CODE", help="tell what a code means, and end")


def add_network(parser: argparse.ArgumentParser) -> None:
    """Add NET and the options that declare it where it is not a file."""
    parser.add_argument("net", metavar="NET", help="mlp, widths such as 2-3-1, or a .toml file")
    parser.add_argument(
        "--activation",
        metavar="NAME",
        type=read_activation,
        help="sigmoid, tanh, relu, ...; with a comma the hidden layers' and the last one's "
        "(sigmoid,softmax), or one for each layer",
    )
    parser.add_argument("--cost", metavar="NAME", help="half-sse, mse, cross-entropy, ...")
    add_choice(parser, "--bias", "bias", BIASES, "one for each neuron, for each layer, or none")
    parser.add_argument("--batch", action="store_true", help="a batch: the mean over its samples")
    parser.add_argument(
        "--regularized", action="store_true", help="add the L2 term, λ/2 times all squared weights"
    )


def add_choice(
    parser: argparse.ArgumentParser,
    option: str,
    what: str,
    choices: Sequence[str],
    meaning: str,
    default: str | None = None,
    **more: Any,
) -> None:
    """Add an option with fixed choices; an unknown one is answered with the nearest."""

    def choose(text: str) -> str:
        if text not in choices:
            raise argparse.ArgumentTypeError(name_choices(what, text, choices))
        return text

    parser.add_argument(
        option,
        dest=what,
        type=choose,
        choices=choices,
        default=default,
        metavar="|".join(choices),
        help=meaning,
        **more,
    )


def add_codes(parser: argparse.ArgumentParser, option: str, meaning: str) -> None:
    """Add an option for codes; those of two such options count together."""
    parser.add_argument(
        option, metavar="CODES", type=split_codes, action="extend", default=[], help=meaning
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write to this file")
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--quiet", action="store_true", help="only errors on standard error")
    told.add_argument(
        "--verbose", action="store_true", help="all that was proved and compared, or holds"
    )


def read_activation(text: str) -> str | list[str]:
    """Read one name, or several with commas.

    >>> read_activation("tanh"), read_activation("tanh,softmax")
    ('tanh', ['tanh', 'softmax'])
    """
    return text.split(",") if "," in text else text


def read_digits(text: str) -> int:
    """Read how many digits are shown; argparse words the refusal.

    >>> read_digits("9")
    9
    """
    return _read_integer(text, 1, MAX_DIGITS)


def read_width(text: str) -> int:
    return _read_integer(text, 0, 10_000)


def read_jobs(text: str) -> int:
    return _read_integer(text, 1, MAX_JOBS)


def read_seed(text: str) -> int:
    return _read_integer(text, 0, 10**9)


def _read_integer(text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and low <= int(text[:10]) <= high):
        raise argparse.ArgumentTypeError(f"an integer from {low} to {high:,} is wanted")
    return int(text)


def split_codes(text: str) -> list[str]:
    """Read codes with commas between them.

    >>> split_codes("BP103, bp2")
    ['BP103', 'BP2']
    """
    return [code.strip().upper() for code in text.split(",") if code.strip()]
