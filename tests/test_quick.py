"""The whole pipeline with tiny networks, as a newcomer tries it: `python build.py --quick`."""

import os
import subprocess
import sys
from pathlib import Path

from tests.sites import ROOT
from timeless.results.manifest import MANIFEST


def test_it_runs_every_experiment_and_every_page_says_that_it_is_quick(tmp_path: Path) -> None:
    out = tmp_path / "site"
    manifest = (ROOT / "artifacts" / MANIFEST).read_bytes()
    done = subprocess.run(
        [sys.executable, "build.py", "--quick", "--out", str(out)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (ROOT / "artifacts" / MANIFEST).read_bytes() == manifest
    pages = sorted(out.glob("*.html"))
    assert {page.stem for page in pages} == {
        page.stem for page in (ROOT / "site_src" / "pages").glob("*.md")
    }
    for page in pages:
        assert 'class="quick-mark"' in page.read_text(encoding="utf-8"), page.name
    wanted = {path.parent.name for path in (ROOT / "timeless/experiments").glob("*/run.py")}
    found = {path.stem for path in (out / "artifacts").glob("*.json")} - {"manifest"}
    assert found == wanted
