"""The command line: arguments in, text out; the work itself is in the pipeline.

Nothing heavy is imported before it is needed, so that --help answers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import symbackprop
from symbackprop.errors import InputError, name_choices

GOOD, DISAGREES, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
# a verification that is this long shows on a terminal how far it is
MANY_FORMULAS = 30

VIEWS = ("scalar", "indexed", "matrix", "component", "numeric")
FORMS = ("chain", "factors", "delta", "expanded")
# repeated here because the tables themselves are costly to import; a test holds them together
NOTATIONS = ("nielsen", "3b1b", "mazur", "ng", "rows")
LANGUAGES = ("en", "es")
DECIMALS = (".", ",")
REPORTS = ("text", "json", "github", "sarif")
KINDS = ("markdown", "latex", "notebook", "text", "formula")
OUTPUTS = ("text", "latex", "document", "markdown", "beamer")
BIASES = ("neuron", "shared", "none")
SHOWN = ("wrt", "view", "form", "steps", "notation", "language", "digits", "decimal", "to")
FORMULA_LIMIT = 1000
MAX_DIGITS = 50

DESCRIPTION = """\
Derive the backpropagation formulas of a network, prove them, print them and compute them.
NET is "mlp" (any depth, any widths), widths such as 2-3-1, or a network file (.toml).
"""
EXIT_CODES = "exit codes: 0 all is well, 1 a check disagrees, 2 the input cannot be used"
VERIFY_EXIT_CODES = (
    "exit codes: 0 all hold, 1 findings, 2 usage or unreadable file, 3 no equation found"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; a complaint is one message, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # ∂ and δ have no place in ASCII or in a Windows code page
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    chosen = build_parser().parse_args(arguments)
    try:
        return chosen.command(chosen)
    except InputError as error:
        return complain(str(error))
    except BrokenPipeError:
        return GOOD
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return complain(f"{where}{error.strerror or error}")
    except KeyboardInterrupt:
        return INTERRUPTED


def complain(message: str) -> int:
    print(f"symbackprop: {message}", file=sys.stderr)
    return BAD_INPUT


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="symbackprop",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    derive = commands.add_parser(
        "derive",
        help="derive the formulas, prove them, and print them",
        description="Derive the formulas of NET, prove them, and print them. Standard output has "
        "the formulas alone; how they were proved is said on standard error.",
        epilog=EXIT_CODES,
    )
    add_network(derive)
    derive.add_argument(
        "--wrt", metavar="NAME", help="one quantity (W1, b2, delta1, ...), or all (the default)"
    )
    add_choice(derive, "--view", "view", VIEWS, "how much a formula spells out")
    add_choice(derive, "--form", "form", FORMS, "how far a formula is worked out")
    derive.add_argument(
        "--explain",
        dest="steps",
        action="store_true",
        default=None,
        help="show how each formula comes about, line by line with a reason",
    )
    add_choice(derive, "--notation", "notation", NOTATIONS, "whose way of writing")
    add_choice(derive, "--lang", "language", LANGUAGES, "language of the words")
    derive.add_argument("--digits", type=read_digits, metavar="N", help="digits shown of a number")
    add_choice(derive, "--decimal", "decimal", DECIMALS, "decimal mark")
    derive.add_argument(
        "--all",
        dest="limit",
        action="store_const",
        const=None,
        default=FORMULA_LIMIT,
        help=f"print more than {FORMULA_LIMIT:,} formulas where there are so many",
    )
    add_choice(derive, "--to", "to", OUTPUTS, "what is written")
    add_output(derive)
    derive.set_defaults(command=run_derive)

    check = commands.add_parser(
        "check",
        help="hold the derived gradients against independent implementations",
        description="Compare every derived gradient, in numbers, with the loops of a textbook "
        "and with complex-step differences (central ones where a corner forbids these).",
        epilog=EXIT_CODES,
    )
    add_network(check)
    add_output(check)
    check.set_defaults(command=run_check)

    evaluate = commands.add_parser(
        "evaluate",
        help="work out a network file with values: forward, cost, gradients, update",
        description="Work out the numbers of a network file that has [values].",
        epilog=EXIT_CODES,
    )
    evaluate.add_argument("net", metavar="NET.toml", help="a network file with [values]")
    add_choice(evaluate, "--format", "format", ("text", "json"), "what is written", "text")
    evaluate.add_argument(
        "--digits", type=read_digits, metavar="N", help="digits shown of a number, in text"
    )
    add_output(evaluate)
    evaluate.set_defaults(command=run_evaluate)

    verify = commands.add_parser(
        "verify",
        help="check somebody's derivation, equation by equation",
        description="Judge every equation of lectures (.md, .tex, .ipynb, .txt), of standard "
        "input (-), or of one formula given as LaTeX.",
        epilog=VERIFY_EXIT_CODES,
    )
    verify.add_argument("files", metavar="FILE", nargs="*", help='a file, -, or "LaTeX"')
    verify.add_argument(
        "--network", metavar="NET", help="mlp, widths such as 2-3-1, or a .toml file"
    )
    verify.add_argument("--activation", metavar="NAME", help="sigmoid, tanh, relu, ...")
    verify.add_argument("--cost", metavar="NAME", help="half-sse, mse, cross-entropy, ...")
    add_choice(verify, "--notation", "notation", NOTATIONS, "which letters stand for what")
    verify.add_argument(
        "--wrt", metavar="NAME", help="W1, b2, ...: the formula given is the gradient by this"
    )
    add_choice(verify, "--kind", "kind", KINDS, "how files are read; else by their suffix")
    add_choice(verify, "--format", "format", REPORTS, "what is written", "text")
    add_codes(verify, "--select", "only these, or those that begin so: BP1,BP301")
    add_codes(verify, "--ignore", "all but these")
    verify.add_argument("--summary", action="store_true", help="only how many hold")
    verify.add_argument("--explain", metavar="CODE", help="tell what a code means, and end")
    add_output(verify)
    verify.set_defaults(command=run_verify)
    return parser


def add_network(parser: argparse.ArgumentParser) -> None:
    """Add NET and the options that declare it where it is not a file."""
    parser.add_argument("net", metavar="NET", help="mlp, widths such as 2-3-1, or a .toml file")
    parser.add_argument(
        "--activation",
        metavar="NAME",
        type=read_activation,
        help="sigmoid, tanh, relu, ...; with commas one for each layer: tanh,softmax",
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
        default=default,
        metavar="|".join(choices),
        help=meaning,
    )


def add_codes(parser: argparse.ArgumentParser, option: str, meaning: str) -> None:
    """Add an option for codes; those of two such options count together."""
    parser.add_argument(
        option, metavar="CODES", type=split_codes, action="extend", default=[], help=meaning
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write to this file")


def read_activation(text: str) -> str | list[str]:
    """Read one name, or one for each layer.

    >>> read_activation("tanh"), read_activation("tanh,softmax")
    ('tanh', ['tanh', 'softmax'])
    """
    return text.split(",") if "," in text else text


def read_digits(text: str) -> int:
    """Read how many digits are shown; argparse words the refusal.

    >>> read_digits("9")
    9
    """
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= MAX_DIGITS):
        raise argparse.ArgumentTypeError(f"an integer from 1 to {MAX_DIGITS} is wanted")
    return int(text)


def run_derive(chosen: argparse.Namespace) -> int:
    declared = declare(chosen)
    derived = symbackprop.derive(declared)
    text = symbackprop.show(derived, **pick(chosen, *SHOWN), limit=chosen.limit)
    emit(text, chosen.output)
    print(derived.summary, file=sys.stderr)
    if not declared.values or declared.is_forward_only:
        return GOOD
    report = symbackprop.check(declared)
    print(report.text, file=sys.stderr)
    return GOOD if report.agrees else DISAGREES


def run_check(chosen: argparse.Namespace) -> int:
    report = symbackprop.check(declare(chosen))
    emit(report.text, chosen.output)
    return GOOD if report.agrees else DISAGREES


def run_evaluate(chosen: argparse.Namespace) -> int:
    from symbackprop.pipeline import evaluate_text

    declared = symbackprop.load(chosen.net)
    if chosen.format == "json":
        # a program gets all digits
        results = symbackprop.evaluate(declared)
        text = json.dumps(results, indent=2, ensure_ascii=False, allow_nan=False)
    else:
        text = evaluate_text(declared, **pick(chosen, "digits"))
    emit(text, chosen.output)
    return GOOD


def run_verify(chosen: argparse.Namespace) -> int:
    if chosen.explain is not None:
        from symbackprop.verification.codes import explain_code

        emit(explain_code(chosen.explain), chosen.output)
        return GOOD
    if not chosen.files:
        raise InputError("nothing to verify: give files, - for standard input, or a formula")
    if chosen.files.count("-") > 1:
        raise InputError("standard input (-) can be read once only")

    from symbackprop.verification.codes import check_codes
    from symbackprop.verification.findings import choose_exit_code, filter_codes
    from symbackprop.verification.reports import WITH_SUMMARY, report

    check_codes([*chosen.select, *chosen.ignore])
    if chosen.summary and chosen.format not in WITH_SUMMARY:
        raise InputError(f"the format {chosen.format} has no summary; text and json have one")
    options = pick(chosen, "kind", "notation") | declare_for_verifying(chosen)
    judged, presumed, unread = [], [], []
    for given in chosen.files:
        told: list[str] = []
        latex = given if chosen.wrt is None else state_gradient(chosen.wrt, given)
        try:
            judged += symbackprop.verify(latex, progress=show_progress, tell=told.append, **options)
        except InputError as error:
            unread.append(str(error))
        presumed += [f"{given}: {words}" if len(chosen.files) > 1 else words for words in told]
    if len(unread) < len(chosen.files):
        shown = filter_codes(judged, chosen.select, chosen.ignore)
        text = report(
            shown, chosen.format, judged=judged, presumed=presumed, summary_only=chosen.summary
        )
        if text or chosen.output:
            emit(text, chosen.output)
    if unread:
        return complain("\nsymbackprop: ".join(unread))
    return choose_exit_code(shown, left_out=len(judged) - len(shown))


def declare_for_verifying(chosen: argparse.Namespace) -> dict[str, Any]:
    """The declared network, where any option declares something of it."""
    options = pick(chosen, "activation", "cost")
    if chosen.network is None and not options:
        return {}
    if not options:
        return {"network": chosen.network}
    return {"network": symbackprop.load(chosen.network or "mlp", **options)}


def state_gradient(wrt: str, formula: str) -> str:
    r"""Say of a formula that it is a gradient; what it says already stays a link of the chain.

    Brackets say that a number is a layer and no power.

    >>> state_gradient("W1", r"\delta^1 (a^0)^T")
    '\\frac{\\partial C}{\\partial W^{(1)}} = \\delta^1 (a^0)^T'
    """
    found = re.fullmatch(r"(W|w|b|z|a|delta)(\d{1,3}|l|L)", wrt)
    if not found:
        raise InputError(f"--wrt {wrt!r}: a letter and a layer are wanted: W1, b2, zL, delta1")
    if formula == "-" or Path(formula).suffix in (".md", ".tex", ".ipynb", ".txt"):
        raise InputError("--wrt judges one formula, not a file")
    letter, layer = found.groups()
    body = formula.strip().strip("$").strip()
    if letter == "delta":
        return rf"\delta^{{({layer})}} = {body}"
    return rf"\frac{{\partial C}}{{\partial {letter}^{{({layer})}}}} = {body}"


def show_progress(done: int, total: int) -> None:
    """Count on a terminal; a log or a pipe gets nothing of it."""
    if total > MANY_FORMULAS and sys.stderr.isatty():
        end = "\r\x1b[K" if done == total else ""
        print(f"\r{done} of {total} formulas{end}", end="", file=sys.stderr, flush=True)


def split_codes(text: str) -> list[str]:
    """Read codes with commas between them.

    >>> split_codes("BP103, bp2")
    ['BP103', 'BP2']
    """
    return [code.strip().upper() for code in text.split(",") if code.strip()]


def declare(chosen: argparse.Namespace) -> Any:
    options = pick(chosen, "activation", "cost", "bias")
    return symbackprop.load(
        chosen.net, **options, batch=chosen.batch, regularized=chosen.regularized
    )


def pick(chosen: argparse.Namespace, *names: str) -> dict[str, Any]:
    """The options that were given; what was not keeps the default of the pipeline."""
    options = {name: getattr(chosen, name) for name in names}
    return {name: value for name, value in options.items() if value is not None}


def emit(text: str, output: Path | None) -> None:
    """Write the text to a file or to standard output; a reader that has left is no error."""
    text = text.rstrip("\n") + "\n"
    if output is not None:
        write_whole(output, lambda path: path.write_text(text, encoding="utf-8"))
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # else Python complains once more when it flushes at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file so that it is there whole or as it was: beside it first, then renamed."""
    path = path.resolve()
    if path.is_dir():
        raise InputError(f"{path}: this is a folder; a file is wanted")
    if path.exists() and not path.is_file():
        write(path)  # a pipe or a device cannot be renamed to
        return
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        write(beside)
        os.replace(beside, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        beside.unlink(missing_ok=True)


if __name__ == "__main__":
    raise SystemExit(main())
