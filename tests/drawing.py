"""What holds for every figure, from whatever results: it can be drawn, read and told apart."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tests.sites import ROOT
from timeless.figures import Figure
from timeless.folders import Catalogue
from timeless.results.encoding import csv_table, payload_of, receive_script

CATALOGUE = Catalogue("figure", "timeless.figures")
_SCRIPT = (ROOT / "site_src" / "js" / "figure-colours.js").read_text()
_COLOURS = set(re.findall(r"#[\da-f]{6}", _SCRIPT[: _SCRIPT.index("};")]))


def figures_of(*artifacts: str) -> list[str]:
    """Return the names of the figures that read these artifacts and no others."""
    return [name for name in CATALOGUE.names() if {*CATALOGUE.load(name).ARTIFACTS} <= {*artifacts}]


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every (key, string) of a figure, at any depth."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, name)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item, key)
    elif isinstance(value, str):
        yield key, value


def check_drawn_and_read(figure: Figure, name: str) -> None:
    figure.check(name)
    script = receive_script(name, {"data": figure.data, "layout": figure.layout})
    assert payload_of(script)["data"]
    assert len(csv_table(figure.table).splitlines()) == 1 + len(next(iter(figure.table.values())))
    words = f"{figure.caption} {figure.alt}"
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b|  ", words)
    assert not re.search(r"<\w|&\w+;", figure.alt)


def check_colours(figure: Figure) -> None:
    drawn = list(leaves([figure.data, figure.layout]))
    used = {text for key, text in drawn if key.lower().endswith(("color", "colorscale"))}
    assert {opaque(colour) for colour in used} <= _COLOURS


def opaque(colour: str) -> str:
    """Return the colour of which another is a faint one."""
    faint = re.fullmatch(r"rgba\((\d+), (\d+), (\d+), (0|1|0\.\d+)\)", colour)
    return "#" + "".join(f"{int(part):02x}" for part in faint.groups()[:3]) if faint else colour


def check_room_for_titles(figure: Figure) -> None:
    domains = [axis.get("domain", [0, 1]) for key, axis in figure.layout.items() if "yaxis" in key]
    assert all(0 <= bottom < top <= 1 for bottom, top in domains)
    gaps = [above[0] - below[1] for above, below in pairwise(domains)]
    assert all(gap * figure.height > 40 for gap in gaps)
