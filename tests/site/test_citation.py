"""How to cite: the file for catalogues says what the page says, and the package."""

import re

import yaml

from tests.sites import ROOT
from timeless import __version__
from timeless.folders import AUTHOR


def test_the_citation_file_the_page_and_the_package_agree() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    page = (ROOT / "site_src" / "pages" / "methods.md").read_text(encoding="utf-8")
    (entry,) = re.findall(r"@misc\{timeless,(.*?)\n\}", page, re.DOTALL)
    bibtex = dict(re.findall(r"(\w+)\s*= \{(.*)\},", entry))
    assert bibtex["title"] == cited["title"]
    assert bibtex["year"] == str(cited["date-released"].year)
    assert (
        [author["name"] for author in cited["authors"]]
        == [re.sub(r'[{}"]', "", bibtex["author"])]
        == [AUTHOR]
    )
    assert bibtex["note"] == "Version {{ site.version }}"
    assert cited["version"] == __version__
