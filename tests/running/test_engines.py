"""Engines give the same results, whatever is lost on the way, and fail in the same words.

Ray runs here, on this machine alone.
"""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import ray

from tests import jobs
from tests.sites import ROOT, mini_site
from tests.training.test_loop import assert_same
from timeless.config import as_dict
from timeless.errors import TimelessError, UsageError
from timeless.options import Options
from timeless.refresh import refresh
from timeless.results.artifacts import Artifact
from timeless.results.provenance import provenance
from timeless.results.weights import load_weights
from timeless.running import engines
from timeless.running.engines import Engine, RayEngine, local
from timeless.running.workspace import Workspace
from timeless.training.campaign import STATE, curves_table
from timeless.training.loop import train_campaign


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    ray.init(
        address="local",
        num_cpus=2,
        include_dashboard=False,
        logging_level="error",
        _node_ip_address="127.0.0.1",
    )
    yield
    ray.shutdown()


@pytest.fixture(params=["local", "ray"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    if request.param == "local":
        return local
    request.getfixturevalue("cluster")
    return RayEngine(tmp_path)


def campaigns(folder: Path):
    return {
        name: ({name: config}, folder / name, "cpu", None) for name, config in jobs.CONFIGS.items()
    }


def test_every_job_is_done_once(engine: Engine) -> None:
    found = list(engine(jobs.double, {str(n): (n,) for n in range(5)}))
    assert sorted(found) == [(str(n), 2 * n) for n in range(5)]


def test_no_jobs_are_no_results(engine: Engine) -> None:
    assert list(engine(jobs.double, {})) == []


def test_what_a_job_refuses_is_refused_in_its_words_and_not_tried_again(
    engine: Engine, tmp_path: Path
) -> None:
    attempts = tmp_path / "attempts"
    with pytest.raises(TimelessError) as refusal:
        list(engine(jobs.refuse, {"wild": (attempts,)}))
    assert str(refusal.value) == "run wild: the loss is not finite: train more slowly"
    assert attempts.read_text() == "tried\n"


def test_a_mistake_in_the_work_is_no_error_of_the_user(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError, match="a mistake in the work"):
        list(engine(jobs.fail, {"one": ()}))


def test_runs_are_the_same_although_a_worker_is_killed(cluster: None, tmp_path: Path) -> None:
    """Bit for bit, with one thread here and there."""
    expected = {
        name: run[name] for name, run in local(train_campaign, campaigns(tmp_path / "local"))
    }
    folder = tmp_path / "ray"
    folder.mkdir()
    work = jobs.train_losing_one_worker
    found = {name: run[name] for name, run in RayEngine(folder)(work, campaigns(folder))}
    first, second = (folder / "attempts").read_text().split()
    assert first == "0"
    assert int(second) > 0, "the second worker started from nothing"
    assert found.keys() == expected.keys()
    for name, run in expected.items():
        assert_same(found[name], run)
        assert found[name].workplace["threads"] == run.workplace["threads"] == 1
        assert all(path.is_relative_to(folder) for path in found[name].checkpoints.values())


def test_a_job_that_loses_every_worker_is_given_up(
    cluster: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_RETRIES", 1)
    with pytest.raises(TimelessError, match="job heavy: lost its worker more than 1 times"):
        list(RayEngine(tmp_path)(jobs.die, {"heavy": (tmp_path / "attempts",)}))
    assert (tmp_path / "attempts").read_text() == "tried\n" * 2


def test_a_worker_that_does_not_see_the_runs_says_so(tmp_path: Path) -> None:
    with pytest.raises(TimelessError, match="this worker does not see the folder") as refusal:
        engines._on_worker(jobs.double, (1,), tmp_path / "mark")
    assert "a file system that all machines share" in str(refusal.value)


def test_nothing_is_left_in_the_folder_of_the_runs(cluster: None, tmp_path: Path) -> None:
    assert dict(RayEngine(tmp_path)(jobs.double, {"one": (1,)})) == {"one": 2}
    assert list(tmp_path.iterdir()) == []


def test_a_stop_lets_the_workers_save(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs", str(tmp_path)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    stops = {"first": signal.SIGINT, "second": signal.SIGTERM}
    states = {part: [tmp_path / part / "long" / n / STATE for n in jobs.LONG] for part in stops}
    for part, number in stops.items():
        while process.poll() is None and not all(state.exists() for state in states[part]):
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.01)
        process.send_signal(number)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert [line for line in errors.splitlines() if "stopped" in line] == [
        f"{tmp_path / part}: stopped with 0 of 2 jobs finished; what the others have saved is "
        "kept: the same command goes on from there"
        for part in stops
    ]
    for state in (*states["first"], *states["second"]):
        assert load_weights(state)[1]["epoch"] > 0


def experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> dict:
    """Return the artifact, as it is on disk, of an experiment that trains two runs."""

    def run(config: object, workspace: Workspace) -> Artifact:
        finished = workspace.train("pair", jobs.CONFIGS)
        one = finished["seed1"]
        made = provenance(one.workplace, seconds=one.seconds, seeds=(0, 1))
        curves = {name: curves_table(each) for name, each in finished.items()}
        epochs = {name: list(each.checkpoints) for name, each in finished.items()}
        return Artifact("pair", as_dict(jobs.CONFIGS["seed0"]), made, {"epochs": epochs}, curves)

    pair = SimpleNamespace(CONFIG=jobs.CONFIGS["seed0"])
    package = SimpleNamespace(names=lambda: ("pair",), load=lambda _: pair, runner=lambda _: run)
    monkeypatch.setitem(sys.modules, "experiments_of_this_test", package)
    artifacts = tmp_path / engine / "artifacts"
    site = replace(
        mini_site("whole", tmp_path / engine),
        artifacts=artifacts,
        experiments="experiments_of_this_test",
    )
    refresh(site, Options(train=(), device="cpu", engine=engine))
    return json.loads((artifacts / "pair.json").read_text())


def test_an_artifact_says_the_same_whichever_engine_made_it(
    cluster: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, expected = (experiment(tmp_path, monkeypatch, name) for name in ("ray", "local"))
    differing = {"seconds", "date", "analysis"}
    assert found["provenance"].keys() == expected["provenance"].keys()
    for document in (found, expected):
        made = document["provenance"].items()
        document["provenance"] = {key: value for key, value in made if key not in differing}
    assert found == expected


def test_without_ray_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError) as refusal:
        engines.refuse_without_ray()
    assert str(refusal.value) == (
        '--engine ray needs Ray, not installed here: install it with: pip install -e ".[cluster]"'
    )


def test_a_cluster_that_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def init(**_: object) -> None:
        raise ConnectionError("could not find any running Ray instance\nlong words")

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", init)
    with pytest.raises(TimelessError) as refusal:
        list(RayEngine(tmp_path, "auto")(jobs.double, {"one": (1,)}))
    assert str(refusal.value).startswith(
        "auto: no Ray answers (could not find any running Ray instance): start a cluster"
    )


def test_an_address_where_nobody_listens_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", lambda **_: pytest.fail("Ray would wait without end"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    for given in (address, f"ray://{address}"):
        with pytest.raises(TimelessError, match=f"^{given}: no Ray answers .*refused"):
            list(RayEngine(tmp_path, given)(jobs.double, {"one": (1,)}))


def test_a_gpu_job_asks_for_a_gpu(tmp_path: Path) -> None:
    assert RayEngine(tmp_path, gpu=True)._resources()["num_gpus"] == 1
    assert RayEngine(tmp_path)._resources()["num_cpus"] == 1
