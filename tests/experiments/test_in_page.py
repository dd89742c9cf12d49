"""The page's own networks, tiny, trained by the page's own kernels; and what is kept of them."""

from pathlib import Path

import pytest

from timeless.experiments.in_page import CONFIG, QUICK
from timeless.experiments.in_page import run as answer
from timeless.running.workspace import Workspace


def test_every_seed_is_trained_once_and_told_with_its_curves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(tmp_path / "artifacts", tmp_path / "runs")
    found = answer.run(QUICK, workspace)
    curves = found["curves_addition"]
    assert curves["epoch"].tolist() == [0, 10, 20] * 2
    assert curves["seed"].tolist() == [0] * 3 + [1] * 3
    assert found.summary["presets"]["addition"]["last_epochs"] == [20, 20]
    monkeypatch.setattr(answer, "answer_of", lambda *_: pytest.fail("trained again"))
    assert answer.run(QUICK, workspace).summary == found.summary


def test_when_a_run_gets_there_is_the_first_point_with_enough() -> None:
    shares = [0.1, 0.985, 0.99, 0.98, 1.0]
    rows = [
        {"epoch": 10 * i, "train_accuracy": share, "test_accuracy": 0, "unseen_accuracy": 0}
        for i, share in enumerate(shares)
    ]
    summary = answer._summary({0: {"rows": rows}}, 0.99)
    assert summary["memorisation_epochs"] == [20]
    assert summary["grok_epochs"] == [None]
    assert summary["grok"]["n_censored"] == 1


def test_a_preset_is_the_first_network_with_what_differs() -> None:
    state = CONFIG.state("large")
    assert (state["p"], state["heads"]) == (131, 1)
