"""Writing text where it belongs: whole files, and streams that may be closed or full."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from symbackprop.errors import InputError
from symbackprop.interrupts import at_interrupt

BAD_INPUT = 2


def prepare_streams() -> None:
    """Streams that take every sign; where standard error is closed, what it is told is lost."""
    if sys.stderr is None:
        # print(file=None) would write to standard output
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # ∂ and δ have no place in ASCII or in a Windows code page
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def settle_streams() -> None:
    """Write what is left; a reader that is gone is not told of twice, when Python ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except OSError:
            _silence(stream)


def _silence(stream: object) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[attr-defined]


def complain(message: str) -> int:
    """Say on standard error what is wrong, in one line, and give the exit code."""
    print(f"symbackprop: {message}", file=sys.stderr)
    return BAD_INPUT


def emit(text: str, output: Path | None) -> None:
    """Write the text to a file or to standard output; a reader that has left is no error.

    Raises:
        InputError: a file or a standard output that cannot be written.
    """
    emit_parts([text.rstrip("\n") + "\n"], output)


class Counted:
    """Parts of a text, and how many lines those had that have gone through."""

    def __init__(self, parts: Iterable[str]) -> None:
        self.parts = parts
        self.lines = 0

    def __iter__(self) -> Iterator[str]:
        for part in self.parts:
            self.lines += part.count("\n")
            yield part


def gather(parts: Iterable[str], least: int = 1 << 16) -> Iterator[str]:
    """The same text in parts of so many signs, but for the last.

    >>> list(gather(["a", "bc", "d"], 2))
    ['abc', 'd']
    """
    gathered: list[str] = []
    length = 0
    for part in parts:
        gathered.append(part)
        length += len(part)
        if length >= least:
            yield "".join(gathered)
            gathered, length = [], 0
    if gathered:
        yield "".join(gathered)


def emit_parts(parts: Iterable[str], output: Path | None) -> None:
    """Write parts of a text as they are made; a file is there when all of them are.

    Raises:
        InputError: a file or a standard output that cannot be written.
    """
    if output is not None:
        write_whole(output, lambda path: _write_parts(parts, path))
        return
    if sys.stdout is None or sys.stdout.closed:
        raise InputError("standard output is closed; give -o FILE")
    for part in parts:
        if part and not _write_out(part):
            return


def _write_parts(parts: Iterable[str], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(parts)


def _write_out(text: str) -> bool:
    """Write to standard output; False where its reader has left."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # else Python complains once more when it flushes at its end
        _silence(sys.stdout)
        return False
    except OSError as error:
        _silence(sys.stdout)
        raise InputError(f"standard output cannot be written: {error.strerror}") from None
    return True


def refuse_input_as_output(output: Path | None, inputs: Iterable[str]) -> None:
    """A file that is read is not written over.

    Raises:
        InputError: the output is one of the inputs, by whatever name.
    """
    if output is None or not output.exists():
        return
    for given in inputs:
        if os.path.exists(given) and os.path.samefile(given, output):
            raise InputError(f"-o {output}: this is the file that is read; choose another")


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file so that it is there whole or as it was: beside it first, then renamed."""
    path = path.resolve()
    if path.is_dir():
        raise InputError(f"{path}: this is a folder; a file is wanted")
    if path.exists() and not path.is_file():
        write(path)  # a pipe or a device cannot be renamed to
        return
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}")

    def remove() -> None:
        beside.unlink(missing_ok=True)

    at_interrupt.append(remove)
    try:
        write(beside)
        os.replace(beside, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        remove()
        at_interrupt.remove(remove)
