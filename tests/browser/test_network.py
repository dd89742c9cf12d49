"""The live network, by mouse, by keyboard and by address, against the network in Python."""

import re
from functools import cache

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, Watch
from tests.browser.measured import RESULTS
from tests.browser.reading import painted
from timeless.checkpoints import load_weights
from timeless.config import TrainConfig, train_config
from timeless.factorised import all_pairs
from timeless.groups import group_of
from timeless.instruments.network import first_one_way_pair
from timeless.progress import neuron_clusters
from timeless.tasks import make_task
from timeless.trajectory import Network, as_tensors

BOX = "[data-widget=network]"
P = 131
EARLY = 700  # memorised, not generalised
START = first_one_way_pair(RESULTS)


def control(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-control={name}]")


def readout(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-readout={name}]")


def open_at(visit: Visit, address: str = "", **options: object) -> Page:
    page = visit("architecture.html" + address, **options)
    page.locator(BOX).scroll_into_view_if_needed()
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
    return page


def address(**state: object) -> str:
    return "#widget-network?" + "&".join(f"network.{key}={value}" for key, value in state.items())


def epochs(experiment: str = "addition") -> list[int]:
    return list(RESULTS[experiment].summary["published_epochs"])


@cache
def config(experiment: str) -> TrainConfig:
    return train_config(RESULTS[experiment].config["train"])


@cache
def logits(experiment: str, epoch: int, op: int) -> torch.Tensor:
    """Return the logits [p*p, p] of a published checkpoint."""
    weights, _ = load_weights(RESULTS.weights_path(f"{experiment}-seed0-e{epoch:06d}"))
    return all_pairs(as_tensors(weights), op, config(experiment).model)["logits"].double()


def shows(
    page: Page, a: int, b: int, epoch: int, *, experiment: str = "addition", op: int = 0
) -> None:
    """Check the answer to a pair at a checkpoint, its probability and the split against Python."""
    task, pair = make_task(config(experiment)), op * P**2 + a * P + b
    chances = logits(experiment, epoch, op)[a * P + b].softmax(0)
    sentence = readout(page, "sentence")
    expect(sentence).to_have_attribute("data-epoch", str(epoch))
    expect(sentence).to_have_attribute("data-answer", str(int(chances.argmax())))
    expect(sentence).to_have_attribute("data-right", str(int(task.labels[pair])))
    expect(sentence).to_have_attribute("data-trained", str(bool(task.train_mask[pair])).lower())
    told = float(str(sentence.get_attribute("data-chance")))
    assert told == pytest.approx(float(chances.max()), rel=1e-3)
    sign = "·" if config(experiment).operations[op] == "multiplication" else "+"
    expect(sentence).to_contain_text(f"{a} {sign} {b} modulo {P}")


def score(page: Page, split: str, name: str) -> Locator:
    return page.locator(f"{BOX} [data-split={split}] [data-here={name}]")


def mapped(page: Page) -> None:
    """Wait until the map of all pairs is there."""
    expect(page.locator(f"{BOX} .net-map")).to_have_attribute("data-stale", "false", timeout=60_000)


@pytest.mark.parametrize("origin", ["file", "server"])
def test_it_starts_with_a_pair_that_was_never_trained_on(visit: Visit, origin: str) -> None:
    page = open_at(visit, origin=origin)
    shows(page, *START, epochs()[-1])
    expect(readout(page, "sentence")).to_contain_text("It was never trained on this pair")
    mapped(page)
    for panel in ("logits", "map"):
        assert painted(page, f".net-{panel} canvas")


def test_the_map_scores_what_python_scores(visit: Visit) -> None:
    page = open_at(visit, address(epoch=EARLY))
    mapped(page)
    task = make_task(config("addition"))
    right = (logits("addition", EARLY, 0).argmax(1).numpy() == task.labels).astype(float)
    expected = {"all": right, "train": right[task.train_mask], "test": right[~task.train_mask]}
    for split, found in expected.items():
        told = float(str(score(page, split, "accuracy").get_attribute("data-value")))
        assert told == pytest.approx(found.mean(), abs=1e-12)
    logged = page.locator(f"{BOX} [data-split=train] [data-logged=accuracy]")
    expect(logged).to_have_text("100%")


def test_arrow_keys_choose_the_pair_and_the_checkpoint(visit: Visit) -> None:
    page = open_at(visit)
    last = epochs()[-1]
    control(page, "a").press("Home")
    control(page, "b").press("End")
    shows(page, 0, P - 1, last)
    control(page, "a").press("ArrowRight")
    shows(page, 1, P - 1, last)
    control(page, "epoch").press("ArrowLeft")
    shows(page, 1, P - 1, epochs()[-2])
    control(page, "epoch").press("Home")
    shows(page, 1, P - 1, 0)
    expect(control(page, "epoch")).to_have_attribute(
        "aria-valuetext", re.compile("^epoch 0, train")
    )


def test_the_mirror_image_was_trained_on(visit: Visit) -> None:
    page = open_at(visit, address(epoch=EARLY))
    a, b = START
    shows(page, a, b, EARLY)
    control(page, "swap").click()
    shows(page, b, a, EARLY)
    expect(readout(page, "sentence")).to_contain_text("It was trained on this pair")


def test_a_click_on_the_map_chooses_the_pair(visit: Visit) -> None:
    page = open_at(visit)
    mapped(page)
    canvas = page.locator(".net-map canvas")
    canvas.scroll_into_view_if_needed()
    size = canvas.bounding_box()
    assert size
    canvas.click(position={"x": size["width"] / 2, "y": size["height"] / 2})
    a, b = (int(control(page, name).input_value()) for name in "ab")
    assert (a, b) != START
    assert abs(a - P / 2) < P / 6
    assert abs(b - P / 2) < P / 6
    shows(page, a, b, epochs()[-1])


def test_the_next_wrong_answer_is_wrong_and_there_is_none_in_the_end(visit: Visit) -> None:
    page = open_at(visit, address(epoch=EARLY))
    mapped(page)
    labels = make_task(config("addition")).labels
    wrong = np.flatnonzero(logits("addition", EARLY, 0).argmax(1).numpy() != labels)
    here = START[0] * P + START[1]
    following = int(wrong[wrong > here][0])
    control(page, "wrong").click()
    shows(page, following // P, following % P, EARLY)
    expect(readout(page, "sentence")).to_contain_text("That is wrong")
    control(page, "epoch").press("End")
    expect(control(page, "wrong")).to_have_text("No wrong answer", timeout=60_000)
    expect(control(page, "wrong")).to_be_disabled()


@pytest.mark.parametrize(
    ("choice", "experiment", "op"),
    [
        ("multiplication", "multiplication", 0),
        ("joint-addition", "co_grokking", 0),
        ("joint-multiplication", "co_grokking", 1),
    ],
)
def test_every_network_can_be_chosen(visit: Visit, choice: str, experiment: str, op: int) -> None:
    page = open_at(visit)
    control(page, "network").select_option(choice)
    expect(readout(page, "sentence")).to_have_attribute("data-network", choice)
    shows(page, *START, epochs(experiment)[-1], experiment=experiment, op=op)
    control(page, "epoch").press("ArrowLeft")
    shows(page, *START, epochs(experiment)[-2], experiment=experiment, op=op)


@pytest.mark.parametrize("experiment", ["addition", "multiplication"])
def test_the_most_active_neurons_have_their_frequencies(visit: Visit, experiment: str) -> None:
    page = open_at(visit, address(network=experiment))
    expect(readout(page, "active")).to_have_attribute("data-known", "true", timeout=60_000)
    epoch = epochs(experiment)[-1]
    weights, _ = load_weights(RESULTS.weights_path(f"{experiment}-seed0-e{epoch:06d}"))
    group = group_of(experiment, P)
    network = Network.of(weights, config(experiment))
    clusters = neuron_clusters(network.mlp_post, group.n)
    expect(readout(page, "active")).to_contain_text(
        f"{int(clusters.clustered.sum())} of 512 neurons belong to one frequency"
    )
    every = all_pairs(as_tensors(weights), 0, config(experiment).model)["mlp_post"]
    active = every[START[0] * P + START[1]].numpy()
    rows = page.locator(f"{BOX} [data-neuron]").all()
    assert [int(str(row.get_attribute("data-neuron"))) for row in rows] == (
        np.argsort(-active)[: len(rows)].tolist()
    )
    for row in rows:
        neuron = int(str(row.get_attribute("data-neuron")))
        cell = row.locator("[data-frequency]")
        expect(cell).to_have_attribute("data-frequency", str(clusters.freq[neuron]))
        expect(cell).to_have_attribute("data-belongs", str(clusters.clustered[neuron]).lower())


def test_attention_sums_to_one_in_every_head(visit: Visit) -> None:
    page = open_at(visit)
    rows = page.locator(f"{BOX} table").first.locator("tbody tr").all()
    assert len(rows) == config("addition").model.n_heads
    for row in rows:
        shares = [float(str(c.get_attribute("data-share"))) for c in row.locator("td").all()]
        assert sum(shares) == pytest.approx(1)


def test_maps_of_losses_and_without_the_split_look_different(visit: Visit) -> None:
    page = open_at(visit, address(epoch=EARLY))
    mapped(page)
    picture = "document.querySelector('.net-map canvas').toDataURL()"
    seen = [page.evaluate(picture)]
    for act in (control(page, "map").last.click, control(page, "mark").click):
        act()
        page.wait_for_function(f"before => {picture} !== before", arg=seen[-1])
        seen.append(page.evaluate(picture))
    expect(page.locator(f"{BOX} .legend:visible")).to_have_count(1)
    expect(page.locator(f"{BOX} .legend:visible")).to_contain_text("as by chance")
    assert len(set(seen)) == len(seen)


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "a").press("Home")
    control(page, "epoch").press("Home")
    control(page, "map").last.click()
    expect(page).to_have_url(re.compile("network.a=0&.*network.epoch=0.*network.map=loss"))
    page.reload()
    shows(page, 0, START[1], 0)
    expect(control(page, "map").last).to_have_attribute("aria-pressed", "true")
    control(page, "reset").click()
    shows(page, *START, epochs()[-1])
    expect(page).not_to_have_url(re.compile("network.a="))


@pytest.mark.parametrize(
    "nonsense", [{"a": 900}, {"b": 1.5}, {"a": "x"}, {"epoch": 1}, {"network": "division"}]
)
def test_an_address_that_makes_no_sense_does_no_harm(
    visit: Visit, nonsense: dict[str, object]
) -> None:
    page = open_at(visit, address(**nonsense))
    shows(page, *START, epochs()[-1])


def test_it_speaks(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "a").press("Home")
    spoken = readout(page, "spoken")
    expect(spoken).to_have_attribute("aria-live", "polite")
    expect(spoken).to_contain_text(f"0 + {START[1]} modulo {P}: the network answers {START[1]}")
    expect(spoken).to_contain_text("test accuracy 100%")
    label = page.locator(".net-map canvas")
    expect(label).to_have_attribute("aria-label", re.compile("The sliders a and b choose a pair"))


def test_a_theme_changes_the_picture(visit: Visit) -> None:
    page = open_at(visit)
    before = page.locator(".net-logits canvas").evaluate("canvas => canvas.toDataURL()")
    page.emulate_media(color_scheme="dark")
    redrawn = "before => document.querySelector('.net-logits canvas').toDataURL() !== before"
    page.wait_for_function(redrawn, arg=before)


def test_on_a_phone_everything_stacks_and_nothing_overflows(visit: Visit) -> None:
    page = open_at(visit, width=360)
    expect(readout(page, "active")).to_have_attribute("data-known", "true", timeout=60_000)
    first, second = (column.bounding_box() for column in page.locator(".net-column").all())
    assert first
    assert second
    assert second["y"] >= first["y"] + first["height"]
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(wide)
    root = page.locator(".net")
    assert root.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_a_checkpoint_that_cannot_be_loaded_is_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"network-addition-e|ERR_FAILED")
    page = open_at(visit, origin="server")
    page.route("**/data/network-addition-e000000.js", lambda route: route.abort())
    control(page, "epoch").press("Home")
    failure = page.locator(f"{BOX} [role=alert]")
    expect(failure).to_contain_text("could not load data/network-addition-e000000")
    shows(page, *START, epochs()[-1])
    page.unroute("**/data/network-addition-e000000.js")
    control(page, "epoch").press("Home")
    shows(page, *START, 0)
    expect(failure).to_be_hidden()


def test_without_a_worker_the_page_computes_by_itself(visit: Visit) -> None:
    page = visit("dev/network.html")
    page.add_init_script("window.Worker = class { constructor() { throw new Error('refused'); } };")
    page.reload()
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
    mapped(page)
    told = float(str(score(page, "all", "accuracy").get_attribute("data-value")))
    assert told == 1


def test_it_stands_alone_in_its_harness(visit: Visit) -> None:
    page = visit("dev/network.html")
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
    shows(page, *START, epochs()[-1])
