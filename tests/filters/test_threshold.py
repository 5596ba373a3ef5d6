"""The dynamic threshold: it finds noise that is there, and none where none is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.filters._threshold import NoiseEstimate, matching_threshold
from tests.filters.fakes import drawn_labels, predictives, with_noise

N_CLASSES = 10
BATCH = 100


def after(batches):
    """Return the estimate after batches of probabilities and labels."""
    estimate = NoiseEstimate()
    for probabilities, labels in batches:
        estimate = estimate.after(probabilities, labels, labels.tolist())
    return estimate


def campaign(noise, n_answers=600, temperature=1.0, seed=0):
    """Return batches of a model whose p is right after tempering, and who was wrong."""
    rng = np.random.default_rng(seed)
    p = predictives(n_answers, N_CLASSES, rng)
    true = drawn_labels(p ** (1 / temperature), rng)
    given_labels = with_noise(true, noise, N_CLASSES, rng)
    pieces = np.array_split(np.arange(n_answers), -(n_answers // -BATCH))
    return [(p[rows], given_labels[rows]) for rows in pieces], given_labels != true


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.1, 0.2, 0.3])
def test_the_noise_rate_is_found_and_rather_too_low_than_too_high(noise):
    batches, wrong = campaign(noise)
    assert 0.6 < after(batches).noise_rate / wrong.mean() < 1.1


@pytest.mark.slow
def test_more_answers_tell_the_noise_rate_better():
    batches, wrong = campaign(0.2, n_answers=2400)
    shares = [
        after(batches[:n_batches]).noise_rate / wrong[: BATCH * n_batches].mean()
        for n_batches in (4, 24)
    ]
    assert abs(shares[1] - 1) < abs(shares[0] - 1)
    assert shares[1] == pytest.approx(1, abs=0.15)


@pytest.mark.slow
@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_overconfidence_is_not_taken_for_noise(temperature):
    batches, _ = campaign(0.0, temperature=temperature)
    estimate = after(batches)
    assert estimate.noise_rate < 0.02
    assert estimate.temperature == pytest.approx(temperature, rel=0.25)


@pytest.mark.slow
@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_noise_and_temperature_are_told_apart(temperature):
    batches, wrong = campaign(0.2, n_answers=1200, temperature=temperature)
    estimate = after(batches)
    assert 0.6 < estimate.noise_rate / wrong.mean() < 1.15
    assert estimate.temperature == pytest.approx(temperature, rel=0.3)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.1, 0.2, 0.3])
def test_about_as_many_are_rejected_as_are_wrong(noise):
    batches, wrong = campaign(noise, n_answers=1000)
    estimate, rejected = NoiseEstimate(), []
    for p, labels in batches:
        estimate = estimate.after(p, labels, labels.tolist())
        likelihood = p[np.arange(len(p)), labels]
        rejected.extend(likelihood < estimate.threshold)
    rejected = np.array(rejected)
    assert 0.5 < rejected.sum() / wrong.sum() < 1.25
    assert wrong[rejected].mean() > 0.7


@pytest.mark.slow
def test_of_a_clean_oracle_hardly_anything_is_rejected():
    batches, _ = campaign(0.0)
    estimate, n_rejected = NoiseEstimate(), 0
    for p, labels in batches:
        estimate = estimate.after(p, labels, labels.tolist())
        n_rejected += (p[np.arange(len(p)), labels] < estimate.threshold).sum()
    assert n_rejected <= 6


def test_few_answers_do_not_make_noise():
    batches, _ = campaign(0.0, n_answers=20)
    assert after(batches).threshold == 0


@pytest.mark.slow
def test_a_class_that_the_model_does_not_know_is_not_noise():
    # The same number of unlikely answers: of one class, or spread over all.
    rng = np.random.default_rng(0)
    p = np.full((200, N_CLASSES), 0.002)
    likely = rng.integers(1, N_CLASSES, 200)
    p[np.arange(200), likely] = 1 - 0.002 * (N_CLASSES - 1)
    unlikely = rng.permutation(200) < 40
    of_one = np.where(unlikely, 0, likely)
    others = with_noise(likely, 1.0, N_CLASSES, rng)
    spread = np.where(unlikely, others, likely)
    rates = [
        after(list(zip(np.split(p, 20), np.split(labels, 20)))).noise_rate
        for labels in (of_one, spread)
    ]
    assert rates[0] < 0.5 * rates[1]


def test_the_answers_may_be_of_any_kind_and_classes_may_come_later():
    unsure = np.full((3, 3), 1 / 3)
    first = NoiseEstimate().after(unsure[:, :2], np.array([0, 1, 1]), [*"abb"])
    later = first.after(unsure[:2], np.array([2, 0]), [*"ca"])
    assert later.numbers == {"a": 0, "b": 1, "c": 2}
    assert later.n_taught.tolist() == [2, 2, 1]  # all are trusted
    assert first.numbers == {"a": 0, "b": 1}  # an estimate never changes
    assert later.log_likelihood[1] == pytest.approx(first.log_likelihood[1])


def test_no_answer_changes_nothing():
    estimate = NoiseEstimate()
    nothing = np.empty((0, 3)), np.empty(0, dtype=int), []
    assert estimate.after(*nothing) is estimate


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.1, 0.2, 0.4, 1.0]), st.floats(0, 1)),
        min_size=1,
        max_size=8,
    )
)
def test_as_many_are_rejected_as_should_be_wrong_but_equal_ones_stay_together(answers):
    likelihood, wrong = map(np.array, zip(*answers))
    threshold = matching_threshold(likelihood, wrong)
    n_expected = int(wrong.sum())
    n_rejected = (likelihood < threshold).sum()
    # No threshold is above 1, so that no label of likelihood 1 is rejected.
    first_kept = np.append(np.sort(likelihood), 1.0)[n_expected]
    n_equal = (likelihood == first_kept).sum()
    assert n_expected - n_equal <= n_rejected <= n_expected


def test_by_hand_where_the_threshold_lies():
    likelihood = np.array([0.5, 0.0, 0.1, 0.3])
    assert matching_threshold(likelihood, np.array([0.0, 0.9, 0.8, 0.4])) == 0.2
    assert matching_threshold(likelihood, np.array([0.0, 0.9, 0.0, 0.0])) == 0.0
    assert matching_threshold(likelihood, np.ones(4)) == 0.75
    assert matching_threshold(np.array([0.2, 0.2, 0.4]), np.array([1.0, 0, 0])) == 0.0
