"""What do weights that were kept say on questions that were asked of them later?

Nothing is trained. From the published checkpoints and the last weights of other experiments come:

- the answers to test pairs apart: those whose exchange was trained on (mirrored), and those seen
  in neither order (unseen);
- the circuit at equal age, clock or pizza, of the main run, the seeds and the variants: near the
  grokking epoch, ``later`` epochs after it, and at the end;
- the spectrum of the embedding ``later`` epochs after grokking, of the main run and the seeds;
- what the excluded loss of as many random frequencies does while that of the key ones falls;
- how much random steps cost the network of the velocity law, as `laboratory` asked of others;
- what a linear probe reads from angle tokens, of trigonometry and of other bent functions;
- how large the gradient's entries are at the end, beside the epsilon of Adam.
"""

from dataclasses import dataclass

NAME = "revisited"
NEEDS = (
    *("addition", "co_grokking", "fraction_sweep", "kinematics", "laboratory"),
    *("multiplication", "seeds", "variants"),
)


@dataclass(frozen=True)
class Config:
    """How many random sets of frequencies, and what an age is."""

    n_random_sets: int = 10
    later: int = 2_000


CONFIG = Config()
QUICK = Config(n_random_sets=2, later=200)
