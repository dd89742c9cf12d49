"""Every page and instrument in Firefox and in WebKit, from a file. Run by `make test-engines`.

The name keeps it out of `make test`, which wants Chromium alone.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import BuiltSite
from tests.browser.engines.session import Session
from tests.browser.reading import PAGES, ROOT

INSTRUMENTS = sorted(path.stem for path in (ROOT / "timeless" / "instruments").glob("*/*.css"))
FORMULAS = (".maths", ".maths-display")
BOXES = "[data-figure], [data-widget]"
NEXT = """(function () {
  const boxes = [...document.querySelectorAll(arguments[0])];
  const next = boxes.find((box) => box.dataset.state !== "ready");
  if (next) next.scrollIntoView({ block: "center" });
  return !next;
})(arguments[0])"""
DRAWN = """
  const shown = (node) => node.getBoundingClientRect().width > 0;
  return [...document.querySelectorAll("[data-figure]")].every(
    (box) => [...box.querySelectorAll("svg.main-svg")].some(shown));
"""
FONTS_LOAD = "document.fonts.status === 'loaded'"
# Firefox says of a font that may stay away (font-display: optional) and came late that it failed.
FONTS_FAILED = """
  const wanted = (font) => !font.family.includes("stand-in") && font.display !== "optional";
  const failed = [...document.fonts].filter((font) => wanted(font) && font.status === "error");
  return failed.map(({ family, style }) => `${family}, ${style}`);
"""

# Open what a formula is folded into, and bring it into view.
BRING = """
  const formula = document.querySelector(arguments[0]);
  for (let at = formula; at; at = at.parentElement) if (at.matches("details")) at.open = true;
  formula.scrollIntoView({ block: "center" });
"""

Open = Callable[[str], Session]


@pytest.fixture
def opened(session: Session, witnessed: BuiltSite, asked: list[str]) -> Iterator[Open]:
    """Open a page; in the end it has complained of nothing and asked no other host."""

    def open_page(path: str) -> Session:
        session.open(witnessed.url(path, "file"))
        return session

    yield open_page
    assert session.run("return window.witnessed") == []
    assert asked == []


def is_painted(session: Session, selector: str) -> bool:
    """Return whether a formula leaves ink: it looks other than without its outlines."""
    session.run(BRING, selector)
    with_ink = session.picture()
    with session.hidden(f"{selector} svg"):
        return with_ink != session.picture()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_everything_and_its_formulas_are_painted(opened: Open, name: str) -> None:
    session = opened(name)
    session.wait(NEXT, BOXES)
    assert session.run(DRAWN)
    session.wait(FONTS_LOAD)
    assert session.run(FONTS_FAILED) == []
    for kind in FORMULAS:
        formula = f"#main {kind}"
        if session.run("return document.querySelector(arguments[0])", formula):
            assert is_painted(session, formula)


# --- instruments -------------------------------------------------------------------------

KINDS = ("input[type=range]", "input[type=number]", "input[type=checkbox]", "select", "button")
RIGHT, UP = "\ue014", "\ue013"
# Marks the first control of a kind that a reader sees and can use, and says whether there is one.
MARK = """
  const [kind, box] = [arguments[0], document.querySelector("[data-widget]")];
  box.querySelectorAll("[data-used]").forEach((node) => node.removeAttribute("data-used"));
  const usable = (node) => node.getClientRects().length && !node.disabled;
  const first = [...box.querySelectorAll(`${kind}[data-control]`)].find(usable);
  if (first) first.dataset.used = "";
  return Boolean(first);
"""
USED = "[data-used]"
CHOOSE = """
  const list = document.querySelector("[data-used]");
  list.selectedIndex = (list.selectedIndex + 1) % list.options.length;
  list.dispatchEvent(new Event("change", { bubbles: true }));
"""
RESTS = "!document.querySelector('[data-widget] > [aria-busy=true]')"
TROUBLE = "return [...document.querySelectorAll('[role=alert]')].map((said) => said.textContent)"


def use(session: Session, kind: str) -> None:
    """Move a control as a reader does; a list, whose window no test can reach, by its event."""
    if kind == "select":
        session.run(CHOOSE)
    elif "range" in kind or "number" in kind:
        session.press(USED, RIGHT if "range" in kind else UP)
    else:
        session.click(USED)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_an_instrument_answers_to_a_control_of_every_kind(opened: Open, name: str) -> None:
    session = opened(f"dev/{name}.html")
    session.wait("document.querySelector('[data-widget]').dataset.state === 'ready'")
    used = []
    for kind in KINDS:
        session.wait(RESTS)
        if session.run(MARK, kind):
            use(session, kind)
            used.append(kind)
    session.wait(RESTS)
    assert used
    assert not any(session.run(TROUBLE))


# --- training in the page ----------------------------------------------------------------

SMALL = "p=11&share=70&width=32&epochs=200&decay=1&pace=full"
FASTEST = "Timeless.trainer.fastest().then((engine) => { window.fastest = engine; })"
EPOCH = "Number(document.querySelector('[data-readout=epoch]').textContent)"


def test_a_network_trains_in_the_page_by_compiled_kernels(opened: Open) -> None:
    address = "&".join(f"train.{said}" for said in SMALL.split("&"))
    session = opened(f"dev/train.html#widget-train?{address}")
    session.wait("document.querySelector('[data-control=start]')")
    session.run(FASTEST)
    assert session.wait("window.fastest") == "wasm"
    session.click("[data-control=start]")
    assert session.wait(f"{EPOCH} === 200")
    accuracy = "return Number(document.querySelector('[data-readout=train]').dataset.value)"
    assert session.run(accuracy) == 1
