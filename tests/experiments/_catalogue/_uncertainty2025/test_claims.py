"""The numbers of the report, and the verdicts on claims from units made by hand."""

import numpy as np
import pytest

from skbal.experiments import Reproduction, load_experiment
from skbal.experiments._catalogue._uncertainty2025._measures import fewer

REPORT = load_experiment("uncertainty2025")
GAL = load_experiment("gal2017")
SOURCE = "UDL report"


def claim(words):
    [found] = [claim for claim in REPORT.claims if words in claim.text]
    return found


def unit(arm, seed, score, **lists):
    n_labels = [20 + 10 * step for step in range(len(score))]
    result = {"n_labels": n_labels, "score": score, **lists}
    return {"arm": arm, "seed": seed, "result": result}


def judged(words, units, experiment=REPORT):
    return claim(words).judge(Reproduction(experiment, units, []))[0]


def published(experiment, arm, measure):
    [number] = [
        n
        for n in experiment.published
        if (n.arm, n.measure, n.source) == (arm, measure, SOURCE)
    ]
    return number.value


def test_the_published_numbers_are_those_of_its_tables():
    for arm, number in (
        ("BALD, dynamic filter, 0% wrong", 0.39),
        ("BALD, dynamic filter, 10% wrong", 1.47),
        ("BALD, dynamic filter, 20% wrong", 2.98),
        ("BALD, dynamic filter, 30% wrong", 4.96),
        ("BALD, filter 0.1, 20% wrong", 3.18),
        ("BALD, filter 0.25, 20% wrong", 5.10),
    ):
        assert published(REPORT, arm, "rejected a query") == number
    table = {"BALD": (105, 260), "Variation ratios": (115, 265), "Random": (385, 940)}
    for arm, (to_10, to_5) in table.items():
        assert published(GAL, arm, "images to 10% error") == to_10
        assert published(GAL, arm, "images to 5% error") == to_5


@pytest.mark.parametrize(
    ("arm", "percent", "noise"),
    [
        ("BALD, dynamic filter, 10% wrong", 47, "10%"),
        ("BALD, dynamic filter, 20% wrong", 49, "20%"),
        ("BALD, dynamic filter, 30% wrong", 65, "30%"),
        ("BALD, filter 0.1, 20% wrong", 59, "20%"),
        ("BALD, filter 0.25, 20% wrong", 155, "20%"),
    ],
)
def test_the_excess_of_its_tables_follows_from_the_rejected(arm, percent, noise):
    measure = f"rejected above the noise, % (noise {noise})"
    assert published(REPORT, arm, measure) == pytest.approx(percent, abs=0.51)


def test_the_text_contradicts_its_own_table():
    verdict, judged = claim("needs 390 images").judge("any units")
    assert verdict == "not reproduced"
    assert judged == [("no", "265"), ("no", "3.5")]  # 940 / 265


def test_percent_fewer_images():
    base = {"n_labels": [20, 120, 220], "score": [0.5, 0.9, 0.95]}
    own = {"n_labels": [20, 120, 178], "score": [0.5, 0.9, 0.95]}
    assert fewer(0.95)(base, own) == pytest.approx(21)
    assert fewer(0.99)(base, own) != fewer(0.99)(base, own)  # NaN: neither got there
    never = {"n_labels": [20, 120], "score": [0.5, 0.9]}
    assert fewer(0.95)(never, own) == np.inf
    assert fewer(0.95)(base, never) == -np.inf


def test_the_gain_over_random_is_at_the_end_and_in_pairs():
    def units(gains):
        for seed, gain in enumerate(gains):
            score = [0.5] * 20 + [0.9 + gain / 100]
            yield unit("BALD, 0% wrong", seed, score)
            yield unit("Random, 0% wrong", seed, [0.5] * 20 + [0.9])

    ends = "BALD ends 3% above random"
    assert judged(ends, units([2.5, 3.0, 3.5])) == "reproduced"
    assert judged(ends, units([8.5, 9.0, 9.5])) == "partly"
    assert judged(ends, units([-2.5, -3.0, -3.5])) == "not reproduced"
    assert (
        judged(ends, units([-1.0, 6.0, 4.0])) == "partly"
    )  # near, but not told from 0
    assert judged(ends, []) == "not run"


def test_a_lower_rmse_counts_only_if_each_has_its_own_labels():
    def units(own, shared):
        for seed in range(3):
            for arm, rmse in (("exact", 0.2), ("mean field", own)):
                there = [rmse + 0.001 * seed * (arm == "exact")] * 21
                lists = {f"rmse, {arm}": there}
                other = {"exact": "mean field", "mean field": "exact"}[arm]
                lists[f"rmse, {other}"] = [value + shared for value in there]
                yield unit(f"last layer, {arm}", seed, [0.5] * 21, **lists)

    higher, differs = "has a higher RMSE", "differs by the approximation"
    assert judged(higher, units(0.3, 0)) == "reproduced"
    assert judged(differs, units(0.3, 0)) == "not reproduced"
    assert judged(higher, units(0.1, 0)) == "not reproduced"


def test_claims_about_figure_1_are_judged_by_the_units_of_gal2017():
    def units(random):
        for seed in range(3):
            for arm in GAL.arms:
                n_steps = random if arm == "Random" else 10 + seed
                yield unit(arm, seed, [0.5] * n_steps + [0.95])

    fewer_images = "Standard acquisition functions"
    assert claim(fewer_images).experiment == "gal2017"
    assert judged(fewer_images, units(40), GAL) == "reproduced"
    assert judged(fewer_images, units(5), GAL) == "not reproduced"
    # Random never got there: more images, whatever the number.
    never = [u for u in units(40) if u["arm"] != "Random"]
    never += [unit("Random", seed, [0.5] * 40) for seed in range(3)]
    assert judged(fewer_images, never, GAL) == "reproduced"


def test_each_figure_and_table_has_a_counterpart():
    words = " ".join(REPORT.counterparts)
    for name in (
        *(f"Figure {n}" for n in range(1, 8)),
        "Table 1",
        "Table 2",
        "Table 3",
    ):
        assert name in words
    known = {*REPORT.figures(), "gal2017", "deterministic"}
    places = {place for place in REPORT.counterparts.values() if place[0].islower()}
    assert places <= known
