"""The mixture on its grid against enumeration, and against answers of known noise."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from skbal.filters import _noise_rate as noise_rate
from skbal.filters._noise_rate import (
    BLUNDER_RATES,
    FLATNESSES,
    NOISE_RATES,
    PACES,
    SHAPE,
    TEMPERATURES,
    log_likelihoods,
    log_prior,
    posterior,
    right_and_wrong,
    summarise,
    wrong_probability,
)
from tests.filters.fakes import predictives


def some_answers(n_answers=7, n_classes=4, seed=0):
    rng = np.random.default_rng(seed)
    columns = rng.integers(n_classes, size=n_answers)
    label, n_taught = rng.integers(2, size=n_answers), rng.integers(9, size=n_answers)
    return summarise(predictives(n_answers, n_classes, rng), columns, label, n_taught)


def by_the_formula(p, column, k, cell):
    """The two terms of the module's docstring, for one answer and one cell."""
    grids = NOISE_RATES, TEMPERATURES, FLATNESSES, PACES, BLUNDER_RATES
    e, temperature, flatness, a, b = (values[i] for values, i in zip(grids, cell))
    tempered, flattened = p ** (1 / temperature), p ** (1 / flatness)
    b = b / (1 + k / a)
    s = (1 - b) * tempered / tempered.sum() + b * flattened / flattened.sum()
    return (1 - e) * s[column], e * (1 - s[column]) / (len(p) - 1)


@settings(max_examples=20)
@given(
    p=st.lists(st.floats(0.01, 1), min_size=2, max_size=6),
    k=st.integers(0, 500),
    cell=st.tuples(*(st.integers(0, n - 1) for n in SHAPE)),
)
def test_the_terms_are_those_of_the_formula(p, k, cell):
    p = np.array(p) / sum(p)
    answers = summarise(p[np.newaxis], np.array([1]), np.array([0]), np.array([k]))
    right, wrong = right_and_wrong(answers)
    assert_allclose(
        [right[0][cell], wrong[0][cell]], by_the_formula(p, 1, k, cell), rtol=1e-9
    )


@settings(max_examples=10)
@given(n_classes=st.integers(2, 6), k=st.integers(0, 50), seed=st.integers(0, 99))
def test_in_every_cell_the_labels_that_could_be_given_sum_to_one(n_classes, k, seed):
    p = predictives(1, n_classes, np.random.default_rng(seed))
    columns, zeros = np.arange(n_classes), np.zeros(n_classes, dtype=int)
    answers = summarise(p.repeat(n_classes, axis=0), columns, zeros, zeros + k)
    assert_allclose(sum(right_and_wrong(answers)).sum(axis=0), 1)


def test_a_wrong_answer_is_as_likely_as_the_noise_rate_says():
    p = np.full((4, 4), 0.25)
    zeros = np.zeros(4, dtype=int)
    right, wrong = right_and_wrong(summarise(p, np.arange(4), zeros, zeros))
    noise = NOISE_RATES.reshape(-1, 1, 1, 1, 1)
    assert_allclose(wrong.sum(axis=0), noise * np.ones(SHAPE))
    assert_allclose(right.sum(axis=0), (1 - noise) * np.ones(SHAPE))


def test_a_probability_of_zero_is_very_unlikely_and_not_impossible():
    zeros = np.zeros(1, dtype=int)
    answers = summarise(np.array([[0.0, 1.0]]), zeros, zeros, zeros)
    assert np.isfinite(log_likelihoods(answers, 1)).all()
    assert answers.likelihood.tolist() == [0.0]


def test_the_likelihood_of_a_class_is_the_product_over_its_answers():
    answers = some_answers()
    total = log_likelihoods(answers, 3)
    right, wrong = right_and_wrong(answers)
    for number in (0, 1):
        mine = answers.label == number
        assert_allclose(np.exp(total[number]), (right + wrong)[mine].prod(axis=0))
    assert (total[2] == 0).all()


def test_answers_may_come_in_any_pieces(monkeypatch):
    answers = some_answers(40)
    whole = log_likelihoods(answers, 2)
    monkeypatch.setattr(noise_rate, "rows_within", lambda n_bytes: 3)
    assert_allclose(log_likelihoods(answers, 2), whole)


def test_the_prior_is_half_on_no_noise_and_knows_no_large_shared_blunder_rate():
    prior = np.exp(log_prior())
    assert_allclose(prior.sum(), 1)
    assert_allclose(prior[0].sum(), 0.5)
    assert (prior[..., BLUNDER_RATES >= 0.5] == 0).all()
    assert (np.diff(prior[1:].sum(axis=(1, 2, 3, 4))) < 0).all()
    assert_allclose(prior[:, :, np.isinf(FLATNESSES)].sum(), 0.05)


def enumerated(likelihood):
    """Yield each story of two classes: its joint probability, and each class's b.

    A class has the shared b (None) or one of the grid.
    """
    choices = [None, *range(len(BLUNDER_RATES))]
    prior = np.exp(log_prior())
    for story in product(choices, choices):
        joint = prior.copy()
        for number, own in enumerate(story):
            if own is None:
                joint *= 0.8 * likelihood[number]
            else:
                share = 0.2 / len(BLUNDER_RATES)
                joint *= share * likelihood[number][..., own][..., np.newaxis]
        yield joint, story


def test_the_posterior_is_that_of_enumerating_every_story_of_every_class():
    answers = some_answers()
    log_likelihood = log_likelihoods(answers, 2)
    shared, own = posterior(log_likelihood)
    expected, of_class = np.zeros(SHAPE), np.zeros((2, *SHAPE))
    for joint, story in enumerated(np.exp(log_likelihood)):
        expected += joint
        for number, b in enumerate(story):
            if b is None:
                of_class[number] += joint
            else:
                of_class[number][..., b] += joint.sum(axis=-1)
    assert_allclose(shared, expected / expected.sum(), rtol=1e-8, atol=1e-15)
    assert_allclose(own, of_class / expected.sum(), rtol=1e-8, atol=1e-15)


def test_the_probability_of_being_wrong_is_the_mean_share_over_the_posterior():
    answers = some_answers()
    _, own = posterior(log_likelihoods(answers, 2))
    right, wrong = right_and_wrong(answers)
    shares = wrong / (right + wrong)
    expected = [
        (share * own[number]).sum() for share, number in zip(shares, answers.label)
    ]
    assert_allclose(wrong_probability(answers, own), expected)


@pytest.mark.parametrize("n_classes", [2, 10])
def test_no_answer_leaves_the_prior(n_classes):
    shared, own = posterior(np.zeros((3, *SHAPE)))
    assert_allclose(shared, np.exp(log_prior()))
    assert_allclose(own.sum(axis=(1, 2, 3, 4, 5)), 1)
