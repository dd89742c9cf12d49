"""The two-dimensional transform, by mouse, by keyboard and by address, against NumPy."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser import measured
from tests.browser.altered import Floats, answers
from tests.browser.conftest import Visit, Watch
from tests.browser.instrument import (
    Instrument,
    fits,
    number_in,
    painted,
    redrawn,
    stand_in_one_column,
    unreachable,
)
from timeless.analysis.fourier import dft_2d, frequencies, spectrum_2d, sum_directions

INSTRUMENT = Instrument("dft-2d", "foundations.html")
BOX = INSTRUMENT.box
control, readout = INSTRUMENT.control, INSTRUMENT.readout
CLOSE = 2e-3
LAST = measured.epochs()[-1]
TYPICAL = measured.addition()["typical_neurons"]
FIRST = int(TYPICAL["neuron"][0])


def function(what: str, index: int, epoch: int) -> Floats:
    """Return a neuron's activation or a logit over all pairs."""
    found = answers(epoch)
    if what == "neuron":
        return found.neuron(index)
    return found.logit(index) - (found.mean_logit() if what == "centred" else 0)


def shows(page: Page, what: str, index: int, epoch: int) -> Floats:
    """Check table and read-outs against Python's transform; return the norms."""
    expect(readout(page, "epoch")).to_have_text(f"{epoch:,}")
    expect(control(page, "neuron" if what == "neuron" else "logit")).to_have_value(str(index))
    expect(control(page, "kind", what)).to_have_attribute("aria-pressed", "true")
    INSTRUMENT.settled(page)
    values = function(what, index, epoch)
    norms = spectrum_2d(dft_2d(values, measured.P))
    power = np.square(norms)
    power[0, 0] = 0
    shares = power / power.sum()
    own = np.diag(shares) + shares[0] + shares[:, 0]
    assert number_in(readout(page, "own-share")) == pytest.approx(own[1:].max(), abs=CLOSE)
    assert number_in(readout(page, "own")) == 1 + own[1:].argmax()
    along = sum_directions(measured.P, frequencies(measured.P).tolist()).T @ values
    assert number_in(readout(page, "sum")) == pytest.approx(
        np.square(along).sum() / power.sum(), abs=CLOSE
    )
    assert number_in(readout(page, "constant")) == pytest.approx(
        values.mean(), rel=CLOSE, abs=CLOSE
    )
    together = 0.0
    for row in page.locator(f"{BOX} tbody tr").all():
        cells = [number_in(cell) for cell in row.locator("td").all()]
        a, b = int(cells[0]), int(cells[1])
        together += shares[a, b]
        wanted = [norms[a, b], shares[a, b], together]
        assert cells[2:] == pytest.approx(wanted, rel=CLOSE, abs=CLOSE)
    assert together == pytest.approx(np.sort(shares, axis=None)[-8:].sum(), abs=CLOSE)
    return norms


def test_it_starts_with_a_typical_neuron_as_the_artifact_has_it(
    visit: Visit, tmp_path: Path
) -> None:
    page = INSTRUMENT.alone(visit)
    norms = shows(page, "neuron", FIRST, LAST)
    assert np.allclose(norms, TYPICAL["norm_2d"][0], rtol=1e-2, atol=1e-2 * norms.max())
    expect(readout(page, "own")).to_have_text(f"k = {TYPICAL['freq'][0]}")
    expect(readout(page, "own-share")).to_contain_text("belongs to it")
    for canvas in range(2):
        assert painted(page, f".dft-2d-maps > :nth-child({canvas + 1}) canvas")
    with page.expect_download() as download:
        control(page, "csv").click()
    assert download.value.suggested_filename == f"timeless-dft-2d-neuron-{FIRST}-epoch-{LAST}.csv"
    download.value.save_as(tmp_path / "spectrum.csv")
    holds_the_whole_spectrum(tmp_path / "spectrum.csv", norms)


def holds_the_whole_spectrum(path: Path, norms: Floats) -> None:
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == norms.size
    found = np.array([float(row["norm"]) for row in rows]).reshape(norms.shape)
    assert np.allclose(found, norms, rtol=CLOSE, atol=1e-3)
    assert sum(float(row["share_of_non_constant_energy"] or 0) for row in rows) == pytest.approx(1)


def test_a_neuron_is_chosen_by_its_frequency_by_number_or_at_random(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    for freq, neuron in zip(TYPICAL["freq"], TYPICAL["neuron"], strict=True):
        control(page, f"typical-{freq}").click()
        shows(page, "neuron", int(neuron), LAST)
        expect(readout(page, "own")).to_have_text(f"k = {freq}")
        expect(control(page, f"typical-{freq}")).to_have_attribute("aria-pressed", "true")
    control(page, "neuron").fill("300")
    shows(page, "neuron", 300, LAST)
    control(page, "random").press("Enter")
    expect(control(page, "neuron")).not_to_have_value("300")
    shows(page, "neuron", int(control(page, "neuron").input_value()), LAST)
    control(page, "neuron").fill("512")
    control(page, "neuron").press("Enter")
    expect(control(page, "neuron")).not_to_have_value("512")


def test_a_logit_as_it_is_and_centred(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    control(page, "kind", "logit").press("Enter")
    shows(page, "logit", 0, LAST)
    expect(control(page, "neuron")).to_be_hidden()
    INSTRUMENT.says(page, f"logit of class 0, epoch {LAST:,}: strongest at frequency")
    control(page, "logit").fill("57")
    shows(page, "logit", 57, LAST)
    control(page, "kind", "centred").press("Enter")
    shows(page, "centred", 57, LAST)


def test_the_left_map_is_put_together_from_few_components(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    shows(page, "neuron", FIRST, LAST)
    with redrawn(page, ".dft-2d-map canvas"):
        keep = control(page, "keep")
        keep.press("Home")
        expect(readout(page, "keep")).to_have_text("the strongest component")
    keep.press("ArrowRight")
    expect(keep).to_have_attribute("aria-valuetext", "the 2 strongest components")
    keep.press("End")
    expect(readout(page, "keep")).to_have_text("all of it")


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    control(page, "kind", "centred").click()
    control(page, "logit").fill("9")
    control(page, "keep").press("Home")
    control(page, "epoch").press("ArrowLeft")
    before = measured.epochs()[-2]
    shows(page, "centred", 9, before)
    expect(page).to_have_url(re.compile(f"dft-2d.kind=centred.*logit=9.*epoch={before}.*keep=1"))
    page.reload()
    shows(page, "centred", 9, before)
    expect(readout(page, "keep")).to_have_text("the strongest component")
    control(page, "reset").click()
    shows(page, "neuron", FIRST, LAST)
    expect(page).not_to_have_url(re.compile("dft-2d.kind="))


def test_on_a_phone_at_an_address_without_sense_it_fits_and_in_the_dark_it_is_drawn_anew(
    visit: Visit,
) -> None:
    nonsense = INSTRUMENT.address(neuron=512, kind="ring", epoch=1, keep=40)
    page = INSTRUMENT.alone(visit, nonsense, width=360)
    shows(page, "neuron", FIRST, LAST)
    assert fits(page)
    assert stand_in_one_column(page.locator(".dft-2d-map").all())
    with redrawn(page, ".dft-2d-map canvas"):
        page.emulate_media(color_scheme="dark")


def test_a_checkpoint_that_cannot_be_loaded_is_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"network-addition-e0|ERR_FAILED")
    page = INSTRUMENT.alone(visit, origin="server")
    shows(page, "neuron", FIRST, LAST)
    failure = INSTRUMENT.failure(page)
    with unreachable(page, "network-addition-e000000.js"):
        control(page, "epoch").press("Home")
        expect(failure).to_contain_text("could not load data/network-addition-e000000.js")
        shows(page, "neuron", FIRST, LAST)
    control(page, "epoch").press("Home")
    shows(page, "neuron", FIRST, measured.epochs()[0])
    expect(failure).to_be_hidden()
