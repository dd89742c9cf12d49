"""The arms of the experiment `interventions`: what each is called, and its runs."""

from timeless.results.artifacts import Artifact, Table

FIXED = {
    "fixed_norm": "norm held fixed",
    "random_labels": "random labels",
}


def label(arm: str) -> str:
    """Return what an arm changes, in words: "decay off after 150" for off_150."""
    if arm in FIXED:
        return FIXED[arm]
    kind, _, number = arm.replace("p", ".").partition("_")
    if kind == "decay":
        return "no decay" if float(number) == 0 else f"decay {number}"
    return f"decay {kind} after {int(number):,}"


def curves_of(artifact: Artifact, arm: str) -> dict[int, Table]:
    """Return the curves of the runs of an arm, by seed."""
    runs, found = artifact["runs"], {}
    for run, of, seed in zip(runs["run"], runs["arm"], runs["seed"], strict=True):
        if of.replace(".", "p") == arm:
            found[int(seed)] = artifact[f"curves_{run}"]
    return found
