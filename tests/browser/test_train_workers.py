"""Compiled kernels in the page itself: its policy lets them run, in as many workers as asked."""

import pytest

from tests.browser.conftest import Visit
from tests.browser.instrument import Instrument

INSTRUMENT = Instrument("train", "train.html")
LOSSES = """async () => {
  const config = {
    p: 23, operation: "a-b", share: 0.5, n_heads: 2, d_model: 16, d_mlp: 24, activation: "gelu",
    learning_rate: 0.01, weight_decay: 1, warmup: 10, seed: 1,
  };
  const losses = [];
  for (const [engine, count] of [["plain"], ["wasm", 1], ["wasm", 3]]) {
    const trainer = await Timeless.trainer.create(engine, config, undefined, { count });
    losses.push((await trainer.run(5)).train_loss);
    trainer.close();
  }
  return losses;
}"""


def test_kernels_train_as_plain_javascript_does(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address())
    INSTRUMENT.settled(page)
    assert page.evaluate("Timeless.trainer.fastest()") == "wasm"
    plain, *compiled = page.evaluate(LOSSES)
    assert compiled == pytest.approx([plain] * 2, rel=1e-5)
