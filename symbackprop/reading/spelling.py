"""The tables of what LaTeX writes in formulas: one row, one word or sign."""

from __future__ import annotations

from functools import cache
from unicodedata import normalize

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
# what modules of Python are called: the functions behind the point are the usual ones
MODULES = _split(
    """
    np numpy math torch tf jnp F nn
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
        onehot RBF norm dim grad heaviside clip sigm sgm logsig tansig logistic softsign hardtanh
        selu mish Relu ReLu RELU SoftMax SoftPlus Logistic Log Exp Max Min ArgMax arcsin arccos
        arctanh coth csc sec cot sigmoide concat Concat LayerNorm BatchNorm Attention MultiHead
        dropout Dropout flatten Var Cov std Std Mean cov rot rot180 flip conv conv2d pad reshape
        RNN LSTM GRU MLP CNN FFN
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
    in out old new max min tot net val nll reg mse avg ant act ent sal err lin ln nil mil inh
    seq elt sq cls emb att attn enc dec src tgt obs ref gen rec dis adv pos neg inp hid cur sim lat
    vis fin ini ret prev next neu alt
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
# capitals that are values of functions more often than matrices: E[x], F[x, y], L[x, y]
FUNCTION_CAPITALS = _split(
    """
    C D E F G H I J L N P
    """
)
# with scripts these are more often quantities: h_{ij} (1 - y)
UNSURE_WITH_SCRIPTS = frozenset({"g", "h", "theta"})
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
    avec où pour 其中 所以 因此 当 对于 由于 则 即 且 或 和 如果 若 令 有 得 여기서 그리고 또는
    dla gdzie i onde em cuya siendo being be let denote denotes soit dove con per
    """
)

# running text that ends so goes on in the formula: \text{gradient of } W
PREPOSITIONS = _split(
    """
    of to for in at by on with respect w.r.t. wrt the neuron unit layer weight von der des für nach
    zu de del la el en por para du des le par à di per em do da
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
    top bot perp square Box checkmark Re Im wp intercal dagger
    neg lnot blacksquare clubsuit heartsuit spadesuit diamondsuit sharp flat natural
    aleph beth Bbbk digamma varkappa complement angle mho
    varGamma varTheta varLambda varXi varPi varSigma varPhi varPsi varOmega
    """
)
DOTS = _split(
    """
    ldots dots cdots vdots ddots dotsc dotsb dotsm iddots hdots dotso dotsi adots mathellipsis
    """
)
STYLES = {
    "mathbf": "bf", "boldsymbol": "bf", "bm": "bf", "pmb": "bf", "bold": "bf", "mathbfit": "bf",
    "mathcal": "cal", "mathscr": "cal", "mathfrak": "frak", "mathbb": "bb", "mathds": "bb",
    "mathsf": "sf", "mathtt": "tt", "mathit": "", "mathrm": "", "mathop": "", "operatorname": "",
    "mathnormal": "", "mathbin": "", "mathrel": "", "mathord": "",
    "ensuremath": "", "mathopen": "", "mathclose": "", "mathpunct": "", "mathinner": "",
    "vcenter": "", "symbf": "bf", "mathup": "", "Bold": "bf", "symbfit": "bf",
}  # fmt: skip
# what changes the letters behind it, as far as its group goes: {\bf W} is \mathbf{W}
SWITCHES = {"rm": "mathrm", "bf": "mathbf", "cal": "mathcal", "bfseries": "mathbf"}
ACCENTS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde",
    "widetilde": "tilde", "vec": "vec", "overrightarrow": "vec", "dot": "dot", "ddot": "ddot",
    "underline": "underline", "check": "check", "breve": "breve", "mathring": "ring",
    "underbar": "underline", "overleftarrow": "vec", "widecheck": "check", "dddot": "dddot",
}  # fmt: skip
FRACTIONS = _split(
    """
    frac dfrac tfrac cfrac nicefrac sfrac flatfrac xfrac genfrac
    """
)
SUMS = {
    "sum": "sum", "prod": "prod", "lim": "lim", "int": "int", "bigodot": "odot",
    "iint": "int", "bigcup": "union", "bigcap": "intersection", "coprod": "prod",
    "bigoplus": "sum", "bigotimes": "otimes", "oint": "int", "iiint": "int",
}  # fmt: skip
# these stand between two factors where they have no bounds
BIG_OPERATORS = frozenset({"bigodot", "bigotimes"})
# what may stand in front of a quantity for a change of it
MARKS = {"partial": "partial", "d": "d", "delta": "delta", "Delta": "Delta"}

OPERATORS = {
    "cdot": "cdot", "times": "times", "odot": "odot", "circ": "circ", "otimes": "otimes",
    "bigcirc": "bigcirc", "ast": "*", "star": "*", "bullet": "cdot", "div": "/", "cdotp": "cdot",
    "centerdot": "cdot", "circledcirc": "odot", "oplus": "oplus", "ominus": "ominus",
    "oslash": "oslash", "wedge": "wedge", "lor": "vee", "land": "wedge",
    "cup": "cup", "cap": "cap", "vee": "vee", "boxtimes": "otimes", "slash": "/",
    "boxdot": "odot", "diamond": "*", "divideontimes": "*", "bigstar": "*", "bigast": "*",
    "boxplus": "oplus", "circledast": "odot", "setminus": "setminus",
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
    "eqsim": "approx", "approxeq": "approx", "because": "rightarrow", "asymp": "approx",
    "Coloneqq": ":=", "eqqcolon": ":=", "eqdef": ":=", "bumpeq": "approx",
    "xrightarrow": "rightarrow", "xleftarrow": "leftarrow", "xRightarrow": "rightarrow",
    "longmapsto": "rightarrow",
    "rightsquigarrow": "rightarrow", "dashrightarrow": "rightarrow", "dashleftarrow": "leftarrow",
    "curvearrowright": "rightarrow", "nRightarrow": "rightarrow", "vdash": "rightarrow",
    "models": "rightarrow", "leftrightharpoons": "rightarrow", "rightleftharpoons": "rightarrow",
    "subsetneq": "subset", "supset": "supset", "supseteq": "supset",
    "parallel": "parallel", "prec": "<", "succ": ">", "preceq": "leq",
    "succeq": "geq", "leftharpoonup": "leftarrow", "rightharpoonup": "rightarrow",
    "longleftrightarrow": "rightarrow", "impliedby": "leftarrow", "triangleleft": "<",
}  # fmt: skip
# signs that are read as words
SAID = {"forall": "for all", "exists": "there is", "nexists": "there is no"}
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
# how things look and how far apart they stand says nothing; what they take with them is left out:
# "m" a group, "o" an option in [ ], "<" the steps of a slide, "d" a length; a group that follows
# holds what is shown
SKIPPED = dict.fromkeys(
    _split(
    """
    displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag hline
    thinspace negthinspace medspace thickspace negmedspace space allowbreak nobreak relax
    centering bf rm it cal sf tt sl em bfseries rmfamily itshape upshape mdseries boldmath
    unboldmath strut mathstrut null noindent normalsize small footnotesize large Large LARGE
    huge Huge tiny Tiny scriptsize protect hfil displaylimits selectfont toprule midrule
    bottomrule ! par break linebreak sffamily ttfamily scshape normalfont xspace mathrlap
    mathllap mathclap rlap llap clap mathmakebox normalcolor nolinebreak enskip qedhere qed bigskip
    medskip smallskip goodbreak pagebreak newpage hss vss frenchspacing nonfrenchspacing
    raggedright raggedleft footnotemark mathsurround negthickspace nobreakspace mit cramped
    """
    ),
    "",
) | {
    "color": "om", "textcolor": "om", "mathcolor": "m", "colorbox": "om", "fcolorbox": "omm",
    "definecolor": "mmm", "rowcolor": "om", "cellcolor": "om", "colorlet": "mm",
    "vspace": "m", "phantom": "m", "hphantom": "m", "vphantom": "m", "cline": "m",
    "kern": "d", "mkern": "d", "hskip": "d", "mskip": "d", "vskip": "d", "mspace": "m",
    "eqref": "m", "ref": "m", "cite": "om", "intertext": "m", "shortintertext": "m",
    "footnote": "m", "index": "m", "require": "m", "htmlClass": "m", "htmlId": "m",
    "htmlStyle": "m", "htmlData": "m", "cssId": "m", "class": "m", "style": "m", "href": "m",
    "hypertarget": "m", "hyperlink": "m", "hyperref": "o", "bbox": "o", "smash": "o",
    "rule": "omm", "raisebox": "moo", "scalebox": "mo", "resizebox": "mm", "rotatebox": "om",
    "makebox": "oo", "parbox": "om", "fontsize": "mm", "setlength": "mm", "setcounter": "mm",
    "multicolumn": "mm", "multirow": "mm", "onslide": "<", "only": "<", "uncover": "<",
    "visible": "<", "alert": "<", "invisible": "<", "pause": "o", "enclose": "mo", "Large": "",
    "tikzmark": "m", "tikzmarknode": "m", "setstretch": "m", "arraycolsep": "d",
    "addtolength": "mm", "fontfamily": "m", "linethickness": "m", "mathpalette": "", "raise": "d",
    "lower": "d", "abovedisplayskip": "d", "belowdisplayskip": "d", "unicode": "o",
}  # fmt: skip
TEXTS = _split(
    """
    text textrm textbf textit textsf texttt textnormal mbox textup emph textsc textsl hbox
    textmd
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

# other names of the same commands
ALIASES = {
    "vartriangle": "Delta",
    "triangle": "Delta",
    "bigtriangleup": "Delta",
    "varDelta": "Delta",
    "upDelta": "Delta",
    "triangledown": "nabla",
    "bigtriangledown": "nabla",
    "uppartial": "partial",
    "varnabla": "nabla",
    "bnabla": "nabla",
    "upsigma": "sigma",
    "updelta": "delta",
    "leqq": "leq",
    "geqq": "geq",
    "nabla": "nabla",
    "Sum": "sum",
    "upd": "d",
}
UNICODE = {
    "·": "cdot", "⋅": "cdot", "×": "times", "∗": "ast", "⊙": "odot", "∘": "circ", "⊗": "otimes",
    "≈": "approx", "≡": "equiv", "≤": "leq", "≥": "geq", "≠": "neq",
    "→": "rightarrow", "⇒": "rightarrow", "←": "leftarrow", "∈": "in", "∝": "propto",
    "∂": "partial",
    "∇": "nabla", "∑": "sum", "∏": "prod", "′": "prime", "…": "ldots", "⊤": "top",
    "±": "pm", "∞": "infty", "‖": "Vert", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta",
    "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu",
    "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "varsigma",
    "τ": "tau",
    "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Δ": "Delta", "Σ": "Sigma",
    "Φ": "Phi", "Ω": "Omega", "Θ": "Theta", "Λ": "Lambda", "ℓ": "ell", "Ψ": "Psi", "Γ": "Gamma",
    "Π": "Pi", "Ξ": "Xi", "υ": "upsilon", "ϵ": "epsilon", "𝛿": "delta", "∆": "Delta", "⋯": "cdots",
    "⋮": "vdots", "⋱": "ddots", "⟶": "rightarrow", "⟵": "leftarrow", "↦": "mapsto", "⟺": "iff",
    "⇔": "iff", "⇐": "Leftarrow", "⟹": "implies", "↔": "leftrightarrow", "∉": "notin",
    "⊂": "subset", "⊆": "subseteq", "∪": "cup", "∩": "cap", "∧": "wedge", "∨": "vee",
    "⊕": "oplus", "⊖": "ominus", "∀": "forall", "∃": "exists", "∼": "sim", "≃": "simeq",
    "≅": "cong", "≪": "ll", "≫": "gg", "≔": "coloneqq", "≜": "triangleq", "⟨": "langle",
    "⟩": "rangle", "∣": "mid", "∥": "Vert", "⌊": "lfloor", "⌋": "rfloor", "⌈": "lceil",
    "⌉": "rceil", "√": "sqrt", "∫": "int", "•": "bullet", "★": "star", "⋆": "star",
    "÷": "div", "∅": "emptyset", "⟂": "perp", "⊺": "top", "□": "square",
}  # fmt: skip


def is_other_script(text: str) -> bool:
    """Whether a text is written without blanks between words: Chinese, Japanese, Thai.

    >>> is_other_script("其中"), is_other_script("où")
    (True, False)
    """
    return any("\u0e00" <= sign <= "\u0eff" or "\u3040" <= sign <= "\u9fff" for sign in text)


@cache
def list_same_signs() -> dict[int, str]:
    """Signs of other forms --> the usual one: full-width letters and punctuation, mathematical
    alphabets, curly apostrophes, dashes; what has no width is as good as a blank."""
    other_forms = [*range(0xFF01, 0xFF5F), *range(0x1D400, 0x1D800)]
    usual = {code: normalize("NFKC", chr(code)) for code in other_forms}
    usual |= dict.fromkeys(map(ord, "’‘ʹ´ʼ"), "'") | dict.fromkeys(map(ord, "−‐‑–—﹣⎯"), "-")
    blanks = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u00a0\u2009\u202f\u3000\ufe0f"
    usual |= dict.fromkeys(map(ord, blanks), " ")
    signs = {"、": ",", "。": ".", "∶": ":", "【": "[", "】": "]", "⟦": "[", "⟧": "]"}
    return usual | {ord(sign): said for sign, said in signs.items()}


RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ", "0123456789T", strict=True))
SUNK = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₜ", "0123456789ijklmnt", strict=True))

# kinds of tokens that a factor can begin with
STARTS = frozenset(
    {"letter", "word", "number", "text", "roman", "bold", "open", "lbrace", "begin", "macro"}
)
IGNORED_LABELS = frozenset({"overset", "underset", "stackrel", "overunderset"})
# what stands over or under a thing, with a label of its own
BRACES = _split(
    """
    underbrace overbrace underbracket overbracket underparen overparen
    """
)
BOXES = _split(
    """
    boxed fbox cancel bcancel xcancel cancelto framebox sout hcancel not Aboxed tcboxmath
    """
)
# how many groups a command takes
TAKE_TWO = FRACTIONS | IGNORED_LABELS | {"binom", "dbinom", "tbinom", "cancelto"}
TAKE_ONE = TAKE_TWO | BRACES | BOXES | frozenset(STYLES) | frozenset(ACCENTS) | {"sqrt", "substack"}
# names that authors give to macros of their own which only colour or mark what is in their braces
MARKERS = _split(
    """
    red blue green orange purple pink brown gray grey yellow cyan magenta black white teal violet
    blu grn org pur bro bru pnk gry redd blue orgg gren purp hl highlight mark hilite emphasize
    colored coloured fade dim
    """
)
# every command that is read here; what is none of these is a macro that nobody defined
COMMANDS = (
    TAKE_ONE
    | TEXTS
    | SYMBOLS
    | DOTS
    | CALLED_MACROS
    | FUNCTION_WORDS
    | frozenset(SKIPPED)
    | frozenset(SUMS)
    | frozenset(OPERATORS)
    | frozenset(RELATIONS)
    | frozenset(SEPARATORS)
    | frozenset(DELIMITERS)
    | frozenset(ALIASES)
    | frozenset(SAID)
    | {
        "partial",
        "nabla",
        "left",
        "right",
        "middle",
        "begin",
        "end",
        "tag",
        "label",
        "prime",
        "over",
    }
    | {"hspace", "pm", "mp", "Vert", "vert", "mathrm", "operatorname", "mathop", "char"}
)
MOST_SCRIPTS = 8
# TeX takes one subscript; a second one is seen, a third is a slip of the keyboard
MOST_SUBSCRIPTS = 2
# indices below one name: what it costs to evaluate a name grows with each as its width to a power
MOST_INDICES = 6
