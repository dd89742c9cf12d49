"""Train a run for each seed, and measure them as those of `seeds`, and in both orders of numbers.

Are coarse waves preferred? That was asked when one run, seed 0 of `multiplication`, had been looked
at; so these runs answer it without that one. Stated before they were looked at: preferred if as
many coarse key frequencies or more had a chance of at most 5%, avoided if as many or fewer had.
"""

from dataclasses import replace
from typing import Any

from timeless.analysis.ablation import ablation, ablation_summary
from timeless.analysis.fourier import spectrum
from timeless.analysis.network import Network
from timeless.analysis.progress import key_frequencies
from timeless.analysis.two_orders import both_orders, coarseness, in_additive_order, largest
from timeless.experiments.multiplication_seeds import NAME, Config, runs
from timeless.experiments.seeds.run import surveyed
from timeless.results.artifacts import Artifact
from timeless.running.workspace import Workspace
from timeless.training.campaign import Run

N_RANDOM_SETS = 100
UNLIKELY = 0.05


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, write their last weights, and return the artifact."""
    artifact = surveyed(NAME, config, workspace)
    finished = workspace.train(NAME, runs(config), hold=config.hold)
    found = {name: _orders(one) for name, one in finished.items()}
    records = {name: record | found[name] for name, record in artifact.summary["runs"].items()}
    grokked = [one for one in records.values() if one["grok_epoch"] is not None]
    coarse = coarseness([one["key_freqs"] for one in grokked], config.train.model.p - 1)
    summary = {**artifact.summary, "runs": records, "coarse": {**coarse, "says": _says(coarse)}}
    return replace(artifact, summary=summary)


def _orders(trained: Run) -> dict[str, Any]:
    """Return a run's measures in both orders, and what hangs on its key frequencies in each."""
    last = trained.weights(max(trained.checkpoints))
    log, whole = Network.of(last, trained.config), in_additive_order(trained)
    freqs = key_frequencies(spectrum(log.number_embedding))
    others = largest(spectrum(whole.number_embedding), len(freqs))
    used = ablation(log, trained.config, freqs, N_RANDOM_SETS)
    otherwise = ablation(whole, trained.config, others, N_RANDOM_SETS)
    return {
        **both_orders(log, whole),
        "key_freqs": freqs,
        "n_key_freqs": len(freqs),
        "ablation": ablation_summary(used),
        "ablation_additive": {"freqs": others, **ablation_summary(otherwise)},
    }


def _says(coarse: dict[str, Any]) -> str:
    if coarse["p_more"] <= UNLIKELY:
        return "preferred"
    return "avoided" if coarse["p_fewer"] <= UNLIKELY else "neither shown"
