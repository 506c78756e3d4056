"""The words around formulas: English and Spanish, one row each."""

from __future__ import annotations

from symbackprop.choices import LANGUAGES
from symbackprop.errors import InputError, name_choices

# key --> (English, Spanish); the keys of reasons are those of derivation/arguments.py, and {}
# stands for a formula
WORDS: dict[str, tuple[str, str]] = {
    # reasons
    "chain rule": ("Chain rule", "Regla de la cadena"),
    "cost": ("Cost", "Coste"),
    "activation": ("Activation", "Activación"),
    "weighted sum": ("Weighted sum", "Suma ponderada"),
    "local derivative": ("Local derivative", "Derivada local"),
    "no way": ("No way to the cost", "No influye en el coste"),
    "factors": ("Factors put in", "Sustituyendo los factores"),
    "known factors": ("Factors put in, see above", "Sustituyendo los factores, ver arriba"),
    "definition of the error": ("Definition of the error", "Definición del error"),
    "expanded": ("Expanded", "Desarrollado"),
    "through the output": ("Through the output", "A través de la salida"),
    "definition": ("Definition", "Definición"),
    "derivative": ("Derivative", "Derivada"),
    "rewriting": ("Rewriting", "Reescritura"),
    "update": ("Update", "Actualización"),
    # headings
    "title": ("Backpropagation", "Retropropagación"),
    "forward pass": ("Forward pass", "Propagación hacia delante"),
    "errors": ("Errors", "Errores"),
    "activations": ("Derivatives by the activations", "Derivadas respecto a las activaciones"),
    "intermediates": ("Intermediate quantities", "Cantidades intermedias"),
    "gradients": ("Gradients", "Gradientes"),
    "updates": ("Updates", "Actualizaciones"),
    "backward pass": ("Backward pass", "Propagación hacia atrás"),
    "derivation": ("Derivation", "Derivación"),
    "notation": ("Notation", "Notación"),
    "numbers": ("In numbers", "En números"),
    # which view it is
    "view": ("view", "vista"),
    "also": ("also", "también"),
    # remarks
    "acts on": ("{} acts on {} {}", "{} actúa sobre {} {}"),
    "directly": ("directly", "directamente"),
    "through": ("through {}", "a través de {}"),
    "and": ("and", "y"),
    "direct part": (
        "{} is the direct part of a derivative: what lies in between is held fixed",
        "{} es la parte directa de una derivada: lo que hay en medio se mantiene fijo",
    ),
    "where": ("where", "donde"),
    "forward only": (
        "There is no backward pass: {} has the derivative 0 wherever it has one, "
        "and nothing can be learned from that",
        "No hay propagación hacia atrás: la derivada de {} es 0 allí donde existe, "
        "y de eso no se aprende nada",
    ),
    # words in formulas
    "otherwise": ("otherwise", "en otro caso"),
    "for": ("for", "para"),
}


def find_word(key: str, language: str = "en") -> str:
    """The words of a key in a language.

    Raises:
        InputError: no such language.

    >>> find_word("weighted sum", "es")
    'Suma ponderada'
    """
    if language not in LANGUAGES:
        raise InputError(name_choices("language", language, LANGUAGES))
    return dict(zip(LANGUAGES, WORDS[key], strict=True))[language]
