"""Frozen configurations, checked before anything is computed. No torch, so pages can read them.

A configuration travels with its result: the artifact stores it, and a build compares the two
to tell whether the result is still the one asked for.
"""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from typing import Any

from timeless.errors import refuse_if_any

OPERATIONS = (
    "addition",
    "subtraction",
    "multiplication",
    "velocity",
    "position",
    "random_labels",
)
SPLITS = ("random", "mirror_closed")
ACCELERATION = 10  # of the kinematic laws, in units of one number per squared time step
ACTIVATIONS = ("relu", "gelu")
LOSS_DTYPES = ("float64", "float32")
LOSSES = ("softmax", "stablemax")
TOKENS = ("shared", "by_operation", "by_position")


@dataclass(frozen=True)
class ModelConfig:
    """The network: one transformer layer on a residual stream, without layer normalisation.

    Defaults are the study's: ``p`` number tokens, one more token per operation, and weights
    drawn from a normal distribution with standard deviation 1/sqrt(d_model). ``tokens`` says
    which places have the number tokens in common: all of them ("shared"), those of one operation
    ("by_operation"), or those of one position, a or b ("by_position").
    """

    p: int = 131
    n_ops: int = 1
    d_model: int = 128
    n_heads: int = 4
    d_mlp: int = 512
    act: str = "relu"
    tokens: str = "shared"

    @property
    def d_vocab(self) -> int:
        """Return the number of token ids: the numbers, p or p for each place, then operations."""
        return self.operation_token(self.n_ops)

    def first_number(self, op: int, position: int) -> int:
        """Return the token of the number 0 at a position (0: a, 1: b) of operation ``op``.

        The tokens of 1 to p - 1 follow it. b's tokens are a's, or come next after them.
        """
        return self.p * {"by_operation": op, "by_position": position}.get(self.tokens, 0)

    def operation_token(self, op: int) -> int:
        """Return the token of operation ``op``; those of operations come after all numbers."""
        blocks = {"by_operation": self.n_ops, "by_position": 2}.get(self.tokens, 1)
        return self.p * blocks + op

    @property
    def n_ctx(self) -> int:
        """Return the sequence length: a, b, op."""
        return 3

    @property
    def d_head(self) -> int:
        """Return the width of one attention head."""
        return self.d_model // self.n_heads


@dataclass(frozen=True)
class TrainConfig:
    """One training run: the task, the split, the optimiser, and what it records.

    ``seed`` decides the initial weights and, unless ``split_seed`` is given, the split. One step
    is one epoch, because every step sees the whole training split. ``epsilon`` is Adam's. Weights
    decay after epoch ``decay_from`` and up to ``decay_until``, or to the end; with
    ``fixed_norm`` the sum of squared weights is set back to its first value after every update.
    ``loss`` is the cross-entropy of a softmax or of `training.stablemax`; every loss that the run
    records is of that kind. With ``perpendicular`` the gradient loses its part along the weights,
    as `training.perpendicular` says. From epoch ``states_from`` on, if it is given, the optimiser's
    moments are kept with the weights, so that training can be gone through again from there.
    """

    model: ModelConfig = field(default_factory=ModelConfig)
    operations: tuple[str, ...] = ("addition",)
    frac_train: float = 0.3
    epochs: int = 40_000
    seed: int = 0
    lr: float = 1e-3
    warmup_steps: int = 10
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = 1.0
    loss_dtype: str = "float64"
    log_every: int = 10
    checkpoint_every: int = 100
    split: str = "random"
    split_seed: int | None = None
    epsilon: float = 1e-8
    decay_from: int = 0
    decay_until: int | None = None
    fixed_norm: bool = False
    loss: str = "softmax"
    perpendicular: bool = False
    states_from: int | None = None

    @property
    def seed_of_split(self) -> int:
        """Return the seed from which the split is drawn."""
        return self.seed if self.split_seed is None else self.split_seed


def as_dict(config: Any) -> dict[str, Any]:
    """Return a configuration as the plain lists and dicts that JSON gives back."""
    return dict(plain(asdict(config)))


def plain(value: Any) -> Any:
    """Return a value with its tuples as lists, and mappings as dicts with keys of text."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def changes(document: Mapping[str, Any], config: Any) -> list[str]:
    """Return the fields in which a stored configuration differs from this one, sorted.

    A field that the document does not know has been added since; it counts as its default, which
    must therefore stand for what was done before.
    """
    known = {f.name: f for f in fields(config)}
    differing = set(document) - set(known)
    for name, known_field in known.items():
        value, stored = getattr(config, name), document.get(name, MISSING)
        if stored is MISSING:
            same = value == known_field.default
        elif is_dataclass(value):
            same = not changes(stored, value)
        else:
            same = stored == plain(value)
        differing |= set() if same else {name}
    return sorted(differing)


def train_config(document: Mapping[str, Any]) -> TrainConfig:
    """Return the training configuration that an artifact stores as a document."""
    plain: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in document.items()
    }
    return TrainConfig(**plain | {"model": ModelConfig(**document["model"])})


def first_config(document: Mapping[str, Any]) -> TrainConfig:
    """Return the training configuration of an experiment's first run, which it publishes.

    ``document`` is the experiment's configuration as its artifact stores it; it may have
    ``seeds`` beside that of its ``train``.
    """
    seeds = document.get("seeds") or [document["train"]["seed"]]
    return train_config({**document["train"], "seed": seeds[0]})


def is_prime(n: int) -> bool:
    """Return whether n is a prime number."""
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def check(config: TrainConfig) -> None:
    """Refuse a configuration that cannot be trained or analysed.

    Raises one TimelessError that lists every problem with the value found and the values
    allowed.
    """
    problems = _model_problems(config.model) + _training_problems(config)
    refuse_if_any(problems, what="the configuration is refused")


def _model_problems(model: ModelConfig) -> list[str]:
    sizes = {"p": model.p, "n_ops": model.n_ops, "d_model": model.d_model}
    sizes |= {"n_heads": model.n_heads, "d_mlp": model.d_mlp}
    problems = [
        f"{name} must be at least 1; got {size}" for name, size in sizes.items() if size < 1
    ]
    if not is_prime(model.p) or model.p == 2:
        problems.append(f"p must be an odd prime, as the Fourier analysis needs it; got {model.p}")
    if model.n_heads > 0 and model.d_model % model.n_heads:
        problems.append(f"n_heads must divide d_model = {model.d_model}; got {model.n_heads}")
    if model.act not in ACTIVATIONS:
        problems.append(f'act must be one of {", ".join(ACTIVATIONS)}; got "{model.act}"')
    if model.tokens not in TOKENS:
        problems.append(f'tokens must be one of {", ".join(TOKENS)}; got "{model.tokens}"')
    if model.tokens == "by_operation" and model.n_ops == 1:
        problems.append("tokens by_operation need two operations or more; got n_ops = 1")
    return problems


def _training_problems(config: TrainConfig) -> list[str]:
    return _task_problems(config) + _schedule_problems(config) + _optimiser_problems(config)


def _task_problems(config: TrainConfig) -> list[str]:
    problems, pairs = [], config.model.p**2
    unknown = [name for name in config.operations if name not in OPERATIONS]
    if unknown or not config.operations or len(set(config.operations)) < len(config.operations):
        allowed = ", ".join(OPERATIONS)
        problems.append(f"operations must be distinct and from {allowed}; got {config.operations}")
    if len(config.operations) != config.model.n_ops:
        problems.append(
            f"model.n_ops must be the number of operations, {len(config.operations)}; "
            f"got {config.model.n_ops}"
        )
    if not 0 < config.frac_train < 1:
        problems.append(
            f"frac_train must lie between 0 and 1, both excluded; got {config.frac_train}"
        )
    elif not 0 < int(config.frac_train * pairs) < pairs:
        problems.append(f"frac_train = {config.frac_train} leaves the train or test split empty")
    if config.split not in SPLITS:
        problems.append(f'split must be one of {", ".join(SPLITS)}; got "{config.split}"')
    problems += [
        f"{name} must not be negative; got {seed}"
        for name, seed in (("seed", config.seed), ("split_seed", config.split_seed))
        if seed is not None and seed < 0
    ]
    return problems


def _schedule_problems(config: TrainConfig) -> list[str]:
    problems = [
        f"{name} must be at least 1; got {getattr(config, name)}"
        for name in ("epochs", "log_every", "checkpoint_every")
        if getattr(config, name) < 1
    ]
    if config.states_from is not None and config.states_from < 0:
        problems.append(f"states_from must not be negative; got {config.states_from}")
    if config.log_every > 0 and config.checkpoint_every % config.log_every:
        problems.append(
            f"checkpoint_every must be a multiple of log_every = {config.log_every}; "
            f"got {config.checkpoint_every}"
        )
    return problems


def _optimiser_problems(config: TrainConfig) -> list[str]:
    problems = []
    for name, allowed in (("loss_dtype", LOSS_DTYPES), ("loss", LOSSES)):
        if getattr(config, name) not in allowed:
            found = getattr(config, name)
            problems.append(f'{name} must be one of {", ".join(allowed)}; got "{found}"')
    if not (config.lr > 0 and config.weight_decay >= 0 and config.warmup_steps >= 0):
        problems.append(
            f"lr must be positive, weight_decay and warmup_steps not negative; "
            f"got {config.lr}, {config.weight_decay}, {config.warmup_steps}"
        )
    until = config.epochs if config.decay_until is None else config.decay_until
    if not 0 <= config.decay_from <= until:
        problems.append(
            f"decay_from must lie between 0 and decay_until = {until}; got {config.decay_from}"
        )
    if not config.epsilon > 0:
        problems.append(f"epsilon must be positive; got {config.epsilon}")
    if not all(0 <= beta < 1 for beta in config.betas):
        problems.append(f"betas must lie in [0, 1); got {config.betas}")
    return problems


@dataclass(frozen=True)
class Schedule:
    """How long and how to train, and how often to measure and to keep weights, in epochs."""

    epochs: int
    lr: float = 1e-3
    warmup_steps: int = 10
    betas: tuple[float, float] = (0.9, 0.98)
    log_every: int = 10
    checkpoint_every: int = 500

    def logged(self) -> list[int]:
        """Return the epochs at which measures are taken, first and last among them."""
        return sorted({*range(0, self.epochs, self.log_every), self.epochs})

    def kept(self) -> list[int]:
        """Return the epochs at which weights are kept, first and last among them."""
        return sorted({*range(0, self.epochs, self.checkpoint_every), self.epochs})
