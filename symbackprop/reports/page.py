"""The parts of a page that are the same for every report: its style, its keys, its frame."""

from __future__ import annotations

# nothing is loaded from anywhere, whatever a formula has in it
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

STYLE = """
:root { color-scheme: light dark; --error: #b3261e; --warning: #8a5a00; --hint: #1b5e9c;
  --good: #2e6b34; --stated: #555; --line: #8886; }
@media (prefers-color-scheme: dark) { :root { --error: #ff9a90; --warning: #f3c26b;
  --hint: #8fc3ff; --good: #8fd597; --stated: #bbb; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; overflow-wrap: anywhere; }
.keys, .read { color: var(--stated); } kbd { border: 1px solid var(--line); border-radius: 3px;
  padding: 0 .3em; }
article { border: 1px solid var(--line); border-left: .4rem solid var(--stated);
  border-radius: 4px; margin: .6rem 0; padding: .4rem .8rem; overflow-x: auto; }
article:focus { outline: 3px solid Highlight; outline-offset: 2px; }
article p { margin: .3rem 0; white-space: pre-line; overflow-wrap: anywhere; }
.verdict { font-weight: bold; } .place { color: var(--stated); float: right; }
math { font-size: 1.15em; } .formula { margin: .3rem 0; } .bold { font-weight: bold; }
.error { border-left-color: var(--error); } .error .verdict, .slip { color: var(--error); }
.warning { border-left: .4rem double var(--warning); } .warning .verdict { color: var(--warning); }
.hint { border-left: .4rem dotted var(--hint); } .hint .verdict { color: var(--hint); }
.holds { border-left-color: var(--good); } .holds .verdict, .correction { color: var(--good); }
.slip, .correction { border-bottom: 2px solid; padding-bottom: 2px; }
.slip { border-bottom-style: dashed; }
.pair { display: flex; flex-wrap: wrap; gap: .2rem 2.5rem; align-items: end; }
.pair > div > span { color: var(--stated); font-size: .9rem; }
details > summary { cursor: pointer; } code { overflow-wrap: anywhere; }
@media print { .keys { display: none; } article { break-inside: avoid; } }
"""

SCRIPT = """
const all = () => [...document.querySelectorAll('article')];
function stops() {
  const found = all().filter(a => a.dataset.stop);
  return found.length ? found : all();
}
function go(step) {
  const list = stops();
  if (!list.length) return;
  const here = document.activeElement.closest?.('article');
  let at = here ? list.indexOf(here) : -1;
  if (here && at < 0) {
    const follows = a => here.compareDocumentPosition(a) & Node.DOCUMENT_POSITION_FOLLOWING;
    const after = list.findIndex(follows);
    at = step > 0 ? (after < 0 ? list.length : after) - 1 : (after < 0 ? list.length : after);
  } else if (!here && step < 0) at = list.length;
  const next = list[Math.min(Math.max(at + step, 0), list.length - 1)];
  next.focus();
  next.scrollIntoView({block: 'center'});
}
const STEPS = {j: 1, n: 1, ArrowDown: 1, ArrowRight: 1, k: -1, p: -1, ArrowUp: -1, ArrowLeft: -1};
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in STEPS)) return;
  event.preventDefault();
  go(STEPS[event.key]);
});
"""

HEAD = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Formulas judged</title>
<style>{STYLE}</style>
</head>
<body>
<h1>Formulas judged</h1>
<p class="keys"><kbd>j</kbd>, <kbd>n</kbd> or <kbd>↓</kbd>: the next finding;
<kbd>k</kbd>, <kbd>p</kbd> or <kbd>↑</kbd>: the one before.</p>
"""

FOOT = f"""<script>{SCRIPT}</script>
</body>
</html>
"""
