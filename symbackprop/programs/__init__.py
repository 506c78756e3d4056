"""Numbers from derived equations: numpy programs. Nothing is imported before it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symbackprop.programs.callables import Program, Result, lambdify

__all__ = ["Program", "Result", "lambdify"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from symbackprop.programs import callables

    return getattr(callables, name)
