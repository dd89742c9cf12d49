"""The ledger: every predicate on both sides of its thresholds, and what a verdict follows from."""

from typing import Any

import numpy as np
import pytest

from tests.planted_claims import CHANCE, SEEDS, Planted, rate
from tests.sites import ROOT
from timeless.analysis.rates import Rate
from timeless.claims import CLAIMS, judge
from timeless.claims.alarms import STRUCTURAL
from timeless.claims.verdicts import Part, Verdict, verdict_of
from timeless.claims.without_decay import GENERALISE
from timeless.errors import TimelessError
from timeless.folders import Site
from timeless.results.artifacts import Results
from timeless.site.pages import figure_places, read_pages

IDS = (
    *("data", "memorise-fast", "test-flat", "gap-2000", "click", "stable", "sparse", "freqs"),
    *("float64", "norm", "phase1", "phase2", "phase3", "scarce", "delay", "abundant", "dlog"),
    *("together", "shared", "kin-memory", "kin-click", "kin-trig", "temperature", "invisible"),
    *("routing", "immune", "without-decay"),
)
COUNTED = ("memorise-fast", "test-flat", "gap-2000", "click", "sparse", "freqs", "norm")
COUNTED += ("without-decay",)
CONFIRMED, PARTLY, NOT = Verdict.CONFIRMED, Verdict.PARTLY, Verdict.NOT_CONFIRMED
ONCE, DEFINITION = Verdict.ONCE, Verdict.BY_DEFINITION
OUTSIDE, ABSENT = Verdict.OUTSIDE, Verdict.NOT_MEASURED
Puts = dict[str, Any]


def parts(claim: str, puts: Puts | None = None) -> list[bool | None]:
    """Return which parts of a claim hold, once values have been put into the artifacts.

    A claim that is counted over runs is asked of the main run alone.
    """
    return [part.holds for part in entry(claim, puts, alone=True).parts]


def entry(claim: str, puts: Puts | None = None, *, alone: bool = False):
    planted = Planted()
    if alone:
        planted.put("seeds.runs", {})
    for path, value in (puts or {}).items():
        planted.put(path, value)
    return judged(planted, claim)


def judged(planted: Planted, claim: str):
    """Return the entry of one claim, with the others left aside."""
    return judge(planted, [each for each in CLAIMS if each.id == claim])[claim]


# --- verdicts ----------------------------------------------------------------------------


def test_the_ledger_holds_every_claim_of_the_study_once():
    assert tuple(claim.id for claim in CLAIMS) == IDS
    assert all(claim.statement and claim.reading and claim.reads for claim in CLAIMS)


@pytest.mark.parametrize(
    ("holds", "missing", "verdict"),
    [
        ([True], "", ONCE),
        ([True, True], "", ONCE),
        ([True, False], "", PARTLY),
        ([True, None], "", PARTLY),
        ([True, False, None], "", PARTLY),
        ([False, False], "", NOT),
        ([False, None], "", NOT),
        ([None, None], "", OUTSIDE),
        ([], "", OUTSIDE),
        ([], "a file", ABSENT),
        ([True, False], "a file", ABSENT),
    ],
)
def test_a_verdict_follows_from_the_parts(holds, missing, verdict):
    assert verdict_of([Part("x", held) for held in holds], missing) is verdict


def test_a_confirmation_takes_five_runs_for_every_part():
    many, few = (Part("x", True, rate=Rate(n, n)) for n in (5, 4))
    assert verdict_of([many, many]) is CONFIRMED
    assert verdict_of([many, few]) is ONCE
    assert verdict_of([many], by_definition=True) is DEFINITION
    assert verdict_of([many, Part("x", False)], by_definition=True) is PARTLY


@pytest.mark.parametrize("claim", IDS)
def test_a_claim_whose_words_all_hold_is_confirmed_by_five_runs_and_else_seen_once(claim):
    special = {"data": DEFINITION, "temperature": DEFINITION}
    assert entry(claim).verdict is special.get(claim, CONFIRMED if claim in COUNTED else ONCE)


def test_a_counted_part_holds_in_most_runs():
    planted = Planted()
    for name in SEEDS[:1]:
        planted.put(f"seeds/curves_{name}.train_loss@*", 1.0)
    part = judged(planted, "memorise-fast").parts[0]
    assert (part.rate.count, part.rate.n, part.holds) == (4, 5, False), "its lower bound is 38%"
    assert judged(Planted(), "memorise-fast").parts[0].rate.count == 5


def test_an_unknown_claim_is_named():
    with pytest.raises(TimelessError, match='no claim "clik": did you mean "click"'):
        judge(Planted())["clik"]


def test_verdicts_are_counted():
    counts = judge(Planted()).counts
    counted = len(COUNTED)
    assert counts == {CONFIRMED: counted, ONCE: len(IDS) - counted - 2, DEFINITION: 2}


# --- absence -----------------------------------------------------------------------------


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_a_missing_artifact_is_no_error(claim):
    for name in claim.reads:
        planted = Planted()
        del planted.parts[name]
        found = judged(planted, claim.id)
        assert found.verdict is ABSENT
        assert found.missing == f"artifacts/{name}.json does not exist"


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_an_empty_artifact_is_no_error(claim):
    planted = Planted()
    for name in claim.reads:
        planted.parts[name] = {"config": {}, "summary": {}, "tables": {}}
    found = judged(planted, claim.id)
    assert found.verdict is ABSENT
    assert " has no " in found.missing


def test_a_table_without_a_column_is_no_error():
    planted = Planted()
    del planted.parts["addition"]["tables"]["curves"]["train_loss"]
    found = judged(planted, "memorise-fast")
    assert found.verdict is ABSENT
    assert found.missing == "artifacts/addition.json has no column curves.train_loss"


def test_what_is_measured_so_far_is_shown():
    planted = Planted()
    del planted.parts["laboratory"]
    assert [part.holds for part in judged(planted, "routing").parts] == [True]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_a_claim_reads_the_artifacts_that_it_names(claim):
    planted = Planted()
    for name in planted.parts.keys() - set(claim.reads):
        del planted.parts[name]
    assert judged(planted, claim.id).verdict is not ABSENT


# --- thresholds: (claim, part, what makes it just hold, what makes it just fail) -----------

RUN = "fraction_sweep.runs.frac{}_seed0.{}"
MULTIPLIES = "orders.runs.multiplication.{}"
ONE_GROKS = {"co_grokking.grok_epoch_multiplication": None, "co_grokking.gap": None}
NONE_GROKS = ONE_GROKS | {"co_grokking.grok_epoch_addition": None}
NO_PAIRS: Puts = {"joint.pairs": {}}
NO_OWN: Puts = {"joint.own.p_value": None}
FIRST = "joint.pairs.seed1.{}"
LOW, HIGH = 0.9 * CHANCE, 1.1 * CHANCE
WITHIN = "kinematics.tokens.{}.within_one_{}"
UNSEEN_AT = "addition/curves.unseen_{}@{}"
LED, RANG = "phases.lead.{}.ahead", "phases.lead.{}.false"
LEADS = {LED.format(name): rate(7, 10) for name in STRUCTURAL}  # the interval holds one half
OF_FIVE = "without_decay.runs.{}_seed3.{}"
THRESHOLDS: list[tuple[str, int, Puts, Puts]] = [
    *(
        ("without-decay", part, {}, {OF_FIVE.format(arm, "grok_epoch"): None})
        for part, arm in enumerate(GENERALISE)
    ),
    *(
        (
            "without-decay",
            part + i,
            {OF_FIVE.format(arm, key): held},
            {OF_FIVE.format(arm, key): no},
        )
        for part, arm in ((5, "softmax_float64"), (8, "softmax_float32"))
        for i, (key, held, no) in enumerate(
            (
                ("grok_epoch", None, 900),
                ("zero_loss_share", 0.5, 0.49),
                ("along_weights", 0.71, 0.7),
            )
        )
    ),
    ("data", 0, {}, {"addition.n_pairs": 17_160}),
    ("data", 0, {}, {"addition.config.train.model.p": 130}),
    ("data", 1, {}, {"addition.n_train": 5_149}),
    ("data", 1, {}, {"addition.config.train.frac_train": 0.31}),
    ("data", 2, {}, {"addition.n_test": 12_012}),
    (
        *("memorise-fast", 0),
        {"addition/curves.train_loss@500": 0.99e-5},
        {"addition/curves.train_loss@500": 1.01e-5},
    ),
    (
        *("test-flat", 0),
        {"addition/curves.test_loss@300": LOW + 1e-3},
        {"addition/curves.test_loss@300": LOW - 1e-3},
    ),
    (
        *("test-flat", 1),
        {"addition/curves.test_loss@500": HIGH - 1e-3, "addition/curves.test_loss@600": 9},
        {"addition/curves.test_loss@500": HIGH + 1e-3},
    ),
    (
        *("gap-2000", 0),
        {"addition/curves.train_accuracy@2000": 0.99, "addition/curves.train_accuracy@2100": 0},
        {"addition/curves.train_accuracy@2000": 0.989},
    ),
    ("gap-2000", 0, {"addition.memorisation_epoch": 2_000}, {"addition.memorisation_epoch": 2_100}),
    ("gap-2000", 0, {}, {"addition.memorisation_epoch": None}),
    (
        *("gap-2000", 1),
        {UNSEEN_AT.format("accuracy", 2000): 0.05, UNSEEN_AT.format("accuracy", 2100): 1},
        {UNSEEN_AT.format("accuracy", 2000): 0.051},
    ),
    (
        *("gap-2000", 2),
        {UNSEEN_AT.format("loss", 2000): CHANCE},
        {UNSEEN_AT.format("loss", 2000): CHANCE - 1e-3},
    ),
    ("click", 0, {}, {UNSEEN_AT.format("accuracy", "*"): 0.9}),
    *(
        ("click", 1, {}, {UNSEEN_AT.format("accuracy", epoch): 0.4 for epoch in late})
        for late in (range(7_500, 8_100, 100),)
    ),
    ("click", 1, {}, {UNSEEN_AT.format("accuracy", 6_900): 0.5}),
    ("click", 2, {}, {UNSEEN_AT.format("accuracy", 7_200): 0.15}),
    ("stable", 0, {}, {"addition.n_relapses": 1}),
    ("stable", 0, {}, {"late.runs.seed0.n_relapses": 1}),
    (
        *("sparse", 0),
        {"revisited/spectra.n_key_freqs@*": 6},
        {"revisited/spectra.n_key_freqs@*": 7},
    ),
    ("sparse", 1, {"revisited/spectra.floor@*": 0.1}, {"revisited/spectra.floor@*": 0.11}),
    (
        *("float64", 0),
        {"variants.runs.heads4_relu_float64_seed0.share_of_zero_loss": 0.01},
        {"variants.runs.heads4_relu_float64_seed0.share_of_zero_loss": 0.009},
    ),
    (
        *("float64", 1),
        {"variants/curves_heads4_relu_float64_seed0.train_loss@9000": 1e-6},
        {"variants/curves_heads4_relu_float32_seed0.train_loss@*": 1e-5},
    ),
    ("float64", 2, {}, {"variants.runs.heads4_relu_float32_seed0.grok_epoch": 9_000}),
    (
        *("float64", 3),
        {"variant_seeds.runs.relu_float64_seed1.share_of_zero_loss": 0.01},
        {"variant_seeds.runs.relu_float64_seed1.share_of_zero_loss": 0.009},
    ),
    ("float64", 4, {}, {"variant_seeds/curves_relu_float32_seed1.train_loss@*": 1e-5}),
    ("float64", 5, {}, {"variant_seeds.runs.relu_float32_seed1.grok_epoch": 9_000}),
    (
        *("norm", 0),
        {"addition.final_sum_sq_weights": 2_727.0},
        {"addition.final_sum_sq_weights": 2_728.0},
    ),
    (
        *("norm", 1),
        {"addition/curves.sum_sq_weights@7600": 1_265.0},
        {"addition/curves.sum_sq_weights@7600": 1_275.0},
    ),
    ("norm", 1, {}, {"addition/curves.sum_sq_weights@7700": 3_000.0}),
    (
        *("phase1", 0),
        {"addition/progress.loss_train@2000": 2.45},
        {"addition/progress.loss_train@2000": 2.46},
    ),
    (
        *("phase1", 1),
        {"addition/progress.excluded_loss_train@2000": 2.45},
        {"addition/progress.excluded_loss_train@2000": 2.46},
    ),
    ("phase1", 2, {"addition.circuit_starts": 1_500}, {"addition.circuit_starts": 1_400}),
    ("phase1", 2, {"addition.circuit_starts": 2_500}, {"addition.circuit_starts": 2_600}),
    (
        *("phase1", 3),
        {"revisited/random_frequencies.confirmed_random_min@2000": 0.011},
        {"revisited/random_frequencies.confirmed_random_min@2000": 0.01},
    ),
    (
        *("phase2", 0),
        {"addition/curves.train_loss@8000": 0.1 * CHANCE},
        {"addition/curves.train_loss@8000": 0.1 * CHANCE + 1e-3},
    ),
    (
        *("phase2", 1),
        {"addition/curves.test_loss@2000": 1.1 * CHANCE, "addition/curves.test_loss@1900": 0},
        {"addition/curves.test_loss@2000": 1.1 * CHANCE + 0.06},
    ),
    (
        *("phase2", 2),
        {"addition/progress_confirmed.restricted_loss_all@8000": 2.25},
        {"addition/progress_confirmed.restricted_loss_all@8000": 2.26},
    ),
    ("scarce", 0, {}, {RUN.format(10, "grok_epoch"): 39_000}),
    ("delay", 0, {}, {RUN.format(30, "grok_epoch"): None}),
    ("delay", 1, {}, {RUN.format(45, "grok_epoch"): None}),
    ("delay", 2, {RUN.format(45, "grok_epoch"): 8_999}, {RUN.format(45, "grok_epoch"): 9_000}),
    ("delay", 3, {}, {"shares.arms.share30.n_grokked": 4}),
    ("abundant", 2, {"shares/runs.delay@*": 500}, {"shares/runs.delay@*": 501}),
    ("abundant", 2, {}, {"shares/runs.delay@*": -1}),
    ("abundant", 0, {RUN.format(60, "delay"): 500}, {RUN.format(60, "delay"): 510}),
    ("abundant", 1, {RUN.format(90, "delay"): 500}, {RUN.format(90, "delay"): None}),
    ("dlog", 0, {}, {MULTIPLIES.format("lead"): 0.0}),
    ("dlog", 1, {MULTIPLIES.format("gini"): 0.31}, {MULTIPLIES.format("gini"): 0.29}),
    ("dlog", 2, {MULTIPLIES.format("entropy"): 3.3}, {MULTIPLIES.format("entropy"): 3.31}),
    (
        *("dlog", 3),
        {MULTIPLIES.format("only_key_accuracy"): 0.9},
        {MULTIPLIES.format("only_key_accuracy"): 0.89},
    ),
    (
        *("dlog", 3),
        {MULTIPLIES.format("only_control_accuracy"): 0.1},
        {MULTIPLIES.format("only_control_accuracy"): 0.11},
    ),
    (
        *("dlog", 4),
        {MULTIPLIES.format("without_key_accuracy"): 0.1},
        {MULTIPLIES.format("without_key_accuracy"): 0.11},
    ),
    ("dlog", 5, {}, {"orders/runs.lead@*": 0.1}),
    ("dlog", 5, {}, {"orders/runs.gini@*": 0.1}),
    ("together", 0, {"co_grokking.gap": -500}, {"co_grokking.gap": -510}),
    ("together", 1, {FIRST.format("joint.gap"): 100}, {FIRST.format("joint.gap"): 101}),
    ("together", 2, {FIRST.format("alone.gap"): 21}, {FIRST.format("alone.gap"): 20}),
    ("together", 3, {"joint.joint.p_value": 0.049}, {"joint.joint.p_value": 0.05}),
    ("shared", 0, {"co_grokking.overlap.measured": 0.21}, {"co_grokking.overlap.measured": 0.2}),
    ("shared", 1, {"joint.shared.seed1.overlap": 0.21}, {"joint.shared.seed1.overlap": 0.2}),
    ("shared", 2, {"joint.own.p_value": 0.05}, {"joint.own.p_value": 0.049}),
    ("shared", 3, {"joint.own.n_within": 2}, {"joint.own.n_within": 3}),
    ("kin-memory", 0, {}, {"kinematics.tokens.wd1.memorisation_epoch": None}),
    (
        *("kin-memory", 1),
        {"kinematics/curves_tokens_wd1.ood_theta_accuracy@500": 0.5},
        {"kinematics/curves_tokens_wd1.ood_theta_accuracy@500": 0.51},
    ),
    (
        *("kin-memory", 5),
        {"kinematics/curves_tokens_wd5.ood_v0_accuracy@500": 0.5},
        {"kinematics/curves_tokens_wd5.ood_v0_accuracy@500": 0.51},
    ),
    (
        *("kin-memory", 7),
        {"kinematics/curves_enlarged.test_accuracy@4000": 0.5},
        {"kinematics/curves_enlarged.test_accuracy@4000": 0.51},
    ),
    ("kin-memory", 6, {}, {"kinematics/curves_enlarged.train_accuracy@*": 0.98}),
    ("kin-click", 0, {WITHIN.format("wd1", "delay"): 501}, {WITHIN.format("wd1", "delay"): 500}),
    ("kin-click", 3, {}, {WITHIN.format("wd5", "delay"): None}),
    (
        *("kin-click", 1),
        {"kinematics.tokens.wd1.final_ood_theta_within_one_bin": 0.99},
        {"kinematics.tokens.wd1.final_ood_theta_within_one_bin": 0.98},
    ),
    (
        *("kin-click", 5),
        {"kinematics.tokens.wd5.final_ood_v0_within_one_bin": 0.99},
        {"kinematics.tokens.wd5.final_ood_v0_within_one_bin": 0.98},
    ),
    ("kin-click", 6, {}, {"kinematics.continuous.enlarged.delays": [8_500, 500, 600]}),
    ("kin-click", 6, {}, {"kinematics.continuous.enlarged.n_grokked": 2}),
    ("kin-click", 6, {}, {"kinematics.continuous.enlarged.delays": None}),
    (
        *("kin-click", 7),
        {"kinematics.extrapolation.v0_high.near.ratio_enlarged": 2.0},
        {"kinematics.extrapolation.v0_high.near.ratio_enlarged": 2.1},
    ),
    ("kin-click", 7, {}, {"kinematics.extrapolation.v0_low.near.ratio_enlarged": None}),
    ("kin-click", 8, {}, {"kinematics.modular.velocity.delay": 400}),
    ("kin-click", 9, {}, {"kinematics.modular.position.delay": None}),
    ("kin-click", 10, {}, {"few_throws.n_grokked": 29}),
    (
        *("kin-trig", 0),
        {"kinematics.probe.wd1.tan.trained": 0.9},
        {"kinematics.probe.wd1.tan.trained": 0.89},
    ),
    ("kin-trig", 0, {}, {"kinematics.probe.wd1.sin.random_max": 0.99}),
    ("kin-trig", 1, {}, {"kinematics.probe.wd1.cos.straight_line": 0.99}),
    ("kin-trig", 2, {}, {"revisited/probe.r2@*": 0.9}),
    (
        *("kin-trig", 3),
        {"kinematics/probe_wd1.tan@500": 0.89},
        {"kinematics/probe_wd1.tan@9000": 0.89},
    ),
    (
        *("temperature", 0),
        {},
        {"laboratory.temperature.pattern_entropy": [0.5, 0.5, 0.3]},
    ),
    ("temperature", 1, {}, {"laboratory.temperature.stages.memorised.least_drop": 0.0}),
    ("invisible", 0, LEADS | {LED.format("gini_W_E"): rate(9, 10)}, LEADS),
    (
        *("invisible", 1),
        {RANG.format("gini_W_E"): rate(1, 5)},
        {RANG.format(name): rate(1, 5) for name in STRUCTURAL},
    ),
    ("invisible", 2, {}, {LED.format("loss_test"): rate(5, 10)}),
    ("invisible", 3, {}, {"phases.lead.loss_unseen.over_unseen.ahead": rate(5, 10)}),
    (
        *("routing", 0),
        {"revisited/ages.clustered_share@*": 0.85},
        {"revisited/ages.clustered_share@*": 0.84},
    ),
    (
        *("routing", 1),
        {"laboratory.routing.own_power_largest": 0.1},
        {"laboratory.routing.own_power_largest": 0.11},
    ),
    (
        *("routing", 2),
        {"laboratory.routing.other_power_smallest": 0.9},
        {"laboratory.routing.other_power_smallest": 0.89},
    ),
    (
        *("routing", 3),
        {"laboratory.routing.random_power": 0.11},
        {"laboratory.routing.random_power": 0.1},
    ),
    *(
        ("immune", part, {path.format("rises_train"): 0.56}, {path.format("rises_train"): 0.55})
        for part, path in ((8, "revisited/perturbed.{}@*"),)
    ),
]


@pytest.mark.parametrize(
    ("claim", "part", "inside", "outside"), THRESHOLDS, ids=lambda value: str(value)[:60]
)
def test_a_part_holds_up_to_its_threshold_and_no_further(claim, part, inside, outside):
    assert parts(claim, inside)[part] is True
    assert parts(claim, outside)[part] is False


def test_every_part_of_every_claim_has_its_threshold_tested():
    tested = {(claim, part) for claim, part, *_ in THRESHOLDS}
    alike = {("kin-memory", n) for n in (2, 3, 4)} | {("kin-click", n) for n in (2, 4)}
    alike |= {("kin-trig", n) for n in (4, 5, 6, 7)}  # the other network, the other values
    alike |= {("immune", n) for n in range(12)}
    elsewhere = {("freqs", n) for n in range(4)} | {("phase3", n) for n in range(2)}
    elsewhere |= {("delay", 4)}
    assert tested | alike | elsewhere == {
        (claim, part) for claim in IDS for part in range(len(parts(claim)))
    }


@pytest.mark.parametrize(
    ("large", "holds"),
    [
        ([14, 28, 42], [True, True, True, True]),
        ([14, 42], [True, False, True, True]),
        ([14, 28, 42, 50], [True, True, True, False]),
    ],
)
def test_frequencies_are_large_in_most_spectra(large, holds):
    planted = Planted()
    norms = planted.parts["revisited"]["tables"]["spectra"]["norm"]
    norms[:] = np.where(np.isin(np.arange(1, 66), large), 1.0, 0.02)
    assert [part.holds for part in judged(planted, "freqs").parts] == holds


@pytest.mark.parametrize(("row", "parts_that_fail"), [(0, range(4)), (8, range(4, 8))])
def test_a_step_is_judged_by_the_median_over_directions(row, parts_that_fail):
    planted = Planted()
    rises = planted.parts["laboratory"]["tables"]["immune"]["rises_train"]
    rises[row : row + 4] = [0.5, 0.6]  # median 0.55
    holds = [part.holds for part in judged(planted, "immune").parts]
    assert holds == [n not in parts_that_fail for n in range(12)]
    rises[row : row + 4] = [0.5, 0.62]
    assert all(part.holds for part in judged(planted, "immune").parts)


@pytest.mark.parametrize(
    ("largest", "crosses", "expected"),
    [
        (2 * CHANCE, 8_000, [True, True]),
        (2 * CHANCE - 0.01, 8_000, [False, True]),
        (20, 6_000, [True, True]),
        (20, 5_900, [True, False]),
        (20, 10_000, [True, True]),
        (20, 10_100, [True, False]),
        (CHANCE - 0.01, 8_000, [False, False]),
    ],
)
def test_phase3_asks_how_high_and_when(largest, crosses, expected):
    planted = Planted()
    progress = planted.parts["addition"]["tables"]["progress"]
    epochs = progress["epoch"]
    losses = np.where(epochs < crosses, np.where(epochs < 2_000, 4.9, 0.01), largest)
    planted.parts["addition"]["tables"]["progress"] = progress | {"excluded_loss_train": losses}
    assert [part.holds for part in judged(planted, "phase3").parts] == expected


# --- what cannot be told -----------------------------------------------------------------

NO_GROK = {"addition.grok_epoch": None, "addition.circuit_starts": None}


@pytest.mark.parametrize(
    ("claim", "puts", "verdict"),
    [
        ("stable", {"addition.grok_epoch": None}, OUTSIDE),
        ("norm", NO_GROK, OUTSIDE),
        ("phase1", NO_GROK, PARTLY),
        ("float64", {"variants.runs.heads4_relu_float64_seed0.grok_epoch": None}, PARTLY),
        ("together", NONE_GROKS, PARTLY),
        ("together", NONE_GROKS | NO_PAIRS, OUTSIDE),
        ("together", ONE_GROKS | NO_PAIRS, OUTSIDE),
        ("dlog", {MULTIPLIES.format("learned"): False}, OUTSIDE),
        ("dlog", {MULTIPLIES.format("shrunk_accuracy"): 0.89}, PARTLY),
        ("shared", {"co_grokking.overlap.measured": 0.1} | NO_PAIRS | NO_OWN, NOT),
        ("shared", {"co_grokking.overlap.random_max": 1.0} | NO_PAIRS | NO_OWN, OUTSIDE),
        ("invisible", {LED.format("loss_test"): rate(0, 0)}, OUTSIDE),
        ("kin-trig", {"kinematics.probe.wd1.tan.trained": None}, PARTLY),
        ("kin-trig", {"kinematics.tokens.wd1.grok_epoch": None}, PARTLY),
        ("scarce", {"fraction_sweep.runs": {}}, OUTSIDE),
        ("delay", {"fraction_sweep.runs": {}, "shares.arms": {}}, OUTSIDE),
        ("abundant", {"fraction_sweep.runs": {}, "shares.arms": {}}, OUTSIDE),
        ("delay", {RUN.format(45, "grok_epoch"): None}, PARTLY),
    ],
)
def test_what_did_not_happen_cannot_be_tested(claim, puts, verdict):
    assert entry(claim, puts, alone=True).verdict is verdict


def test_one_run_that_never_generalises_is_needed_to_know_false_alarms():
    puts = {RANG.format(name): rate(0, 0) for name in STRUCTURAL}
    assert parts("invisible", puts) == [True, None, True, True]


@pytest.mark.parametrize(
    ("puts", "holds"),
    [
        (NONE_GROKS, [None, True, True, True]),
        (ONE_GROKS, [None, True, True, True]),
        ({"joint.joint.p_value": None}, [True, True, True, None]),
        ({FIRST.format("alone.gap"): None}, [True, True, True, True]),  # four others are left
        (NO_PAIRS, [True, None]),
    ],
)
def test_a_gap_takes_two_tasks_that_grok(puts, holds):
    assert parts("together", puts) == holds


def test_a_cause_takes_networks_that_learn_both_without_it():
    assert parts("shared", NO_OWN) == [True, True, None, None]


def test_a_network_that_does_not_memorise_fails_at_nothing():
    holds = parts("kin-memory", {"kinematics.tokens.wd1.memorisation_epoch": None})
    assert holds == [False, None, None, True, True, True, True, True]


@pytest.mark.parametrize(
    ("claim", "last", "verdict"),
    [
        ("memorise-fast", 400, OUTSIDE),
        ("memorise-fast", 500, ONCE),
        ("gap-2000", 1_900, OUTSIDE),
        ("gap-2000", 2_000, ONCE),
        ("stable", 39_900, OUTSIDE),
        ("phase1", 1_900, OUTSIDE),
        ("phase2", 7_900, OUTSIDE),
        ("phase3", 9_900, OUTSIDE),
    ],
)
def test_a_run_that_ends_too_early_tells_nothing(claim, last, verdict):
    planted = Planted()
    planted.put("seeds.runs", {})
    planted.cut("addition/curves", last)
    planted.cut("addition/progress", last)
    assert judged(planted, claim).verdict is verdict


def test_a_short_run_in_which_nothing_clicks_tells_nothing_of_the_click():
    planted = Planted()
    planted.put("seeds.runs", {})
    planted.put("addition/curves.unseen_accuracy@*", 0.9)
    planted.cut("addition/curves", 7_900)
    assert judged(planted, "click").verdict is OUTSIDE


def test_a_relapse_counts_however_long_the_run():
    planted = Planted()
    planted.cut("addition/curves", 20_000)
    planted.put("addition.n_relapses", 1)
    assert judged(planted, "stable").verdict is NOT


def test_a_loss_that_never_falls_has_no_meanwhile():
    planted = Planted()
    planted.put("seeds.runs", {})
    planted.put("addition/curves.train_loss@*", 1.0)
    assert [part.holds for part in judged(planted, "test-flat").parts] == [True, True]
    planted.put("addition.memorisation_epoch", None)
    assert judged(planted, "test-flat").verdict is OUTSIDE
    assert judged(planted, "memorise-fast").verdict is NOT


# --- seeds, and the real artifacts -------------------------------------------------------


def test_a_claim_rests_on_the_seeds_of_its_runs():
    planted = Planted()
    runs = planted.parts["fraction_sweep"]["summary"]["runs"]
    planted.seeds = [0, 1]
    runs["frac10_seed1"] = runs["frac10_seed0"] | {"seed": 1, "grok_epoch": 30_000}
    found = judged(planted, "scarce")
    assert found.verdict is NOT
    assert found.seeds == (0, 1)
    assert judged(planted, "phase1").seeds == (0,)
    assert [m.words for m in found.parts[0].measured[:2]] == [
        "grokking epoch, seed 0",
        "grokking epoch, seed 1",
    ]


def test_the_delay_is_judged_by_the_median_over_seeds():
    planted = Planted()
    runs = planted.parts["fraction_sweep"]["summary"]["runs"]
    for seed, epoch in ((1, 9_500), (2, 10_000)):
        runs[f"frac45_seed{seed}"] = runs["frac45_seed0"] | {"seed": seed, "grok_epoch": epoch}
    assert [part.holds for part in judged(planted, "delay").parts[:3]] == [True, True, False]


@pytest.mark.parametrize(("early", "count", "holds"), [([], 5, True), ([2, 3], 3, False)])
def test_with_one_head_the_order_of_shares_is_counted_over_seeds(early, count, holds):
    planted = Planted()
    runs = planted.parts["shares"]["tables"]["runs"]
    for seed in early:
        runs["grok_epoch"][(runs["seed"] == seed) & (runs["frac_train"] == 0.15)] = 3_000
    part = judged(planted, "delay").parts[-1]
    assert (part.rate, part.holds) == (Rate(count, 5), holds)


def test_what_has_its_artifact_is_measured():
    """A name that an artifact does not know must not pass for a measurement to come."""
    results = Results(ROOT / "artifacts")
    for found in judge(results).entries:
        if all(name in results for name in found.claim.reads):
            assert found.verdict is not ABSENT, f"{found.claim.id}: {found.missing}"
            assert found.seeds, found.claim.id


def test_every_measured_value_says_where_it_is_from():
    for found in judge(Planted()).entries:
        for part in found.parts:
            assert part.says[-1] != "."
            for measured in part.measured:
                assert measured.shown.place.removeprefix("computed from ").startswith("artifacts/")
                assert '<data class="measured"' in measured.shown.html


def test_what_is_measured_is_shown_in_a_figure():
    figures = figure_places(read_pages(Site.at(ROOT)))
    for found in judge(Results(ROOT / "artifacts")).entries:
        if found.verdict is not ABSENT:
            assert found.claim.figure in figures, found.claim.id
