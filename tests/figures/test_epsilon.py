"""The figure of where training ends, from planted losses."""

import numpy as np

from tests.planted_runs import drawn, is_drawn_and_read, saved, table
from timeless.figures.methods.endings import figure as endings
from timeless.figures.methods.epsilon import figure
from timeless.results.artifacts import Artifact
from timeless.words.values import plain


def test_every_run_is_a_line_in_its_own_colour_and_half_the_rate_is_dashed(tmp_path):
    arms = {"e_8": 1e-8, "e_6": 1e-6, "half_lr": 1e-8}
    epoch = np.arange(0, 101, 20)
    runs = [f"{arm}_seed{seed}" for seed in (1, 2) for arm in arms]
    losses = {run: np.geomspace(4, 20 * arms[run[:-6]], len(epoch)) for run in runs}
    summary = {
        "order": list(arms),
        "runs": {run: {} for run in runs},
        "arms": {
            arm: {"epsilon": epsilon, "n_runs": 2, "final_train_loss": 20 * epsilon}
            for arm, epsilon in arms.items()
        },
    }
    tables = {"losses": table(epoch=epoch, **losses)}
    found = figure(saved(tmp_path, Artifact("epsilon", {"seeds": [1, 2]}, {}, summary, tables)))
    for name, dash in (("ε = 10⁻⁸", "solid"), ("half the learning rate", "dash")):
        lines = drawn(found, name)
        assert [line["line"]["dash"] for line in lines] == [dash] * 2
        assert [bool(line["showlegend"]) for line in lines] == [True, False]
    assert "2 × 10⁻⁷ with ε" in found.alt.replace("\xa0", " ")
    is_drawn_and_read(found)


def test_the_main_run_is_a_line_among_those_that_go_on_from_it(tmp_path):
    runs = {"e_10": 1e-10, "main": 1e-8, "half_lr": 1e-8}
    epoch = np.arange(0, 101, 20)
    losses = {run: np.geomspace(1e-7, 20 * epsilon, len(epoch)) for run, epsilon in runs.items()}
    records = {
        run: {"epsilon": epsilon, "final_train_loss": 20 * epsilon} for run, epsilon in runs.items()
    }
    tables = {"losses": table(epoch=epoch, **losses)}
    summary = {"order": list(runs), "runs": records}
    artifact = Artifact("endings", {"epoch": 28_000}, {}, summary, tables)
    found = endings(saved(tmp_path, artifact))
    (main,) = drawn(found, "ε = 10⁻⁸, the main run")
    assert main["y"][0] == 1e-7
    assert drawn(found, "half the learning rate")[0]["line"]["dash"] == "dash"
    assert "2.0 × 10⁻⁹ with ε = 10⁻¹⁰" in found.alt.replace("\xa0", " ")
    assert "since epoch 28,000" in plain(found.caption)
    is_drawn_and_read(found)
