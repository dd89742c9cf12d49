"""Training in the page: started, paused, forked, reloaded, and what is taken away from it."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect
from safetensors import safe_open

from tests.browser.conftest import Visit
from tests.browser.instrument import Instrument, fits, painted
from timeless.config import ModelConfig
from timeless.training.exchange import open_network
from timeless.training.model import forward

INSTRUMENT = Instrument("train", "train.html")
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
SMALL = {"p": 11, "share": 70, "width": 32, "epochs": 200, "decay": 1, "pace": "full"}
EPOCHS = SMALL["epochs"]


def done(page: Page, epoch: int = EPOCHS) -> None:
    """Wait until the runs of a page rest at an epoch."""
    INSTRUMENT.settled(page)
    expect(readout(page, "epoch")).to_have_text(str(epoch))


def trained(page: Page) -> dict[str, float]:
    """Start, wait for the end, and return what the first run has come to."""
    control(page, "start").click()
    done(page)
    return {name: value(page, name) for name in ("train-loss", "test-loss", "test", "norm")}


def saved(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as started:
        control(page, name).click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def test_a_network_trains_and_python_reads_the_same_answers_from_its_weights(
    visit: Visit, tmp_path: Path
) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(**SMALL))
    INSTRUMENT.settled(page)
    for picture in ("ring", "map", "spectrum", "accuracy"):  # before anything was trained
        assert painted(page, f":nth-match(.train-{picture} canvas, 1)")
    expect(readout(page, "story")).to_contain_text("random")
    trained(page)
    assert value(page, "train") == 1
    kept = saved(page, "weights", tmp_path)
    with safe_open(kept, "pt") as file:
        assert file.metadata()["epoch"] == str(EPOCHS)
    model, arrays, _ = open_network(kept)
    assert model == ModelConfig(p=11, n_heads=1, d_model=32, d_mlp=128)
    weights = {name: torch.from_numpy(array) for name, array in arrays.items()}
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(11), np.arange(11), indexing="ij"))
    tokens = torch.tensor(np.stack([a, b, np.full(121, 11)], axis=1))
    right = forward(weights, tokens, model)["logits"].argmax(1).numpy() == (a + b) % 11
    expect(page.locator(".train-map-part .train-title").first).to_contain_text(f"{right.sum()} of")
    with saved(page, "curves", tmp_path).open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == list(range(0, EPOCHS + 1, 10))
    assert float(rows[-1]["test_accuracy"]) == value(page, "test")
    is_opened_again(page, kept, f"{right.sum()} of")


def is_opened_again(page: Page, kept: Path, found: str) -> None:
    """Open in the page what it has saved, with the same answers; and refuse what it cannot read."""
    control(page, "reset").click()
    done(page, 0)
    kept.with_name("damaged.safetensors").write_bytes(kept.read_bytes()[:-8])
    control(page, "file").set_input_files(kept.with_name("damaged.safetensors"))
    expect(INSTRUMENT.failure(page)).to_contain_text("lies outside the file")
    control(page, "file").set_input_files(kept)
    expect(readout(page, "story")).to_contain_text(kept.name)
    INSTRUMENT.settled(page)
    expect(page.locator(".train-map-part .train-title").first).to_contain_text(found)
    assert value(page, "train") == 1
    expect(INSTRUMENT.failure(page)).to_be_hidden()
    expect(control(page, "p")).to_be_hidden()
    control(page, "shut").click()
    expect(readout(page, "story")).to_contain_text("random")


def test_the_address_holds_a_run_and_its_fork_and_a_reload_keeps_them(
    visit: Visit, tmp_path: Path
) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(**SMALL, changes="55d4", fork="100d0"))
    whole = trained(page)
    assert not control(page, "fork-decay").is_hidden()
    assert control(page, "fork-decay").input_value() == "0"
    assert control(page, "decay").input_value() == "4"
    with safe_open(saved(page, "fork-weights", tmp_path), "pt") as file:
        changes = json.loads(file.metadata()["changes"])
    assert [(one["epoch"], one["value"]) for one in changes] == [(55, 4), (100, 0)]
    page.reload()
    INSTRUMENT.ready(page)
    done(page)
    expect(readout(page, "progress")).to_contain_text("done")
    assert {name: value(page, name) for name in whole} == pytest.approx(whole)
    control(page, "reset").click()
    done(page, 0)
    control(page, "step").click()
    done(page, 1)
    expect(control(page, "p")).to_be_disabled()
    control(page, "decay").press("End")
    control(page, "start").click()
    done(page)
    page.wait_for_function("() => location.hash.includes('changes=1d5')")
    control(page, "fork").press("Tab")
    assert fits(page)


def test_two_forks_of_a_moment_that_are_trained_alike_stay_alike(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(**SMALL, seed=1), width=360)
    trained(page)
    control(page, "fork").click()
    expect(control(page, "fork")).to_have_text("Drop the fork")
    INSTRUMENT.settled(page)
    control(page, "start").click()
    done(page, 400)
    for picture in ("ring", "map", "spectrum"):
        first, second = (
            canvas.get_attribute("aria-label")
            for canvas in page.locator(f".train-{picture} canvas").all()
        )
        assert first == second
    assert fits(page)
