"""Orders: planted waves over logarithms stand out from every other order, noise from none."""

import numpy as np
import pytest

from tests.planted import ring_embedding
from timeless.analysis.groups import powers, primitive_roots
from timeless.analysis.orders import Concentration, logarithms, random_orders, shifted_logarithms

P = 31
RADII = {2: 3.0, 5: 2.5, 15: 2.0}  # 15 alternates
LOG = powers(P, 3)


@pytest.fixture(scope="module")
def planted() -> np.ndarray:
    rows = np.random.default_rng(0).normal(0, 0.1, (P, 16))
    rows[LOG] += ring_embedding(P - 1, RADII, 16)
    return rows


def leads(embedding: np.ndarray) -> list[float]:
    """Return the lead of the order of the logarithms over random and over shifted ones."""
    own = Concentration.of(embedding, [LOG])
    orders = (random_orders(LOG, 200, 0), [(LOG - c) % P for c in range(1, P)])
    return [own.lead(Concentration.of(embedding, each)) for each in orders]


def test_planted_waves_over_logarithms_lead_and_noise_does_not(planted):
    assert min(leads(planted)) > 0
    assert max(leads(np.random.default_rng(1).normal(size=(P, 16)))) < 0


def test_the_shares_of_planted_rings_are_known():
    rows = np.zeros((P, 6))
    rows[LOG] = ring_embedding(P - 1, RADII, 6)
    found = Concentration.of(rows, [LOG])
    power = np.square(list(RADII.values()))
    assert found.held[0, :3] == pytest.approx(np.cumsum(np.sort(power)[::-1]) / power.sum())
    assert found.held[0, 3:] == pytest.approx(1)


def test_every_primitive_root_gives_the_same_concentration(planted):
    found = Concentration.of(planted, logarithms(P))
    assert len(found.held) == len(primitive_roots(P)) == 8
    for values in (found.held, found.gini, found.entropy):
        assert np.ptp(values, axis=0) == pytest.approx(0, abs=1e-9)


def test_control_orders_have_as_many_places():
    shifted = list(shifted_logarithms(13))
    assert len(shifted) == 12
    for shift, tokens in enumerate(shifted, 1):
        assert sorted([*tokens, 13 - shift]) == list(range(13))
    drawn = list(random_orders(LOG, 3, 0))
    assert all(sorted(tokens) == list(range(1, P)) for tokens in drawn)
    assert not np.array_equal(drawn[0], drawn[1])
