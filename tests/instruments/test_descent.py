"""The data side of the instruments for weight decay and directional derivatives."""

import numpy as np
import pytest

from tests.sites import ROOT
from timeless.instruments import derivative, weight_decay
from timeless.instruments.networks import published_run
from timeless.results.artifacts import Results
from timeless.results.encoding import receive_script
from timeless.results.weights import load_weights, published_file

RESULTS = Results(ROOT / "artifacts")
DECAY = weight_decay.widget(RESULTS).data
SLOPES = derivative.widget(RESULTS).data


@pytest.mark.parametrize(
    ("name", "module", "limit"),
    [("weight-decay", weight_decay, 100_000), ("derivative", derivative, 100_000)],
)
def test_it_can_be_published_and_is_small(name: str, module: object, limit: int) -> None:
    made = module.widget(RESULTS)  # type: ignore[attr-defined]
    made.check(name)
    assert len(receive_script(f"widget-{name}", made.data)) < limit


# --- weight decay ------------------------------------------------------------------------


def test_the_norms_are_those_of_the_published_weights() -> None:
    for epoch in RESULTS["addition"].summary["published_epochs"][::8]:
        weights, _ = load_weights(
            published_file(RESULTS.directory, "addition", published_run(RESULTS["addition"]), epoch)
        )
        row = DECAY["epochs"].index(epoch)
        squares = {name: np.square(w.astype(np.float64)).sum() for name, w in weights.items()}
        assert DECAY["norms"]["all"][row] == pytest.approx(sum(squares.values()) ** 0.5, rel=1e-3)
        for name, square in squares.items():
            assert DECAY["norms"][name][row] == pytest.approx(square**0.5, rel=1e-3)


def test_every_branch_leaves_from_the_norm_of_the_run_with_all_its_tensors() -> None:
    assert [str(epoch) for _, epoch in DECAY["stages"]] == list(DECAY["branches"])
    for epoch, branches in DECAY["branches"].items():
        row = DECAY["epochs"].index(int(epoch))
        assert branches["step"][0] == 0
        for name in ("both", "gradient", "decay"):
            assert set(branches[name]) == set(DECAY["norms"])
            for tensor, norms in branches[name].items():
                assert len(norms) == len(branches["step"])
                assert norms[0] == pytest.approx(DECAY["norms"][tensor][row], rel=1e-3)


def test_without_gradient_every_tensor_decays_by_the_factor_and_nothing_else() -> None:
    factor = 1 - DECAY["lr"] * DECAY["weight_decay"]
    for branches in DECAY["branches"].values():
        for norms in branches["decay"].values():
            exact = norms[0] * factor ** np.array(branches["step"])
            assert np.allclose(norms, exact, rtol=1e-4)


def test_without_decay_a_norm_ends_above_that_with_both() -> None:
    for branches in DECAY["branches"].values():
        assert branches["gradient"]["all"][-1] > branches["both"]["all"][-1]
        assert branches["both"]["all"][-1] > branches["decay"]["all"][-1]


# --- directional derivatives -------------------------------------------------------------


def profile_of(stage: str, direction: str) -> dict[str, object]:
    return next(p for p in SLOPES["profiles"] if (p["stage"], p["direction"]) == (stage, direction))


def test_each_profile_has_the_derivatives_of_its_own_direction_and_stage() -> None:
    measured = RESULTS["laboratory"]["directions"]
    for row, direction in enumerate(measured["direction"].tolist()):
        if measured["kind"][row] == "random" and direction != "random 0":
            continue
        profile = profile_of(str(measured["stage"][row]), direction)
        for name in ("slope", "difference", "curvature"):
            for split in ("train", "test"):
                key = f"{name}_{split}"
                assert profile[key] == measured[key][row]


def test_a_profile_starts_with_its_slope_and_curvature() -> None:
    lengths = np.array(SLOPES["lengths"])
    start = int(np.abs(lengths).argmin())
    assert lengths[start] == 0
    profile = profile_of("memorised", "key " + str(RESULTS["laboratory"].summary["key_freqs"][0]))
    losses = np.array(profile["loss_test"])
    t = lengths[start + 1]
    slope = (losses[start + 1] - losses[start - 1]) / (2 * t)
    assert slope == pytest.approx(profile["slope_test"], abs=0.02)


def test_the_control_is_a_stage_whose_weights_the_page_lacks() -> None:
    stages = {stage["name"]: stage for stage in SLOPES["stages"]}
    published = RESULTS["addition"].summary["published_epochs"]
    assert not stages["control"]["in_page"]
    assert all(stage["epoch"] in published for stage in stages.values() if stage["in_page"])
    assert stages["last"]["norm"] == pytest.approx(
        RESULTS["laboratory"].summary["norms"]["last"], rel=1e-3
    )
