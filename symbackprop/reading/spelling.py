"""The tables of what LaTeX writes in formulas: one row, one word or sign."""

from __future__ import annotations

from symbackprop.network.activations import ACTIVATIONS, FUNCTIONS
from symbackprop.primitives import PRIMITIVES


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


# runs of letters that are words and not products of letters
# functions of Python that lecturers write in formulas, with their options
CODE_WORDS = _split(
    """
    np.sum np.dot np.matmul np.multiply
    """
)
CODE_OPTIONS = _split(
    """
    axis keepdims True False
    """
)
# sigma is a letter before it is a function
KNOWN_FUNCTIONS = frozenset(FUNCTIONS) - set(ACTIVATIONS["sigma"].words)
FUNCTION_WORDS = (
    CODE_WORDS
    | KNOWN_FUNCTIONS
    | _split(
        """
        argmax argmin swish diag sum prod mean tr trace det rank vec sech lg logit logsumexp
        onehot RBF norm dim grad heaviside clip
        """
    )
)
WORDS = FUNCTION_WORDS | _split(
    """
    net out target output input activation loss cost error bias weight weights hidden total
    ECM MSE SSE MAE RMSE SSR BCE CE KL RSS ERROR COST LOSS BIAS UMBRAL TARGET OUT NET Error
    Loss Cost Coste coste costo Costo salida entrada objetivo pesos peso sesgo gradiente
    gradient lr loss_fn pred prediction label labels new old nuevo viejo neta threshold
    batch ideal real predicted actual desired delta
    """
)
# short words that are words only below or above a name: E_{in}, w_{old}
SCRIPT_WORDS = _split(
    """
    in out old new max min tot net val nll reg mse avg ant act ent sal err
    """
)
# functions that end a run of letters: ylog(y) --> y log(y)
WORD_ENDINGS = tuple(
    sorted(("softmax", "diag", *(n for n, row in PRIMITIVES.items() if row.bare)), key=len)[::-1]
)
# functions written without brackets around what they are applied to: \log y, \tanh^2 z
BARE_FUNCTIONS = frozenset(
    word for row in PRIMITIVES.values() if row.bare for word in row.words
) | _split(
    """
    lg sech tr det arg argmax argmin sup inf Pr
    """
)
# names that are functions where a bracket follows
FUNCTION_LETTERS = _split(
    """
    sigma phi varphi theta f g h varsigma psi
    """
)
# with scripts these are more often quantities: h_{ij} (1 - y)
UNSURE_WITH_SCRIPTS = frozenset({"h", "theta"})
CALLED_MACROS = (
    BARE_FUNCTIONS
    | KNOWN_FUNCTIONS
    | _split(
        """
        dim deg ker gcd diag
        """
    )
)

# running text, also where it is a single word
CONNECTIVES = _split(
    """
    and or with where for if when otherwise else then so since because as is are subject to
    of in on from by using by hence thus therefore i.e. e.g. s.t. y o con donde para si
    cuando sino entonces porque como es de del la el por luego e u und oder mit wo et ou
    avec où pour
    """
)

GREEK = _split(
    """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu
    nu xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma
    Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega omicron
    """
)
SYMBOLS = GREEK | _split(
    """
    ell hbar infty imath jmath emptyset varnothing uparrow downarrow Uparrow Downarrow aleph
    top bot perp forall exists square Box checkmark Re Im wp intercal dagger setminus
    """
)
DOTS = _split(
    """
    ldots dots cdots vdots ddots dotsc dotsb dotsm iddots
    """
)
STYLES = {
    "mathbf": "bf", "boldsymbol": "bf", "bm": "bf", "pmb": "bf", "bold": "bf", "mathbfit": "bf",
    "mathcal": "cal", "mathscr": "cal", "mathfrak": "frak", "mathbb": "bb", "mathds": "bb",
    "mathsf": "sf", "mathtt": "tt", "mathit": "", "mathrm": "", "mathop": "", "operatorname": "",
    "mathnormal": "", "mathbin": "", "mathrel": "", "mathord": "", "hbox": "", "smash": "",
    "ensuremath": "", "displaylimits": "", "mathstrut": "", "textnormal": "",
}  # fmt: skip
ACCENTS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde",
    "widetilde": "tilde", "vec": "vec", "overrightarrow": "vec", "dot": "dot", "ddot": "ddot",
    "underline": "underline", "check": "check", "breve": "breve", "mathring": "ring",
}  # fmt: skip
FRACTIONS = _split(
    """
    frac dfrac tfrac cfrac nicefrac sfrac
    """
)
SUMS = {
    "sum": "sum", "prod": "prod", "lim": "lim", "int": "int", "bigodot": "prod",
    "iint": "int", "bigcup": "union", "bigcap": "intersection", "coprod": "prod",
}  # fmt: skip
# what may stand in front of a quantity for a change of it
MARKS = {"partial": "partial", "d": "d", "delta": "delta", "Delta": "Delta"}

OPERATORS = {
    "cdot": "cdot", "times": "times", "odot": "odot", "circ": "circ", "otimes": "otimes",
    "bigcirc": "bigcirc", "ast": "*", "star": "*", "bullet": "cdot", "div": "/", "cdotp": "cdot",
    "centerdot": "cdot", "circledcirc": "odot", "oplus": "oplus", "ominus": "ominus",
    "oslash": "oslash", "bigotimes": "otimes", "wedge": "wedge", "lor": "vee", "land": "wedge",
    "cup": "cup", "cap": "cap", "vee": "vee", "boxtimes": "otimes", "slash": "/",
}  # fmt: skip
RELATIONS = {
    "approx": "approx", "equiv": "equiv", "sim": "sim", "simeq": "approx", "cong": "equiv",
    "propto": "propto", "coloneqq": ":=", "coloneq": ":=", "triangleq": ":=", "doteq": ":=",
    "leftarrow": "leftarrow", "gets": "leftarrow", "longleftarrow": "leftarrow",
    "rightarrow": "rightarrow", "longrightarrow": "rightarrow", "to": "rightarrow",
    "Rightarrow": "rightarrow", "Longrightarrow": "rightarrow", "implies": "rightarrow",
    "iff": "rightarrow", "Leftrightarrow": "rightarrow", "leftrightarrow": "rightarrow",
    "therefore": "rightarrow", "mapsto": "rightarrow", "leadsto": "rightarrow",
    "hookrightarrow": "rightarrow", "Longleftrightarrow": "rightarrow", "Leftarrow": "leftarrow",
    "leq": "leq", "le": "leq", "leqslant": "leq", "geq": "geq", "ge": "geq", "geqslant": "geq",
    "lt": "<", "gt": ">", "neq": "neq", "ne": "neq", "in": "in", "notin": "notin", "ni": "ni",
    "subset": "subset", "subseteq": "subset", "ll": "<", "gg": ">", "mid": "|", "colon": ":",
    "nearrow": "rightarrow", "searrow": "rightarrow", "lesssim": "<", "gtrsim": ">",
    "eqsim": "approx", "approxeq": "approx", "because": "rightarrow",
}  # fmt: skip
# --> "sep" between statements beside each other, "row" between lines
SEPARATORS = {"quad": "sep", "qquad": "sep", "newline": "row", "cr": "row", "tabularnewline": "row",
              "enspace": "sep", "hfill": "sep"}  # fmt: skip
DELIMITERS = {
    "lvert": ("open", "|"), "rvert": ("close", "|"), "lVert": ("open", "||"),
    "rVert": ("close", "||"), "langle": ("open", "<"), "rangle": ("close", ">"),
    "lbrace": ("open", "{"), "rbrace": ("close", "}"), "lbrack": ("open", "["),
    "rbrack": ("close", "]"), "lfloor": ("open", "⌊"), "rfloor": ("close", "⌋"),
    "lceil": ("open", "⌈"), "rceil": ("close", "⌉"), "lparen": ("open", "("),
    "rparen": ("close", ")"),
}  # fmt: skip
CLOSERS = {"(": ")", "[": "]", "{": "}", "|": "|", "||": "||", "<": ">", "⌊": "⌋", "⌈": "⌉"}
# how things look and how far apart they stand says nothing
SKIPPED = _split(
    """
    displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag
    hline thinspace negthinspace medspace thickspace negmedspace space allowbreak nobreak
    relax centering bf rm it cal sf tt bfseries rmfamily boldmath strut mathstrut null
    noindent normalsize small footnotesize large Large LARGE huge Huge tiny scriptsize
    protect null hfil displaylimits selectfont toprule midrule bottomrule ! par break
    linebreak
    """
)
SKIPPED_WITH_ARGUMENT = _split(
    """
    color vspace phantom hphantom vphantom cline kern hskip eqref ref cite intertext
    shortintertext textcolor colorbox mathcolor definecolor require htmlClass cssId class
    style
    """
)
TEXTS = _split(
    """
    text textrm textbf textit textsf texttt textnormal mbox textup emph textsc
    """
)

LAYOUTS = _split(
    """
    aligned align split gather gathered eqnarray multline equation alignat alignedat flalign
    displaymath math multlined
    """
)
MATRICES = {
    "matrix": "", "smallmatrix": "", "bmatrix": "[", "pmatrix": "(", "Bmatrix": "{",
    "vmatrix": "|", "Vmatrix": "||", "array": "", "tabular": "", "subarray": "",
}  # fmt: skip
CASES = _split(
    """
    cases dcases rcases
    """
)

UNICODE = {
    "·": "cdot", "⋅": "cdot", "×": "times", "∗": "ast", "⊙": "odot", "∘": "circ", "⊗": "otimes",
    "−": "-", "–": "-", "≈": "approx", "≡": "equiv", "≤": "leq", "≥": "geq", "≠": "neq",
    "→": "rightarrow", "⇒": "rightarrow", "←": "leftarrow", "∈": "in", "∝": "propto",
    "∂": "partial",
    "∇": "nabla", "∑": "sum", "∏": "prod", "′": "prime", "’": "prime", "…": "ldots", "⊤": "top",
    "±": "pm", "∞": "infty", "‖": "Vert", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta",
    "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu",
    "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "varsigma",
    "τ": "tau",
    "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Δ": "Delta", "Σ": "Sigma",
    "Φ": "Phi", "Ω": "Omega", "Θ": "Theta", "Λ": "Lambda", "ℓ": "ell",
}  # fmt: skip

# kinds of tokens that a factor can begin with
STARTS = frozenset(
    {"letter", "word", "number", "text", "roman", "bold", "open", "lbrace", "begin", "macro"}
)
IGNORED_LABELS = frozenset({"overset", "underset", "stackrel"})
MOST_SCRIPTS = 8
