"""The audit: behaviour and structure of runs over training, under one epoch cursor."""

from timeless.instruments import Widget
from timeless.instruments.audits import AUDITED, audits
from timeless.results.artifacts import Results

ARTIFACTS = AUDITED


def widget(results: Results) -> Widget:
    """Return the curves, structural measures and alarms of every run that was measured so."""
    runs = audits(results)
    never = sum(run["grokked"] is None for run in runs)
    return Widget(
        title="Behaviour beside structure",
        caption=CAPTION,
        alt=(
            f"For {len(runs)} runs, or tasks of one, of which {never} do not generalise within "
            "their budgets: accuracy and loss on the left, four measures of the weights on the "
            "right, over the epochs of training, with the epochs at which each raises an alarm."
        ),
        data={"runs": runs},
    )


CAPTION = """
Measured on the checkpoints of each run. Left, what a user of the network can see: accuracy and
loss on the pairs it was trained on and on the others. Right, what only its weights tell. A dashed
line is the epoch at which that measure raises its alarm by the rule stated in the text. The
restricted loss uses the key frequencies of the last checkpoint, which nobody has who watches a run
while it goes on. Each vertical axis spans that run alone, so compare its numbers before shapes.
"""
