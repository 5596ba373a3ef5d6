"""VoteAllocation: the next votes go to where they are needed."""

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skbal.exceptions import VotesWarning
from skbal.features import GradientHistograms
from skbal.votes import VoteAllocation

N_ITEMS, N_ANSWERS = 240, 3


class Volunteers:
    """Simulated volunteers: a third of the items is unclear."""

    def __init__(self, seed=0):
        rng = self.rng = np.random.default_rng(seed)
        self.leading = rng.integers(N_ANSWERS, size=N_ITEMS)
        clear = rng.random(N_ITEMS) < 2 / 3
        lead = np.where(clear, 0.9, 0.5)[:, np.newaxis]
        one_hot = np.eye(N_ANSWERS)[self.leading]
        self.shares = lead * one_hot + (1 - lead) / (N_ANSWERS - 1) * (1 - one_hot)
        centres = np.array([[0, 0], [0, 2], [2, 0]])
        self.X = centres[self.leading] + rng.normal(size=(N_ITEMS, 2))
        self.counts = np.zeros((N_ITEMS, N_ANSWERS), dtype=int)
        for item in range(0, N_ITEMS, 20):
            self.vote([item] * 4)

    def vote(self, items):
        for item in items:
            answer = self.rng.choice(N_ANSWERS, p=self.shares[item])
            self.counts[item, answer] += 1


def run(volunteers, allocation, X, n_rounds=20):
    allocation.fit(X, volunteers.counts)
    for n_round in range(n_rounds):
        volunteers.vote(allocation.select(24))
        allocation.update(volunteers.counts)
        if n_round % 5 == 4:
            allocation.fit(X, volunteers.counts)
    return allocation


@pytest.fixture(scope="module")
def volunteers():
    found = Volunteers()
    found.allocation = run(found, VoteAllocation(random_state=0), found.X)
    return found


def test_votes_go_further_than_uniform_ones(volunteers):
    n_votes = volunteers.counts.sum()
    assert n_votes / N_ITEMS == pytest.approx(2.2, abs=0.01)
    right = np.mean(volunteers.allocation.leading_ == volunteers.leading)
    uniform = np.random.default_rng(1)
    counts = np.stack([uniform.multinomial(2, p) for p in volunteers.shares])
    ties = counts + uniform.random(counts.shape) / 2
    assert right > np.mean(ties.argmax(axis=1) == volunteers.leading) + 0.05
    error = volunteers.allocation.shares_ - volunteers.shares
    assert np.sqrt(np.mean(error**2)) < 0.2


def test_unclear_items_get_more_votes(volunteers):
    n_votes = volunteers.counts.sum(axis=1)
    clear = volunteers.shares.max(axis=1) > 0.8
    assert n_votes[~clear].mean() > 1.5 * n_votes[clear].mean()


def test_chances_to_be_wrong_are_calibrated(volunteers):
    wrong = volunteers.allocation.leading_ != volunteers.leading
    expected = volunteers.allocation.chance_wrong_
    error = np.sqrt((expected * (1 - expected)).sum())
    assert abs(wrong.sum() - expected.sum()) < 4 * error


@pytest.mark.parametrize("seed", range(3))
def test_no_chance_to_be_wrong_is_negative(seed):
    counts = np.random.default_rng(seed).multinomial(10, [0.6, 0.3, 0.1], 40) * 10**6
    allocation = VoteAllocation(random_state=0).fit(None, counts)
    assert allocation.chance_wrong_.min() >= 0
    assert allocation.priority_.min() >= 0


def test_without_features_it_counts_votes_and_agreement():
    counts = np.zeros((40, 3), dtype=int)
    counts[:10] = [4, 0, 0]
    counts[10:20] = [0, 4, 0]
    counts[20], counts[21] = [2, 2, 0], [1, 0, 0]
    allocation = VoteAllocation(random_state=0).fit(None, counts)
    assert set(allocation.select(18)) == set(range(22, 40))  # no votes yet
    counts[22:] = [5, 0, 0]
    allocation.update(counts)
    assert set(allocation.select(2)) == {20, 21}
    np.testing.assert_array_equal(allocation.leading_[10:20], 1)


@pytest.mark.parametrize("X", [None, Volunteers().X])
def test_before_any_votes_all_items_are_alike(X):
    counts = np.zeros((N_ITEMS, N_ANSWERS), dtype=int)
    allocation = VoteAllocation(random_state=0).fit(X, counts)
    np.testing.assert_allclose(allocation.shares_, 1 / N_ANSWERS)
    np.testing.assert_allclose(allocation.priority_, allocation.priority_[0])
    first = allocation.select(50)
    assert len(set(first)) == 50
    again = VoteAllocation(random_state=0).fit(X, counts).select(50)
    np.testing.assert_array_equal(first, again)
    other = VoteAllocation(random_state=1).fit(X, counts).select(50)
    assert (first != other).any()


def test_an_update_looks_at_all_items_as_one_look_does():
    volunteers = Volunteers()
    piecewise = VoteAllocation(random_state=0).fit(volunteers.X, volunteers.counts)
    first = volunteers.counts.copy()
    for _ in range(3):
        volunteers.vote(piecewise.select(30))
        piecewise.update(volunteers.counts)
    at_once = VoteAllocation(random_state=0).fit(volunteers.X, first)
    at_once.update(volunteers.counts)
    for name in ("shares_", "leading_", "chance_wrong_", "priority_", "counts_"):
        np.testing.assert_array_equal(getattr(piecewise, name), getattr(at_once, name))


def test_what_was_returned_and_given_stays_as_it_was():
    volunteers = Volunteers()
    allocation = VoteAllocation(random_state=0).fit(volunteers.X, volunteers.counts)
    shares, counts = allocation.shares_, allocation.counts_
    before = shares.copy()
    volunteers.counts[0] += 5
    np.testing.assert_array_equal(allocation.counts_, counts)
    assert allocation.counts_[0, 0] < volunteers.counts[0, 0]
    allocation.update(volunteers.counts)
    np.testing.assert_array_equal(shares, before)


@pytest.mark.parametrize("target", ["leading", "shares"])
def test_answers_can_be_renamed(target):
    volunteers = Volunteers()
    order = [2, 0, 1]
    first, second = (
        VoteAllocation(target=target, random_state=0).fit(volunteers.X, counts)
        for counts in (volunteers.counts, volunteers.counts[:, order])
    )
    np.testing.assert_allclose(second.shares_, first.shares_[:, order], atol=1e-3)
    np.testing.assert_allclose(second.priority_, first.priority_, atol=1e-3)


def test_shares_as_target_ask_where_the_variance_falls():
    volunteers = Volunteers()
    allocation = run(
        volunteers, VoteAllocation(target="shares", random_state=0), volunteers.X
    )
    error = np.sqrt(np.mean((allocation.shares_ - volunteers.shares) ** 2))
    n_votes = 2
    uniform = np.random.default_rng(1)
    counts = np.stack([uniform.multinomial(n_votes, p) for p in volunteers.shares])
    uniform_error = np.sqrt(np.mean((counts / n_votes - volunteers.shares) ** 2))
    assert error < 0.75 * uniform_error


def test_items_retire_with_a_reason_and_are_not_asked_about():
    volunteers = Volunteers()
    allocation = VoteAllocation(
        retire={"max_votes": 6, "chance_wrong": 0.02}, random_state=0
    )
    run(volunteers, allocation, volunteers.X, n_rounds=24)
    retired = allocation.retired()
    rules = {one.rule for one in retired}
    assert rules == {"max_votes", "chance_wrong"}
    for one in retired:
        if one.rule == "max_votes":
            assert volunteers.counts[one.item].sum() == one.value >= 6 == one.limit
        else:
            assert allocation.chance_wrong_[one.item] == one.value <= 0.02 == one.limit
    left = allocation.select(N_ITEMS)
    assert len(left) == N_ITEMS - len(retired)
    assert not set(left) & {one.item for one in retired}
    assert volunteers.counts.sum(axis=1).max() <= 6


def test_a_warm_start_goes_on_from_the_last_fit():
    volunteers = Volunteers()
    allocation = VoteAllocation(max_iter=1, warm_start=True, random_state=0)
    once = allocation.fit(volunteers.X, volunteers.counts).concentrations_
    twice = allocation.fit(volunteers.X, volunteers.counts).concentrations_
    assert np.abs(once - twice).max() > 1e-3
    cold = VoteAllocation(max_iter=1, random_state=0)
    cold.fit(volunteers.X, volunteers.counts)
    np.testing.assert_array_equal(cold.concentrations_, once)
    more = np.vstack([volunteers.counts, volunteers.counts])
    allocation.fit(np.vstack([volunteers.X] * 2), more)
    assert allocation.shares_.shape == more.shape


def test_any_classifier_that_takes_weights_and_any_table(volunteers):
    frame = pd.DataFrame(volunteers.X, columns=["a", "b"])
    frame["site"] = np.where(volunteers.leading == 0, "north", "south")
    columns = make_column_transformer(
        (StandardScaler(), ["a", "b"]), (OneHotEncoder(), ["site"])
    )
    classifiers = [
        make_pipeline(columns, LogisticRegression()),
        make_pipeline(columns, RandomForestClassifier(20, random_state=0)),
    ]
    for classifier in classifiers:
        allocation = VoteAllocation(classifier, random_state=0)
        allocation.fit(frame, volunteers.counts)
        assert np.mean(allocation.leading_ == volunteers.leading) > 0.85


def test_it_is_cloned_and_saved(tmp_path, volunteers):
    allocation = volunteers.allocation
    assert clone(allocation).get_params() == allocation.get_params()
    joblib.dump(allocation, tmp_path / "allocation")
    loaded = joblib.load(tmp_path / "allocation")
    np.testing.assert_array_equal(loaded.select(9), allocation.select(9))


def test_a_failed_fit_leaves_it_as_it_was(volunteers):
    class Fails(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            raise RuntimeError("no")

    allocation = VoteAllocation(random_state=0)
    allocation.fit(volunteers.X, volunteers.counts)
    before = allocation.select(5)
    allocation.set_params(classifier=Fails())
    with pytest.raises(RuntimeError, match="no"):
        allocation.fit(volunteers.X, volunteers.counts)
    np.testing.assert_array_equal(allocation.select(5), before)


X, COUNTS = np.zeros((6, 2)), np.ones((6, 3), dtype=int)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((X, COUNTS[:5]), ValueError, "VoteAllocation"),
        ((X, -COUNTS), ValueError, "counts given to VoteAllocation.*0 or more"),
        ((X, COUNTS / 2), ValueError, "whole numbers"),
        ((X, np.full((6, 3), np.nan)), ValueError, "finite"),
        ((X, COUNTS[:, :1]), ValueError, "counts given to VoteAllocation"),
        ((X, None), ValueError, "counts given to VoteAllocation.*None"),
        ((np.zeros((6, 1, 8, 8)), COUNTS), ValueError, "GradientHistograms"),
        ((X[:4], COUNTS[:4]), ValueError, "cv of VoteAllocation.*4, got 5"),
    ],
)
def test_wrong_data_are_named(arguments, error, words):
    with pytest.raises(error, match=words):
        VoteAllocation(random_state=0).fit(*arguments)


def test_wrong_calls_are_named(volunteers):
    allocation = volunteers.allocation
    with pytest.raises(NotFittedError):
        VoteAllocation().select()
    with pytest.raises(NotFittedError):
        VoteAllocation().update(COUNTS)
    with pytest.raises(ValueError, match=r"shape \(240, 3\) of those given to fit"):
        allocation.update(COUNTS)
    with pytest.raises(ValueError, match="n_items of select of VoteAllocation"):
        allocation.select(0)
    dates = np.arange(len(COUNTS)).astype("M8[D]").reshape(-1, 1)
    with pytest.raises(TypeError, match=r"X given to .* numbers .*datetime64\[D\]"):
        VoteAllocation().fit(dates, COUNTS)
    with pytest.raises(ValueError, match=r"^X and counts given .* 6 rows and 5 counts"):
        VoteAllocation().fit(X, COUNTS[:5])
    later = VoteAllocation(random_state=0).fit(None, COUNTS)
    later.set_params(retire={"votes": 3})
    with pytest.raises(ValueError, match="retire of VoteAllocation must have keys"):
        later.select()


def test_limits_set_after_a_fit_hold():
    allocation = VoteAllocation(random_state=0).fit(None, COUNTS)
    assert len(allocation.select(6)) == 6
    allocation.set_params(retire={"max_votes": 3})
    assert len(allocation.select(6)) == 0
    assert [one.item for one in allocation.retired()] == list(range(6))


@pytest.mark.parametrize("most", [4, 12])  # votes: the same for all items, or not
def test_yes_votes_and_all_votes_are_told_apart(most):
    rng = np.random.default_rng(0)
    n = rng.integers(4, most + 1, size=(30, 1))
    yes = rng.binomial(n, 0.6)
    features = rng.normal(size=(30, 2))
    with pytest.warns(VotesWarning, match=r"k yes votes of N, .* N - k and k"):
        VoteAllocation().fit(features, np.hstack([yes, n]))
    for counts in ([yes, n - yes], [n - yes, yes], [n, yes]):
        VoteAllocation().fit(features, np.hstack(counts))


def test_a_rare_first_answer_is_no_pair():
    rng = np.random.default_rng(0)
    first = np.repeat([0, 1, 2], [24, 4, 2])[:, np.newaxis]
    features = rng.normal(size=(30, 2))
    VoteAllocation().fit(features, np.hstack([first, 4 - first]))
    total = rng.integers(4, 8, size=(30, 1))
    VoteAllocation().fit(features, np.hstack([first, total - first]))
    with pytest.warns(VotesWarning, match="second number is the same"):
        VoteAllocation().fit(features, np.hstack([first, 4 + 0 * first]))


def test_updates_are_all_votes_so_far():
    counts = 5 * COUNTS
    allocation = VoteAllocation(random_state=0).fit(None, counts)
    new = np.zeros_like(counts)
    new[3] = [6, 5, 1]
    with pytest.raises(ValueError, match=r"row 0 had \[5, 5, 5\] and now .*call fit"):
        allocation.update(new)
    np.testing.assert_array_equal(allocation.counts_, counts)
    allocation.update(counts + new).update(counts + new)
    assert allocation.counts_.sum() == 90 + 12


def test_images_go_through_a_pipeline():
    rng = np.random.default_rng(0)
    images = rng.random((30, 8, 8))
    images[:15, :4] += 3
    counts = np.zeros((30, 2), dtype=int)
    counts[:15, 0] = counts[15:, 1] = 2
    classifier = make_pipeline(GradientHistograms(n_cells=2), LogisticRegression())
    allocation = VoteAllocation(classifier, random_state=0).fit(images, counts)
    np.testing.assert_array_equal(allocation.leading_, np.repeat([0, 1], 15))


def test_shares_lie_in_their_intervals_as_often_as_claimed(volunteers):
    allocation = volunteers.allocation
    low, high = allocation.share_intervals(level=0.8)
    inside = (low <= volunteers.shares) & (volunteers.shares <= high)
    assert inside.mean() == pytest.approx(0.8, abs=0.12)
    assert ((low < allocation.shares_) & (allocation.shares_ < high)).all()
    some = allocation.share_intervals([7, 0, 7], level=0.8)
    np.testing.assert_array_equal(some[0], low[[7, 0, 7]])
    np.testing.assert_array_equal(some[1], high[[7, 0, 7]])
    wider = allocation.share_intervals([7])
    assert (wider[0] < low[7]).all()
    assert (wider[1] > high[7]).all()
    with pytest.raises(ValueError, match=r"level of share_intervals .* in \(0, 1\)"):
        allocation.share_intervals(level=1)
    with pytest.raises(ValueError, match="items of share_intervals of VoteAllocation"):
        allocation.share_intervals([N_ITEMS])
    with pytest.raises(NotFittedError):
        VoteAllocation().share_intervals()
