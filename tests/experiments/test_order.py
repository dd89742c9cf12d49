"""Experiments run after those they read, and never on what is missing."""

import dataclasses
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.sites import mini_site
from timeless import experiments
from timeless.errors import TimelessError
from timeless.experiments import in_order, needs
from timeless.folders import Site
from timeless.options import Options
from timeless.refresh import refresh
from timeless.results.artifacts import Artifact, save_artifact
from timeless.results.manifest import write_manifest


def package(**needed: tuple[str, ...]) -> SimpleNamespace:
    """Return experiments that do nothing but need each other."""

    def module(name: str) -> SimpleNamespace:
        def run(*_: object) -> Artifact:
            return Artifact(name, {}, {"date": "2026-01-02"}, {})

        return SimpleNamespace(NEEDS=needed[name], CONFIG=None, run=run)

    known = {name: module(name) for name in needed}
    return SimpleNamespace(
        names=lambda: tuple(sorted(known)),
        load=known.__getitem__,
        runner=lambda name: known[name].run,
    )


def test_each_comes_after_what_it_needs() -> None:
    known = package(a=("c", "d"), b=(), c=("d",), d=("b",))
    assert in_order(known) == ["b", "d", "c", "a"]


def test_the_order_is_always_the_same() -> None:
    known = package(x=(), b=(), m=("x",), a=())
    assert in_order(known) == in_order(known)
    assert sorted(in_order(known)) == ["a", "b", "m", "x"]


def test_an_unknown_need_is_named() -> None:
    with pytest.raises(TimelessError) as refusal:
        in_order(package(addition=(), phases=("additoin",)))
    assert str(refusal.value) == (
        'NEEDS of phases: no experiment "additoin": did you mean "addition"?'
    )


def test_a_circle_is_shown() -> None:
    with pytest.raises(TimelessError, match="in a circle: ") as refusal:
        in_order(package(a=("b",), b=("c",), c=("a",)))
    circle = str(refusal.value).split(": ")[1].split(" needs ")
    assert len(circle) == 4
    assert all(pair in {("a", "b"), ("b", "c"), ("c", "a")} for pair in pairwise(circle))


def test_the_experiments_of_the_study_can_be_ordered() -> None:
    order = in_order(experiments)
    assert sorted(order) == list(experiments.names())
    for name in order:
        assert all(order.index(other) < order.index(name) for other in needs(experiments, name))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    pytest.importorskip("torch")
    monkeypatch.setitem(sys.modules, "experiments_of_this_test", package(base=(), after=("base",)))
    monkeypatch.setattr("timeless.refresh.changes", lambda *_: [])
    return dataclasses.replace(
        mini_site("whole", tmp_path),
        artifacts=tmp_path / "artifacts",
        experiments="experiments_of_this_test",
    )


def test_what_is_needed_must_be_there(site: Site) -> None:
    with pytest.raises(TimelessError) as refusal:
        refresh(site, Options(train=("after",)))
    message = str(refusal.value)
    assert message.startswith("after builds on base: ")
    assert "base.json is missing" in message
    assert "run python build.py --train base after" in message


def test_both_together_run_in_order(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert list(refresh(site, Options(train=("after", "base")))) == ["after.json", "base.json"]
    said = capsys.readouterr().err
    assert said.index("base (1 of 2)") < said.index("after (2 of 2)")
    assert "earlier" not in said


def test_what_was_made_from_an_earlier_result_is_named(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("base", "after"):
        save_artifact(Artifact(name, {}, {"date": "2026-01-01"}, {}), site.artifacts)
    write_manifest(site.artifacts)
    refresh(site, Options(train=("base",)))
    assert (
        "after was made from an earlier base: to renew it, run python build.py --train after\n"
    ) in capsys.readouterr().err
