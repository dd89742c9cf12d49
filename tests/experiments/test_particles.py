"""Particle states: known by construction, and as the experiment exports them."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from tests.sites import ROOT
from timeless import experiments
from timeless.analysis.fourier import waves
from timeless.experiments import particles
from timeless.experiments.particles.run import WHOLE, memory_epoch
from timeless.experiments.particles.states import (
    State,
    mean_radius,
    neuron_measures,
    neuron_plane,
    neuron_rows,
    neuron_shares,
    state_of,
    token_measures,
    token_plane,
    token_rows,
)
from timeless.instruments.networks import published_run
from timeless.results.artifacts import Results, load_artifact, save_artifact
from timeless.results.weights import load_weights, published_file
from timeless.running.workspace import Workspace

P, D = 13, 8
RNG = np.random.default_rng(0)
LIMIT = 450_000  # for each frequency


def ring(freq: int, radius: float = 1.0) -> State:
    """Return p tokens on the ring of a frequency; waves have length 1, their points sqrt(2/p)."""
    xy = radius * waves(P, [freq]).T * math.sqrt(P / 2)
    return State(xy, np.linalg.norm(xy, axis=1))


def weights() -> dict[str, np.ndarray]:
    shapes = {"W_E": (P + 1, D), "W_out": (20, D), "W_U": (D, P)}
    return {name: RNG.normal(size=shape).astype(np.float16) for name, shape in shapes.items()}


def test_a_perfect_ring_is_wholly_ordered():
    measured = token_measures(ring(3, radius=2), [3, 5])
    assert measured["order_parameter"] == pytest.approx(1)
    assert measured["spectral_entropy"] == pytest.approx(0, abs=1e-12)
    assert measured["energy"] == pytest.approx(P * 2**2 / 2)
    assert measured["plane_energy"] == pytest.approx(P * 2**2 / 2)
    assert mean_radius(ring(3, radius=2)) == pytest.approx(2)
    assert token_measures(ring(4), [3, 5])["order_parameter"] == pytest.approx(0)


def test_two_rings_of_equal_size_share_the_order_and_have_the_entropy_of_two():
    both = State(ring(2).xy + ring(6).xy, np.ones(P))
    measured = token_measures(both, [2])
    assert measured["order_parameter"] == pytest.approx(0.5)
    assert measured["spectral_entropy"] == pytest.approx(math.log(2))


def test_the_shares_of_neurons_are_the_plane_and_an_even_rest():
    inside = State(np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([5.0, 0.0]))
    assert neuron_shares(inside, D) == pytest.approx([1, 0, 0, 0])
    half = State(np.array([[3.0, 4.0]]), np.array([math.sqrt(50)]))
    assert neuron_shares(half, D) == pytest.approx([1 / 2, 1 / 6, 1 / 6, 1 / 6])
    measured = neuron_measures(half, D)
    assert measured["order_parameter"] == pytest.approx(1 / 2)
    assert (measured["energy"], measured["plane_energy"]) == pytest.approx((25, 12.5))
    nothing = State(np.zeros((2, 2)), np.zeros(2))
    assert neuron_measures(nothing, D)["spectral_entropy"] == pytest.approx(math.log(D / 2))


def test_the_planes_are_orthonormal_and_the_tokens_centred():
    found = weights()
    for plane in (token_plane(found, P, 4), neuron_plane(found, P, 4)):
        assert plane.T @ plane == pytest.approx(np.eye(2))
    rows = token_rows(found, P)
    assert rows.shape == (P, D)
    assert rows.mean(0) == pytest.approx(np.zeros(D), abs=1e-12)
    state = state_of(neuron_rows(found), neuron_plane(found, P, 4))
    assert (np.linalg.norm(state.xy, axis=1) <= state.lengths).all()


@pytest.mark.parametrize(
    ("memorised", "found"), [(30, 80), (80, 80), (None, 0), (170, 0), (900, 0)]
)
def test_the_memory_is_the_first_checkpoint_that_has_memorised(memorised, found):
    assert memory_epoch([0, 80, 170], memorised) == found


# --- the published artifact --------------------------------------------------------------


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory):
    """Return the artifact made again, from the published weights alone."""
    made = experiments.runner("particles")(
        particles.CONFIG, Workspace(ROOT / "artifacts", tmp_path_factory.mktemp("no-runs"))
    )
    folder = tmp_path_factory.mktemp("made")
    save_artifact(made, folder)
    return load_artifact(folder, "particles")


def test_it_can_be_made_again_from_a_clone(artifact):
    published = load_artifact(ROOT / "artifacts", "particles")
    assert published.summary["key_freqs"] == artifact.summary["key_freqs"]
    assert list(published.series) == list(artifact.series)
    for name, table in artifact.series.items():
        for column in table.columns:
            assert published[name][column] == pytest.approx(table[column], rel=1e-3, abs=1e-4)


def test_it_stays_small_and_explains_each_column():
    path = ROOT / "artifacts" / "particles.json"
    document = json.loads(path.read_text())
    assert path.stat().st_size < LIMIT * len(document["summary"]["key_freqs"])
    for table in document["series"].values():
        assert table["description"].endswith(".")
        assert all(col["unit"] and col["description"] for col in table["columns"].values())


def test_each_state_holds_every_particle(artifact):
    summary, n = artifact.summary, artifact.summary["n_published"]
    for name, count in (("token", summary["n_tokens"]), ("neuron", summary["n_neurons"])):
        rows = n * len(summary["key_freqs"])
        assert artifact[f"{name}s"]["xy"].shape == (rows, count, 2)
        assert artifact[f"{name}_lengths"]["length"].shape == (n, count)


def test_the_exported_states_have_the_measures_beside_them(artifact):
    """What is computed from rounded coordinates is what was measured, to their digits."""
    key_freqs, table = artifact.summary["key_freqs"], artifact["tokens"]
    lengths = np.repeat(artifact["token_lengths"]["length"], len(key_freqs), axis=0)
    for row in (0, len(lengths) // 2, len(lengths) - 1):
        measured = token_measures(State(table["xy"][row], lengths[row]), key_freqs)
        for name, value in measured.items():
            assert value == pytest.approx(table[name][row], rel=1e-3)


def test_a_state_is_a_projection_of_published_weights(artifact):
    results = Results(ROOT / "artifacts")
    epochs, freq = artifact.summary["epochs"], artifact.summary["key_freqs"][0]
    first, last = (
        load_weights(
            published_file(results.directory, "addition", published_run(results["addition"]), epoch)
        )[0]
        for epoch in (epochs[0], epochs[-1])
    )
    p = artifact.summary["n_tokens"]
    tokens = token_rows(first, p) @ token_plane(last, p, freq)
    assert artifact["tokens"]["xy"][0] == pytest.approx(tokens, abs=1e-4)
    neurons = neuron_rows(first) @ neuron_plane(last, p, freq)
    assert artifact["neurons"]["xy"][0] == pytest.approx(neurons, abs=1e-4)


def test_the_whole_network_is_what_addition_measured(artifact):
    progress = load_artifact(ROOT / "artifacts", "addition")["progress"]
    rows = np.isin(progress["epoch"], artifact.summary["epochs"])
    for name in WHOLE:
        assert artifact["checkpoints"][name] == pytest.approx(progress[name][rows])


def test_chaos_becomes_a_ring(artifact):
    ends = artifact.summary["tokens"]
    assert ends["order_parameter_memory"] < 0.5
    assert ends["order_parameter_crystal"] > 0.95
    assert ends["energy_crystal"] < ends["energy_memory"]


def test_no_run_folder_is_touched(tmp_path: Path):
    experiments.runner("particles")(
        particles.CONFIG, Workspace(ROOT / "artifacts", tmp_path / "runs")
    )
    assert not (tmp_path / "runs").exists()
