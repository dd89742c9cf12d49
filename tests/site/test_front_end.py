"""Front-end packages: the versions that belong together, and what the bundle can draw."""

import json
import re

import plotly.offline
import pytest

from tests.sites import ROOT
from timeless.figures import TRACE_TYPES
from timeless.site.files import PLOTLY
from timeless.site.templates import Templates

SITE_SRC = ROOT / "site_src"


def test_plotly_is_the_version_that_the_python_package_carries() -> None:
    package = json.loads((SITE_SRC / "package.json").read_text())
    wanted = plotly.offline.get_plotlyjs_version()
    assert package["dependencies"]["plotly.js-cartesian-dist-min"] == wanted


def test_versions_are_exact_and_the_lock_names_no_address() -> None:
    package = json.loads((SITE_SRC / "package.json").read_text())
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(re.fullmatch(r"[\d.]+", version) for version in versions)
    lock = json.loads((SITE_SRC / "package-lock.json").read_text())
    entries = [entry for name, entry in lock["packages"].items() if name]
    assert all("integrity" in entry and "resolved" not in entry for entry in entries)


@pytest.mark.node
def test_the_trace_types_are_those_of_the_bundle() -> None:
    readme = (SITE_SRC / "node_modules" / PLOTLY).parent / "README.md"
    listed = re.search(r"Contains trace modules (.*)\.", readme.read_text())
    assert listed is not None
    assert sorted(re.findall(r"`(\w+)`", listed[1])) == sorted(TRACE_TYPES)


@pytest.mark.parametrize(("url", "links"), [("", 0), ("https://example.org/timeless/", 2)])
def test_the_footer_leads_to_the_source_where_it_is_known(url: str, links: int) -> None:
    site = {"name": "T", "version": "1", "artifacts_date": "", "source_url": url}
    shown = Templates(ROOT / "templates", {"site": site})
    footer = shown.render("site-footer.html", pages=[], root="")
    assert footer.count('href="https://example.org/timeless/') == links
