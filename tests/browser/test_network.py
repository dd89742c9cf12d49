"""The live network, by mouse, by keyboard and by address, against the network in Python."""

import re
from functools import cache

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, Watch
from tests.browser.instrument import (
    Instrument,
    brought_near,
    fits,
    painted,
    redrawn,
    stand_in_one_column,
    unreachable,
)
from tests.browser.measured import RESULTS
from timeless.analysis.groups import group_of
from timeless.analysis.network import Network, as_tensors
from timeless.analysis.progress import neuron_clusters
from timeless.config import TrainConfig, first_config
from timeless.instruments.network import (
    first_confident_mistake,
    first_one_way_pair,
    most_wrong_epoch,
)
from timeless.instruments.networks import published_run
from timeless.results.weights import load_weights, published_file
from timeless.training.factorised import all_pairs
from timeless.training.tasks import make_task

INSTRUMENT = Instrument("network", "architecture.html")
BOX = INSTRUMENT.box
control, readout, address = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.address
P = 131
EARLY = 1_000  # memorised, not generalised
OPENING = most_wrong_epoch(RESULTS["addition"])
START = first_confident_mistake(RESULTS, OPENING)
ONE_WAY = first_one_way_pair(RESULTS)


def epochs(experiment: str = "addition") -> list[int]:
    return list(RESULTS[experiment].summary["published_epochs"])


@cache
def config(experiment: str) -> TrainConfig:
    return first_config(RESULTS[experiment].config)


@cache
def logits(experiment: str, epoch: int, op: int) -> torch.Tensor:
    """Return the logits [p*p, p] of a published checkpoint."""
    weights, _ = load_weights(
        published_file(RESULTS.directory, experiment, published_run(RESULTS[experiment]), epoch)
    )
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
    expect(page.locator(f"{BOX} .net-map")).to_have_attribute("data-stale", "false")


def test_it_starts_with_a_pair_of_which_the_network_is_wrongly_sure(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    shows(page, *START, OPENING)
    expect(readout(page, "sentence")).to_contain_text("That is wrong")
    expect(readout(page, "sentence")).to_contain_text("It was never trained on this pair")
    rows = page.locator(f"{BOX} table").first.locator("tbody tr").all()
    assert len(rows) == config("addition").model.n_heads
    for row in rows:  # attention sums to one in every head
        shares = [float(str(c.get_attribute("data-share"))) for c in row.locator("td").all()]
        assert sum(shares) == pytest.approx(1)
    mapped(page)
    for panel in ("logits", "map"):
        assert painted(page, f".net-{panel} canvas")
    size = brought_near(page.locator(".net-map canvas"))
    middle = {"x": size["width"] / 2, "y": size["height"] / 2}
    page.locator(".net-map canvas").click(position=middle)  # it chooses the pair that it points at
    a, b = (int(control(page, name).input_value()) for name in "ab")
    assert (a, b) != START
    assert abs(a - P / 2) < P / 6
    assert abs(b - P / 2) < P / 6
    shows(page, a, b, OPENING)


def test_the_map_scores_what_python_scores_and_looks_different_by_loss(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, address(epoch=EARLY))
    mapped(page)
    task = make_task(config("addition"))
    right = (logits("addition", EARLY, 0).argmax(1).numpy() == task.labels).astype(float)
    expected = {"all": right, "train": right[task.train_mask], "test": right[~task.train_mask]}
    for split, found in expected.items():
        told = float(str(score(page, split, "accuracy").get_attribute("data-value")))
        assert told == pytest.approx(found.mean(), abs=1e-12)
    logged = page.locator(f"{BOX} [data-split=train] [data-logged=accuracy]")
    expect(logged).to_have_text("100%")
    picture = "document.querySelector('.net-map canvas').toDataURL()"
    seen = [page.evaluate(picture)]
    for name, chosen in (("map", "loss"), ("part", "test"), ("order", "sum")):
        with redrawn(page, ".net-map canvas"):
            control(page, name, chosen).click()
        seen.append(page.evaluate(picture))
    expect(page.locator(f"{BOX} .legend:visible")).to_have_count(1)
    expect(page.locator(f"{BOX} .legend:visible")).to_contain_text("as by chance")
    assert len(set(seen)) == len(seen)


def test_arrow_keys_choose_the_pair_and_the_checkpoint(visit: Visit) -> None:
    last = epochs()[-1]
    page = INSTRUMENT.alone(visit, address(epoch=last))
    control(page, "a").press("Home")
    shows(page, 0, START[1], last)
    INSTRUMENT.says(
        page,
        f"0 + {START[1]} modulo {P}: the network answers {START[1]}",
        "test accuracy 100%",
    )
    label = page.locator(".net-map canvas")
    expect(label).to_have_attribute("aria-label", re.compile("The sliders a and b choose a pair"))
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


def test_the_mirror_image_was_trained_on_and_the_next_wrong_answer_is_wrong(visit: Visit) -> None:
    a, b = ONE_WAY
    page = INSTRUMENT.alone(visit, address(a=a, b=b, epoch=EARLY))
    shows(page, a, b, EARLY)
    control(page, "swap").click()
    shows(page, b, a, EARLY)
    expect(readout(page, "sentence")).to_contain_text("It was trained on this pair")
    control(page, "swap").click()
    shows(page, a, b, EARLY)
    mapped(page)
    labels = make_task(config("addition")).labels
    wrong = np.flatnonzero(logits("addition", EARLY, 0).argmax(1).numpy() != labels)
    following = int(wrong[wrong > a * P + b][0])
    control(page, "wrong").click()
    shows(page, following // P, following % P, EARLY)
    expect(readout(page, "sentence")).to_contain_text("That is wrong")
    control(page, "epoch").press("End")
    expect(control(page, "wrong")).to_have_text("No wrong answer")
    expect(control(page, "wrong")).to_be_disabled()


def test_every_network_can_be_chosen(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    for choice, experiment, op in (
        ("multiplication", "multiplication", 0),
        ("joint-addition", "co_grokking", 0),
        ("joint-multiplication", "co_grokking", 1),
    ):
        control(page, "network").select_option(choice)
        expect(readout(page, "sentence")).to_have_attribute("data-network", choice)
        control(page, "epoch").press("End")
        shows(page, *START, epochs(experiment)[-1], experiment=experiment, op=op)
        control(page, "epoch").press("ArrowLeft")
        shows(page, *START, epochs(experiment)[-2], experiment=experiment, op=op)


@pytest.mark.parametrize("experiment", ["addition", "multiplication"])
def test_the_most_active_neurons_have_their_frequencies(visit: Visit, experiment: str) -> None:
    epoch = epochs(experiment)[-1]
    page = INSTRUMENT.alone(visit, address(network=experiment, epoch=epoch))
    expect(readout(page, "active")).to_have_attribute("data-known", "true")
    weights, _ = load_weights(
        published_file(RESULTS.directory, experiment, published_run(RESULTS[experiment]), epoch)
    )
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


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = INSTRUMENT.open_at(visit)
    control(page, "a").press("Home")
    control(page, "epoch").press("Home")
    control(page, "map").last.click()
    expect(page).to_have_url(re.compile("network.a=0&.*network.epoch=0.*network.map=loss"))
    page.reload()
    shows(page, 0, START[1], 0)
    expect(control(page, "map").last).to_have_attribute("aria-pressed", "true")
    control(page, "reset").click()
    shows(page, *START, OPENING)
    expect(page).not_to_have_url(re.compile("network.a="))


def test_on_a_phone_at_an_address_without_sense_it_stacks_and_in_the_dark_it_is_drawn_anew(
    visit: Visit,
) -> None:
    page = INSTRUMENT.alone(visit, address(a="x", b=1.5, epoch=1, network="division"), width=360)
    shows(page, *START, OPENING)
    expect(readout(page, "active")).to_have_attribute("data-known", "true")
    assert stand_in_one_column(page.locator(".net-column").all()[:2])
    assert fits(page)
    root = page.locator(".net")
    assert root.evaluate("node => node.scrollWidth <= node.clientWidth")
    with redrawn(page, ".net-logits canvas"):
        page.emulate_media(color_scheme="dark")
    shows(INSTRUMENT.alone(visit, address(a=900)), *START, OPENING)


def test_a_checkpoint_that_cannot_be_loaded_is_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"network-addition-e|ERR_FAILED")
    page = INSTRUMENT.alone(visit, origin="server")
    failure = INSTRUMENT.failure(page)
    with unreachable(page, "network-addition-e000000.js"):
        control(page, "epoch").press("Home")
        expect(failure).to_contain_text("could not load data/network-addition-e000000")
        shows(page, *START, OPENING)
    control(page, "epoch").press("Home")
    shows(page, *START, 0)
    expect(failure).to_be_hidden()


def test_without_a_worker_the_page_computes_by_itself(visit: Visit) -> None:
    page = visit("404.html")
    page.add_init_script("window.Worker = class { constructor() { throw new Error('refused'); } };")
    page.goto(page.url.replace("404.html", f"dev/network.html{address(epoch=epochs()[-1])}"))
    INSTRUMENT.ready(page)
    mapped(page)
    told = float(str(score(page, "all", "accuracy").get_attribute("data-value")))
    assert told == 1
