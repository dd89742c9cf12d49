"""What do the instruments of the laboratory say of the trained network?

Nothing long is trained: everything is measured on the published checkpoints of `addition`, the
run with the first seed, in float16 as they are published, computed in float32 with losses in
float64; directional derivatives in float64 throughout. Losses are means over pairs in nats,
accuracies shares; ``_all``, ``_train`` and ``_test`` name the pairs. The stages are those of
`published_run.stage_epochs`; θ is all weights as one vector. The control is the last network of
`fraction_sweep` on its smallest fraction, as old as the run and, at p = 131, not generalised.

Tables of the series; a name in brackets has an array in every row:

- ``temperature``: stage, epoch, temperature, accuracy and loss by split, entropy,
  (entropy_by_head [n_heads]), (pattern_mean [n_heads, 3], to a, b, op), pattern_spread;
- ``layer_norm``: epoch, inserted (none, attention, mlp, final, all), accuracy, loss by split;
- ``residual``: epoch, place, and mean, variance, norm with ``_spread``, over pairs;
- ``directions``: stage, epoch, direction, kind (key, other, gradient, random), component (θ·d),
  slope, curvature and difference (the central finite one) of the train and the test loss;
- ``profiles``: stage, epoch, direction, kind, norm of θ, (length [n]), (relative_length [n]),
  (loss_train [n]), (loss_test [n]);
- ``immune``: stage, epoch, scaling (isotropic, by tensor), measure (absolute, own norm),
  fraction, length, rise_train and rise_test with _mean, _std, _min, _max over directions,
  accuracy_train, accuracy_test, (rises_train [n_directions]), (rises_test [n_directions]);
- ``decay``: stage, epoch, branch (both, no decay, no gradient), step, train_loss, test_loss, norm
  and one norm for each tensor;
- ``routing``: epoch, (outside [5], quantiles over neurons), outside_mean, outside_energy,
  clustered, active; ``routing_neurons``: stage, epoch, (freq [d_mlp]), (outside [d_mlp]);
- ``knock_out``: what `routing.knock_out_rows` returns, for the last checkpoint;
- ``precision``: epoch, accuracy and loss of all pairs with weights in 16 and in 8 bits.
"""

from dataclasses import dataclass

NAME = "laboratory"
NEEDS = ("addition", "fraction_sweep")


@dataclass(frozen=True)
class Config:
    """What is tried: temperatures, steps along directions, branches, knock-outs.

    ``temperatures`` is (lowest, highest, how many), evenly spaced in their logarithm. Lengths
    are ``fractions`` of the norm of the initial weights, or of the network's own; ``headline``
    is the fraction that claims are judged by. ``profile`` is (fraction, how many) to both
    sides. ``step`` is that of the finite differences. Branches go on for ``n_steps``. Branches
    and random steps are taken from the ``compared`` stages, random steps also from the control.
    """

    temperatures: tuple[float, float, int] = (0.05, 20.0, 21)
    fractions: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2, 0.4)
    headline: float = 0.1
    n_directions: int = 20
    profile: tuple[float, int] = (0.2, 20)
    step: float = 1e-6
    n_steps: int = 200
    log_every: int = 5
    n_random_sets: int = 20
    compared: tuple[str, ...] = ("memorised", "generalised", "last", "control")


CONFIG = Config()
QUICK = Config(
    (0.05, 20.0, 5), n_directions=3, profile=(0.2, 3), n_steps=20, log_every=5, n_random_sets=3
)
