"""Training by the graphics processor, on one that Chromium plays in software."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import PATIENCE, BuiltSite, Visit, Watch
from tests.browser.instrument import Instrument

INSTRUMENT = Instrument("train", "train.html")
SOFTWARE = ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]

# Of each network the first gradient by name (the first moment over 1 - β₁), losses, answers, and
# where 6 steps lead that are interrupted after 3.
TRAINED = """async ([config, engine]) => {
  const { create, named } = Timeless.trainer;
  const trainer = await create(engine, config);
  const before = await trainer.evaluate();
  const first = await trainer.run(1);
  const { moment1 } = await trainer.state();
  const last = await trainer.run(2);
  const other = await create(engine, config);
  await other.restore(await trainer.state());
  for (const one of [trainer, other]) await one.set({ weight_decay: 2 });
  const [went, resumed] = [await trainer.run(3), await other.run(3)];
  const same = [trainer, other].map(async (one) => Array.from((await one.state()).weights));
  const [one, two] = await Promise.all(same);
  for (const ended of [trainer, other]) ended.close();
  const gradients = Object.entries(named(moment1.map((m) => 10 * m), config));
  return {
    gradient: Object.fromEntries(gradients.map(([name, g]) => [name, Array.from(g)])),
    answers: Array.from(before.answers),
    told: [
      before.train_loss, before.test_loss, before.test_accuracy,
      first.train_loss, first.norm2, last.train_loss,
    ],
    went: went.train_loss, apart: one.filter((w, i) => w !== two[i]).length, epoch: resumed.epoch,
  };
}"""
COMMON = {"share": 0.5, "learning_rate": 0.001, "weight_decay": 1, "warmup": 10, "seed": 1}
NETWORKS = {
    "one head": {"p": 23, "operation": "a+b", "n_heads": 1, "d_model": 16, "d_mlp": 24}
    | {"activation": "relu"},
    "four heads, GELU": {"p": 13, "operation": "a-b", "n_heads": 4, "d_model": 16, "d_mlp": 40}
    | {"activation": "gelu"},
    "sums in slices": {"p": 47, "operation": "a*b", "n_heads": 2, "d_model": 8, "d_mlp": 8}
    | {"activation": "relu"},
}


@pytest.fixture(scope="module")
def page(playwright: Playwright, executable: str, site: BuiltSite) -> Iterator[Page]:
    """Open the instrument in a browser that offers a graphics processor."""
    chromium = playwright.chromium.launch(
        executable_path=executable, args=SOFTWARE, timeout=PATIENCE
    )
    tab = chromium.new_page()
    tab.set_default_timeout(PATIENCE)
    small = {"p": 5, "share": 60, "width": 32, "epochs": 200, "decay": 1, "pace": "full"}
    problems: list[str] = []
    tab.on("console", lambda told: problems.append(told.text) if told.type == "error" else None)
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.goto(site.url(f"dev/train.html{INSTRUMENT.address(**small)}", "file"))
    INSTRUMENT.ready(tab)
    INSTRUMENT.settled(tab)
    yield tab
    assert problems == []
    chromium.close()


@pytest.mark.parametrize("network", NETWORKS)
def test_the_graphics_processor_trains_as_plain_javascript_does(page: Page, network: str) -> None:
    config = COMMON | NETWORKS[network]
    plain, graphics = (page.evaluate(TRAINED, [config, name]) for name in ("plain", "graphics"))
    assert graphics["answers"] == plain["answers"]
    assert graphics["told"] == pytest.approx(plain["told"], rel=1e-5)
    assert graphics["went"] == pytest.approx(plain["went"], rel=1e-4)
    assert (graphics["apart"], graphics["epoch"]) == (0, 6)
    for name, expected in plain["gradient"].items():
        size = sum(g * g for g in expected) ** 0.5
        off = sum((g - e) ** 2 for g, e in zip(graphics["gradient"][name], expected, strict=True))
        assert off**0.5 < 1e-5 * size, name


def test_a_reader_can_have_the_graphics_processor_go_on_and_the_other_after_it(page: Page) -> None:
    control, readout = INSTRUMENT.control, INSTRUMENT.readout
    control(page, "engine", "graphics").click()
    control(page, "step").click()
    INSTRUMENT.settled(page)
    expect(readout(page, "progress")).to_contain_text("by the graphics processor")
    expect(readout(page, "epoch")).to_have_text("1")
    control(page, "engine", "processor").click()
    control(page, "start").click()
    expect(readout(page, "progress")).to_contain_text("done")
    expect(readout(page, "progress")).not_to_contain_text("graphics")
    assert INSTRUMENT.value(page, "train") == 1


def test_where_there_is_none_the_processor_trains_and_the_page_says_so(
    visit: Visit, watch: Watch
) -> None:
    watch.expect("No available adapters")  # which Chromium remarks
    state = {"p": 5, "share": 60, "width": 32, "engine": "graphics"}
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(**state))
    INSTRUMENT.settled(page)
    INSTRUMENT.control(page, "step").click()
    INSTRUMENT.settled(page)
    expect(INSTRUMENT.readout(page, "progress")).to_contain_text("offers pages no graphics")
