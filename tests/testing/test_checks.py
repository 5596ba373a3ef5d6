"""Each check catches the samplers that break its promise."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from skbal.testing import check_posterior_sampler
from skbal.testing._case import Case
from skbal.testing._checks import CHECKS
from tests.testing import samplers

BROKEN = [
    ("shape", samplers.TwoAxes, "must return an array of shape"),
    ("shape", samplers.IgnoresNumberOfDraws, "asked for 20 draws, but returned 40"),
    (
        "finite",
        samplers.NotANumber,
        r"finite; \d+ values are not, the first at row",
    ),
    ("probabilities", samplers.Unnormalised, "must sum to one"),
    ("probabilities", samplers.Negative, "must be at least 0, got -0"),
    ("classes", samplers.WrongOrder, "must be in the order of classes_"),
    ("shape", samplers.SwappedAxes, "Are the first two axes swapped"),
    ("mean", samplers.WithoutClasses, "it is taken for a regressor"),
    ("mean", samplers.WrongMean, "mean over draws must be the prediction"),
    ("repeat", samplers.NeverTheSame, "same random_state must give the same"),
    ("repeat", samplers.AlwaysTheSame, "Another random_state must give other"),
    ("repeat", samplers.NeverFresh, "No random_state must give other"),
    ("repeat", samplers.RunningStatistics, "same random_state must give the same"),
    ("order", samplers.MaskPerRow, "must not depend on the order of the rows"),
    ("chunks", samplers.MaskPerBatch, r"chunks of \[25, 25\] rows must equal"),
    ("chunks", samplers.BatchStatistics, r"chunks of \[25, 25\] rows must equal"),
    ("company", samplers.BatchStatistics, "must not depend on the other rows"),
    ("duplicates", samplers.MaskPerRow, "Equal rows must get equal draws"),
    ("duplicates", samplers.RankNoise, "Equal rows must get equal draws"),
    ("streams", samplers.GlobalStream, "stream of NumPy must not move"),
    ("streams", samplers.TorchGlobalStream, "stream of torch must not move"),
    ("streams", samplers.GlobalStreamWithoutSeed, "stream of NumPy must not"),
    ("streams", samplers.GlobalStreamAfterAnError, "stream of NumPy must not"),
    ("flags", samplers.LeftInTraining, "training of module"),
    ("flags", samplers.LeftInTrainingAfterAnError, "training of module"),
    ("flags", samplers.MovesBatchNorm, "running_mean"),
    ("flags", samplers.FreezesWeights, "requires_grad of 0.weight"),
    ("unchanged", samplers.WritesIntoRows, "must leave X as it was"),
    ("pickle", samplers.ForgetsInPickle, "A pickled copy must give the same"),
    ("refit", samplers.FitsByChance, "fitted with the same random_state"),
]


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return 1.5 * (X[::3] - X.mean(axis=0)), np.array(["c", "b", "a"])[y[::3]]


def case_of(estimator, iris):
    return Case(
        estimator, *iris, n_draws=None, seed=0, tolerance=1e-5, n_standard_errors=5.0
    )


@pytest.mark.parametrize(("check", "sampler", "message"), BROKEN)
def test_a_check_catches_its_broken_sampler(check, sampler, message, iris):
    case = case_of(sampler(), iris)
    with pytest.raises(AssertionError, match=message):
        CHECKS[check](case)


@pytest.mark.parametrize(
    "sampler", dict.fromkeys(row[1] for row in BROKEN), ids=lambda s: s.__name__
)
def test_the_battery_refuses_every_broken_sampler(sampler, iris):
    with pytest.raises(AssertionError) as caught:
        check_posterior_sampler(sampler(), *iris)
    assert sampler.__name__ in str(caught.value)
    assert "In the check" in caught.value.__notes__[0]


def test_every_check_has_a_sampler_that_it_catches():
    assert {row[0] for row in BROKEN} == set(CHECKS)


def test_a_failure_says_how_much_and_where(iris):
    case = case_of(samplers.GoodClassifier(), iris)
    draws = case.reference.copy()
    draws[7, 3, 1] += 0.25
    message = r"Same\. Largest difference 0\.25 at row 7, draw 3, output 1; .* allowed"
    with pytest.raises(AssertionError, match=message):
        case.require_same(draws, case.reference, "Same.")
    draws[2, 0, 0] = np.nan
    with pytest.raises(AssertionError, match="nan at row 2, draw 0, output 0"):
        case.require_same(draws, case.reference, "Same.")


def test_rounding_is_measured_by_the_largest_draw():
    X = np.random.default_rng(0).normal(size=(20, 2))
    case = case_of(samplers.GoodRegressor(), (X, X[:, 0]))
    scale = np.abs(case.reference).max()
    assert scale > 1000
    case.require_same(case.reference + 0.9e-5 * scale, case.reference, "Close.")
    with pytest.raises(AssertionError, match="Far"):
        case.require_same(case.reference + 1.1e-5 * scale, case.reference, "Far.")
