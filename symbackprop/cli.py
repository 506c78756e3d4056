"""The command line: arguments in, text out; the work itself is in the pipeline.

Nothing heavy is imported before it is needed, so that --help answers at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import symbackprop
from symbackprop.errors import InputError
from symbackprop.interrupts import INTERRUPTED
from symbackprop.options import FORMULA_LIMIT, build_parser
from symbackprop.streams import (
    Counted,
    complain,
    emit,
    emit_parts,
    gather,
    prepare_streams,
    refuse_input_as_output,
    settle_streams,
)
from symbackprop.terminal import choose_paint, find_width, show_progress

GOOD, DISAGREES, NO_EQUATIONS = 0, 1, 3
FOR_VERIFYING = ("kind", "notation", "wrt", "macros", "network", "activation", "cost")
SHOWN = ("wrt", "view", "form", "steps", "notation", "language", "digits", "decimal", "to")
# our names of options --> how the user writes them
WRITTEN = {"steps": "--explain", "language": "--lang", "limit": "--all"}
# a sheet of more lines is not written again to see which option changes it
SHORT = 500


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; a complaint is one message, never a traceback."""
    prepare_streams()
    try:
        return run(arguments)
    except InputError as error:
        return complain(str(error))
    except BrokenPipeError:
        return GOOD
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return complain(f"{where}{error.strerror or error}")
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        settle_streams()


def run(arguments: Sequence[str] | None) -> int:
    parser = build_parser(COMMANDS)
    chosen = parser.parse_args(arguments)
    if chosen.command is None:
        emit(parser.format_help(), None)
        return GOOD
    refuse_input_as_output(chosen.output, [*getattr(chosen, "files", ()), *_name_networks(chosen)])
    with show_progress(chosen.quiet):
        return chosen.command(chosen)


def _name_networks(chosen: argparse.Namespace) -> Iterator[str]:
    for name in ("net", "network"):
        if getattr(chosen, name, None) is not None:
            yield getattr(chosen, name)


def tell(chosen: argparse.Namespace, words: str) -> None:
    """Say on standard error what is no result."""
    if not chosen.quiet:
        print(words, file=sys.stderr)


def run_derive(chosen: argparse.Namespace) -> int:
    declared = declare(chosen)
    derived = symbackprop.derive(declared)
    given = pick(chosen, *SHOWN) | {"limit": chosen.limit}
    written = Counted(gather(symbackprop.show_parts(derived, **given, **choose_layout(chosen))))
    emit_parts(written, chosen.output)
    tell(chosen, derived.details if chosen.verbose else derived.summary)
    if written.lines <= SHORT:
        for option in find_idle(chosen, derived, given):
            tell(chosen, f"{option} has no effect here")
    if not declared.values or declared.is_forward_only:
        return GOOD
    report = symbackprop.check(declared)
    tell(chosen, report.text if chosen.verbose else report.summary)
    return GOOD if report.agrees else DISAGREES


def choose_layout(chosen: argparse.Namespace) -> dict[str, Any]:
    """How wide text is, and in which colours."""
    if chosen.to not in (None, "text"):
        return {}
    paint = choose_paint(sys.stdout) if chosen.output is None else None
    return {"width": find_width(chosen.width), "paint": paint}


def find_idle(chosen: argparse.Namespace, derived: Any, given: dict[str, Any]) -> Iterator[str]:
    """The options without which the same would have been written."""
    if chosen.width is not None and chosen.to not in (None, "text"):
        yield "--width"
    asked = [name for name in given if name not in ("wrt", "to")]
    if chosen.limit == FORMULA_LIMIT:
        asked.remove("limit")
    if not asked:
        return
    from symbackprop.printing.sheets import name_defaults

    text = symbackprop.show(derived, **given)
    for name in asked:
        others = {key: value for key, value in given.items() if key != name}
        is_default = name != "limit" and name_defaults(derived, others)[name] == given[name]
        if not is_default and symbackprop.show(derived, **others) == text:
            yield WRITTEN.get(name, f"--{name}")


def run_check(chosen: argparse.Namespace) -> int:
    declared = declare(chosen)
    report = symbackprop.check(declared, **pick(chosen, "seed"))
    emit(write_json(report.as_dict()) if chosen.format == "json" else report.text, chosen.output)
    if declared.values and chosen.seed is not None:
        tell(chosen, "--seed has no effect here: the file has values")
    return GOOD if report.agrees else DISAGREES


def run_evaluate(chosen: argparse.Namespace) -> int:
    declared = declare(chosen)
    results = symbackprop.evaluate(declared, everything=chosen.everything)
    if chosen.format == "json":
        # a program gets all digits
        text = write_json(results)
        if chosen.digits is not None:
            tell(chosen, "--digits has no effect here: JSON has all digits")
    else:
        from symbackprop.evaluation import tell_results

        text = tell_results(results, chosen.digits or declared.digits)
    emit(text, chosen.output)
    return GOOD


def write_json(content: dict[str, Any]) -> str:
    import json

    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def run_verify(chosen: argparse.Namespace) -> int:
    if chosen.explain is not None:
        from symbackprop.verification.codes import explain_code

        emit(explain_code(chosen.explain), chosen.output)
        return GOOD
    if not chosen.files:
        raise InputError("nothing to verify: give files, - for standard input, or a formula")
    if chosen.files.count("-") > 1:
        raise InputError("standard input (-) can be read once only")
    if "-" in chosen.files and sys.stdin is None:
        raise InputError("standard input (-) is closed")

    refuse_corrections(chosen)
    return verify_documents(chosen)


def refuse_corrections(chosen: argparse.Namespace) -> None:
    """Refuse what cannot be corrected, or shown."""
    if chosen.in_place and not chosen.fix:
        raise InputError("--in-place says where --fix writes; give --fix too")
    if not (chosen.fix or chosen.diff):
        return
    from symbackprop.reading.documents import STANDARD_INPUT, is_formula

    option = "--fix" if chosen.fix else "--diff"
    for given in chosen.files:
        if given == STANDARD_INPUT or is_formula(given):
            raise InputError(f"{option} corrects files; {given} is none")
    if chosen.diff and (chosen.summary or chosen.format != "text"):
        raise InputError("--diff is written in place of a report; leave --format and --summary out")


def verify_documents(chosen: argparse.Namespace) -> int:
    """Judge what is given as it is configured, and report it."""
    from symbackprop.reports.selecting import Choice
    from symbackprop.runs.configuration import find_configuration
    from symbackprop.runs.gathering import gather_documents
    from symbackprop.runs.run import Run
    from symbackprop.verification.codes import check_codes

    check_codes([*chosen.select, *chosen.ignore])
    configured = find_configuration(Path.cwd())
    choice = Choice(
        tuple(chosen.select) or configured.select,
        tuple(chosen.ignore) or configured.ignore,
        configured.per_file,
        **{name: getattr(chosen, name) for name in ("hints", "unchecked", "verbose", "order")},
    )
    options = configured.options | pick(chosen, *FOR_VERIFYING)
    if chosen.output is not None and chosen.output.exists():
        documents = gather_documents(chosen.files)
        refuse_input_as_output(chosen.output, (one for one in documents if isinstance(one, str)))
    run = Run(chosen.files, options, choice, chosen.format, chosen.jobs, chosen.summary)
    if chosen.fix:
        run.fix = "in place" if chosen.in_place else "copy"
    emit_parts(run.write_diffs() if chosen.diff else run.write(), chosen.output)
    for words in run.fixed:
        tell(chosen, words)
    for problem in run.problems:
        complain(problem)
    if run.exit_code == NO_EQUATIONS and chosen.pass_without_equations:
        return GOOD
    return run.exit_code


def declare(chosen: argparse.Namespace) -> Any:
    options = pick(chosen, "activation", "cost", "bias")
    return symbackprop.load(
        chosen.net, **options, batch=chosen.batch, regularized=chosen.regularized
    )


def pick(chosen: argparse.Namespace, *names: str) -> dict[str, Any]:
    """The options that were given; what was not keeps the default of the pipeline."""
    options = {name: getattr(chosen, name) for name in names}
    return {name: value for name, value in options.items() if value is not None}


COMMANDS = {
    "derive": run_derive,
    "check": run_check,
    "evaluate": run_evaluate,
    "verify": run_verify,
}

if __name__ == "__main__":
    raise SystemExit(main())
