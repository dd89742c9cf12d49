"""The glossary: terms by any of their names, and what is no term."""

from pathlib import Path

import pytest

from timeless.errors import TimelessError
from timeless.words.glossary import Glossary

TEXT = """Restricted loss
:   Of a *part*
    of it.

    And more.

Memorisation epoch, grokking epoch (rule)
:   An epoch.
"""


def glossary(folder: Path, text: str) -> Glossary:
    path = folder / "glossary.md"
    path.write_text(text)
    return Glossary(path)


def test_a_term_is_known_by_each_of_its_names(tmp_path: Path) -> None:
    terms = glossary(tmp_path, TEXT)
    assert terms["restricted Loss"].says == "Of a *part*\nof it.\n\nAnd more."
    assert terms["grokking epoch"] is terms["memorisation epoch"]
    assert terms["grokking epoch"].anchor == "term-memorisation-epoch"
    with pytest.raises(TimelessError, match='no term "restrictd loss": did you mean "restricted'):
        _ = terms["restrictd loss"]


def test_a_term_is_defined_once(tmp_path: Path) -> None:
    with pytest.raises(TimelessError, match=r'glossary.md: "grokking epoch" is defined twice'):
        glossary(tmp_path, TEXT + "\nGrokking epoch\n:   Again.\n")


def test_without_a_glossary_there_are_no_terms(tmp_path: Path) -> None:
    assert Glossary(tmp_path / "none.md").terms == []
