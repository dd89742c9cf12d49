"""The colours of figures, each with its value in the light theme.

The page's script knows them by these values, `site_src/js/figure-colours.js`, and draws each as
its theme has it; any other colour stays what it is, in every theme.
"""

INK, MUTED, PAPER, ACCENT = "#182024", "#566065", "#f8f7f2", "#0b655a"
BLUE, ORANGE, TEAL, MAGENTA = "#1b478f", "#cf6a12", "#0f7f70", "#a8266f"
VIOLET, OCHRE, GREY, BROWN = "#7557bd", "#927005", "#6a7478", "#6b2a1a"
SPLIT_COLOURS = {"train": ORANGE, "test": BLUE}
SEQUENTIAL = ["#f4f2ea", "#b4d5ca", "#5fa597", "#146358", "#08282b"]  # from none to all


def faint(colour: str, opacity: float) -> str:
    """Return a colour of that opacity, from 0 to 1, through which what lies behind is seen."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"
