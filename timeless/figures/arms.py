"""The arms of the experiment `interventions`: what each is called, and its runs."""

from timeless.results.artifacts import Artifact, Table

FIXED = {
    "fixed_norm": "norm held fixed",
    "random_labels": "random labels",
}


def label(artifact: Artifact, arm: str) -> str:
    """Return what an arm changes, in words: "decay off after 150" for off_1."""
    if arm in FIXED:
        return FIXED[arm]
    kind, _, number = arm.partition("_")
    if kind == "decay":
        strength = number.replace("p", ".")
        return "no decay" if float(strength) == 0 else f"decay {strength}"
    return f"decay {kind} after {switched_at(artifact, arm):,}"


def switched_at(artifact: Artifact, arm: str) -> int:
    """Return the epoch at which decay is switched in an arm such as off_1."""
    kind, _, number = arm.partition("_")
    return int(artifact.config[kind][int(number) - 1])


def curves_of(artifact: Artifact, arm: str) -> dict[int, Table]:
    """Return the curves of the runs of an arm, by seed."""
    runs = artifact["runs"]
    return {
        int(seed): artifact[f"curves_{run}"]
        for run, of, seed in zip(runs["run"], runs["arm"], runs["seed"], strict=True)
        if of == arm
    }
