"""The frame of a page, in a browser: keys lead on, formulas are drawn, nothing is loaded."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from made_findings import judge, make

from symbackprop.reports.page import FOOT, HEAD
from symbackprop.reports.styles import report

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
SLIP = make(
    "wrong",
    "BP103",
    latex=r"\delta^l = W^{l+1} \delta^{l+1}",
    suggestion=r"\delta^l = (W^{l+1})^T \delta^{l+1}",
)
FINDINGS = (
    make("stated", latex=r"z = \sum_k w_k x_k", reading="definition", line=3),
    SLIP,
    make("holds-for-one-neuron", latex=r"\frac{\partial C}{\partial w} = \delta a", line=12),
    make("holds", latex="q = r", line=14, evidence="proved"),
)


def test_a_page_names_no_address() -> None:
    assert not re.search(r"https?:|url\(|@import|src=", HEAD + FOOT)


TRIAL = """<script>
const said = [], at = () => document.activeElement.querySelector('.place')?.textContent;
for (const key of ['j', 'n', 'j', 'k', 'ArrowDown', 'p', 'p']) {
  document.dispatchEvent(new KeyboardEvent('keydown', {key, cancelable: true}));
  said.push(at());
}
document.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', ctrlKey: true}));
said.push(at());
const math = [...document.querySelectorAll('math')];
const sizes = math.map(m => m.getBoundingClientRect()).map(r => r.width > 10 && r.height > 5);
const slip = document.querySelector('mrow.slip'), style = getComputedStyle(slip);
const line = style.borderBottomWidth == '2px' && slip.getBoundingClientRect().width > 10;
document.title = JSON.stringify({said, drawn: sizes.every(Boolean), line,
  loaded: performance.getEntriesByType('resource').length});
</script></body>"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
def test_keys_lead_from_finding_to_finding_in_a_browser(tmp_path: Path) -> None:
    pytest.importorskip("latex2mathml")
    page = tmp_path / "report.html"
    page.write_text(report([judge(*FINDINGS)], "html").replace("</body>", TRIAL), "utf-8")
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    done = subprocess.run(
        [*command, f"--user-data-dir={tmp_path / 'profile'}", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
    )
    title = re.search("<title>(.*?)</title>", done.stdout)
    assert title is not None, done.stderr
    first, second = "line 8", "line 12"
    assert title[1] == (
        '{"said":["' + '","'.join([first, second, second, first, second, first, first, first])
        + '"],"drawn":true,"line":true,"loaded":0}'
    )  # fmt: skip
