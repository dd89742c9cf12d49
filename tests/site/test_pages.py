"""Pages as they are written: what cannot be read is named with its line."""

from pathlib import Path

import pytest

from timeless.errors import TimelessError
from timeless.site.pages import read_page


@pytest.mark.parametrize(
    ("front_matter", "message"),
    [
        (b"title: Home\ndescription: caf\xe9", "pages/index.md:3: not UTF-8 ("),
        (b"title: Home\ndescription: \x07", "pages/index.md:3: front matter: special characters"),
        (b"title: Home\nnav: [", "pages/index.md:3: front matter: "),
        (b"title: Home\ndescription: d\ngroup: Recrod", 'pages/index.md:4: no group "Recrod": did'),
        (b"title: 2026-13-45", "pages/index.md:1: front matter: month must be in 1..12"),
    ],
)
def test_a_page_that_cannot_be_read_is_named(
    front_matter: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "pages" / "index.md"
    path.parent.mkdir()
    path.write_bytes(b"---\n" + front_matter + b"\n---\ntext\n")
    with pytest.raises(TimelessError) as error:
        read_page(path)
    assert str(error.value).startswith(message)
