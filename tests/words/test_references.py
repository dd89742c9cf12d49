"""References: numbered as cited, shown with their LaTeX read, and offered as written."""

from pathlib import Path

import pytest

from tests.sites import SITES
from timeless.errors import TimelessError
from timeless.words.references import Bibliography, Citations

BIBLIOGRAPHY = SITES / "shared" / "sources" / "references.bib"


def test_numbers_follow_the_order_of_first_citation() -> None:
    citations = Citations(Bibliography(BIBLIOGRAPHY))
    assert ">1</a>" in citations.cite("hardy1979")
    assert ">2</a>, " in citations.cite("power2022", "hardy1979")
    assert [r.key for r in citations.references()] == ["hardy1979", "power2022"]


def test_latex_is_read_in_the_text_and_kept_in_the_bibtex() -> None:
    citations = Citations(Bibliography(BIBLIOGRAPHY))
    citations.cite("hardy1979")
    (reference,) = citations.references()
    assert "Numbers &amp; Primes</cite>" in reference.html
    assert reference.html.startswith("G. H. Hardy and E. M. Wright. ")
    assert reference.bibtex.startswith("@book{hardy1979,")
    assert r"Numbers \& {P}rimes" in reference.bibtex
    assert reference.bibtex.endswith("}")


def test_a_mistake_in_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "references.bib"
    path.write_text("@article{a,\n  title = {x\n")
    with pytest.raises(TimelessError, match=r"references.bib:\d+: not valid BibTeX"):
        Bibliography(path)


def test_no_file_is_no_entries(tmp_path: Path) -> None:
    with pytest.raises(TimelessError, match=r'no reference "a": add it to references\.bib'):
        Citations(Bibliography(tmp_path / "references.bib")).cite("a")
