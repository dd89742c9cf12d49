"""Frequency surgery, its data: the published ablation as it is, and the train pairs' part of it."""

import numpy as np
import pytest

from tests.planted_runs import table
from tests.sites import ROOT
from timeless.claims.circuits import CLAIMED
from timeless.instruments.surgery import STUDY_FREQS, published_sets, widget
from timeless.results.artifacts import Artifact, Results

PAIRS = {"n_pairs": 10, "n_train": 4, "n_test": 6}


@pytest.fixture(scope="module")
def results() -> Results:
    return Results(ROOT / "artifacts")


def ablated(**columns: list[float]) -> Artifact:
    """Return a run whose ablation has one set of each of three kinds, and two random ones."""
    kinds = np.array(["none", "without key", "without random", "without random", "only key"])
    freqs = np.array(["", "2 5", "1 4", "3 6", "2 5"])
    found = table(kind=kinds, freqs=freqs, **columns)
    return Artifact("addition", {}, {}, PAIRS, {"ablation": found})


def test_the_train_pairs_are_what_the_test_pairs_leave() -> None:
    artifact = ablated(
        accuracy_all=[1, 0, 0.8, 0.6, 1],
        accuracy_test=[1, 0, 4 / 6, 1, 1],
        loss_all=[0, 9, 2.0, 0.3, 0],
        loss_test=[0, 9, 3.0, 0.5, 0],
    )
    sets = published_sets(artifact, "without random")
    assert sets["sets"] == [[1, 4], [3, 6]]
    assert sets["accuracy"]["all"] == [0.8, 0.6]
    assert sets["accuracy"]["train"] == pytest.approx([1, 0])  # 8 - 4 of 4, and 6 - 6 of 4
    assert sets["loss"]["train"] == pytest.approx([0.5, 0])  # (20 - 18) / 4; never negative
    assert sets["loss"]["test"] == [3, 0.5]


def test_the_published_sets_are_those_of_the_artifact(results: Results) -> None:
    addition, data = results["addition"], widget(results).data
    found = addition["ablation"]
    for mode, kind in (("remove", "without random"), ("keep", "only random")):
        rows = found["kind"] == kind
        assert data["random"][mode]["accuracy"]["all"] == found["accuracy_all"][rows].tolist()
        assert data["random"][mode]["loss"]["test"] == found["loss_test"][rows].tolist()
    chosen = found["freqs"][found["kind"] == "without key"][0]
    assert " ".join(map(str, data["freqs"])) == chosen
    assert data["epoch"] == addition.summary["published_epochs"][-1]
    assert data["epoch"] == addition["curves"]["epoch"][-1]  # what was ablated is the last one


def test_it_opens_with_the_losses_of_the_published_ablation(results: Results) -> None:
    opening, found = widget(results).data["opening"], results["addition"]["ablation"]
    guessing = opening["highest"] / 2
    assert guessing == pytest.approx(results["addition"].summary["chance_loss"])
    (row,) = np.flatnonzero(found["kind"] == "without key")
    assert opening["own"]["loss"]["all"] == [found["loss_all"][row]]
    losses = opening["losses"] / 255 * opening["highest"]
    assert losses.shape == (results["addition"].summary["n_pairs"],)
    # A pair that is answered right with more than even odds loses less than ln 2.
    assert (losses < np.log(2)).mean() <= found["accuracy_all"][row] + 1e-3
    assert (losses > guessing).mean() > 0.9


def test_it_asks_for_the_network_and_says_what_is_seen(results: Results) -> None:
    found = widget(results)
    assert found.networks == ("addition",)
    found.check("surgery")
    assert "<" not in found.alt


def test_the_preset_is_the_claim_of_the_study() -> None:
    assert STUDY_FREQS == CLAIMED
