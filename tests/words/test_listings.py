"""Listings: a page quotes the project's code as it stands, and names what is not there."""

import pytest

from timeless.errors import TimelessError
from timeless.words.listings import PACKAGE, listing


def test_a_function_is_quoted_as_it_stands_with_its_lines(tmp_path) -> None:
    source = (
        'X = 1\n\n\ndef f(x: int) -> int:\n    """Return x & 1 < 2."""\n    return x\n\n\nY = 2\n'
    )
    (tmp_path / "small.py").write_text(source)
    html = listing("small.f", tmp_path)
    assert "def f(x: int) -&gt; int:\n" in html
    assert '"""Return x &amp; 1 &lt; 2."""\n    return x</code>' in html
    assert f"<code>{tmp_path.name}/small.py</code>, lines 4 to 6" in html
    assert "Y = 2" not in html


def test_the_model_is_quoted_whole() -> None:
    text = (PACKAGE / "training" / "model.py").read_text()
    html = listing("training.model.forward")
    assert "def forward(" in html
    assert html.count("einsum") == text[text.index("def forward(") :].count("einsum")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("training.modle.forward", 'no module "training.modle": did you mean "training.model"'),
        (
            "training.model.forwards",
            r'training/model\.py: no function "forwards": did you mean "forward"',
        ),
        ("forward", 'no module "forward"'),
    ],
)
def test_what_is_not_there_is_named(path, message) -> None:
    with pytest.raises(TimelessError, match=message):
        listing(path)
