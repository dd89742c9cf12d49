"""The workspace trains an experiment's runs, together where that pays, and returns them by name."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.campaign import CONFIG
from tests.training.test_loop import assert_same
from timeless.errors import TimelessError
from timeless.results.artifacts import Artifact, save_artifact
from timeless.running.workspace import Workspace
from timeless.training.campaign import STATE
from timeless.training.devices import device_type
from timeless.training.ensemble import Ensemble
from timeless.training.loop import together, train

CONFIGS = {f"seed{seed}": replace(CONFIG, seed=seed, epochs=10) for seed in (3, 1, 2)}


def test_runs_come_back_by_name_in_the_order_asked_for(tmp_path: Path) -> None:
    def backwards(work, jobs):
        for name in reversed(jobs):
            yield name, work(*jobs[name])

    found = Workspace(tmp_path, tmp_path, "cpu", backwards).train("toy", CONFIGS)
    assert list(found) == ["seed3", "seed1", "seed2"]
    assert [run.config.seed for run in found.values()] == [3, 1, 2]


def test_an_experiment_has_a_folder_and_each_of_its_runs_another(tmp_path: Path) -> None:
    found = Workspace(tmp_path / "artifacts", tmp_path / "runs", "cpu").train("toy", CONFIGS)
    states = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob(STATE))
    assert states == [Path("runs/toy") / name / STATE for name in sorted(CONFIGS)]
    alone = train({"seed3": CONFIGS["seed3"]}, tmp_path / "alone", device="cpu")["seed3"]
    assert_same(found["seed3"], alone)


def test_finished_runs_are_only_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(tmp_path, tmp_path, "cpu")
    first = workspace.train("toy", CONFIGS)
    monkeypatch.setattr(Ensemble, "_step", lambda _: pytest.fail("a finished run was trained"))
    for name, run in workspace.train("toy", CONFIGS).items():
        assert_same(run, first[name])


def test_folders_are_absolute_because_a_worker_stands_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    jobs = Workspace(Path("artifacts"), Path("runs"), "cpu").campaigns("toy", CONFIGS, 5)
    assert {name: job[1:] for name, job in jobs.items()} == {
        name: (tmp_path / "runs" / "toy" / name, "cpu", 5) for name in CONFIGS
    }


def test_on_cuda_runs_that_are_alike_train_together() -> None:
    other = replace(CONFIG, epochs=20)
    configs = CONFIGS | {"frac": replace(CONFIG, epochs=10, frac_train=0.5), "long": other}
    groups = together(configs, "cuda")
    assert {name: list(group) for name, group in groups.items()} == {
        "seed3": ["seed3", "seed1", "seed2", "frac"],
        "long": ["long"],
    }
    assert [list(group) for group in together(configs, "cpu").values()] == [[n] for n in configs]


def test_auto_is_the_device_that_is_there() -> None:
    assert device_type("auto") == ("cuda" if torch.cuda.is_available() else "cpu")
    assert device_type("mps") == "mps"


def test_results_of_other_experiments_are_read_where_artifacts_lie(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, tmp_path / "runs")
    save_artifact(Artifact("toy", {}, {}, {"answer": 3}), workspace.artifacts)
    assert workspace.results["toy"].summary == {"answer": 3}
    with pytest.raises(TimelessError, match=r"python build\.py --train other"):
        workspace.results["other"]
