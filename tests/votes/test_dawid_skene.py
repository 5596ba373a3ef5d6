"""DawidSkene: skill of people and classes of items, from answers alone."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln
from scipy.stats import entropy
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError

import skbal
from skbal.votes import DawidSkene
from skbal.votes._gibbs import parameter_draws, skill_prior

TABLE = Path(skbal.__file__).parents[2] / "shared" / "data" / "crowd_labels.npz"


def crowd(n_items=60, n_people=8, n_classes=3, each=5, seed=0):
    """Return answers of people who are right with different probabilities."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(n_classes, size=n_items)
    skill = np.linspace(0.45, 0.95, n_people)
    items = np.repeat(np.arange(n_items), each)
    people = np.concatenate([rng.permutation(n_people)[:each] for _ in range(n_items)])
    wrong = (truth[items] + rng.integers(1, n_classes, len(items))) % n_classes
    labels = np.where(rng.random(len(items)) < skill[people], truth[items], wrong)
    return items, labels, people, truth, skill


def by_loops(items, labels, people, n_classes, smoothing, n_iter, known=None):
    """Run EM of Dawid and Skene, one answer after the other, without logarithms."""
    known = known or {}
    n_items, n_people = items.max() + 1, people.max() + 1

    def fix(q):
        for item, label in known.items():
            q[item] = np.eye(n_classes)[label]
        return q

    q = np.zeros((n_items, n_classes))
    for item, label in zip(items, labels):
        q[item, label] += 1
    q = fix(q / q.sum(axis=1, keepdims=True))
    for _ in range(n_iter):
        confusion = np.full((n_people, n_classes, n_classes), smoothing)
        for k in range(n_classes):
            confusion[:, k, k] *= n_classes
        for item, label, person in zip(items, labels, people):
            for k in range(n_classes):
                confusion[person, k, label] += q[item, k]
        confusion /= confusion.sum(axis=2, keepdims=True)
        prior = (q.sum(axis=0) + 1) / (n_items + n_classes)
        q = np.tile(prior, (n_items, 1))
        for item, label, person in zip(items, labels, people):
            q[item] *= confusion[person, :, label]
        q = fix(q / q.sum(axis=1, keepdims=True))
    return q, confusion, prior


@pytest.mark.parametrize("known", [None, {0: 2, 5: 0}])
@pytest.mark.parametrize("n_iter", [1, 7])
def test_it_is_em_with_plain_loops(n_iter, known):
    items, labels, people, *_ = crowd()
    model = DawidSkene(max_iter=n_iter, tol=0, smoothing=0.3)
    with pytest.warns(ConvergenceWarning, match=f"max_iter={n_iter}"):
        model.fit(items, labels, people, known=known)
    q, confusion, prior = by_loops(items, labels, people, 3, 0.3, n_iter, known)
    np.testing.assert_allclose(model.posterior_, q, atol=1e-10)
    np.testing.assert_allclose(model.confusion_, confusion)
    np.testing.assert_allclose(model.class_prior_, prior)
    right = [sum(prior[k] * one[k, k] for k in range(3)) for one in confusion]
    np.testing.assert_allclose(model.accuracy_, right)
    assert model.n_iter_ == n_iter


def test_two_people_and_one_item_by_hand():
    model = DawidSkene(max_iter=1, smoothing=0.5)
    with pytest.warns(ConvergenceWarning):
        model.fit([7, 7], ["a", "b"], ["ann", "bob"])
    # Votes share the item equally, so prior and answers add up to
    # ann: k=a: [1 + .5, .5], k=b: [.5 + .5, 1]; bob the other way round.
    expected = [[[0.75, 0.25], [0.5, 0.5]], [[0.5, 0.5], [0.25, 0.75]]]
    np.testing.assert_allclose(model.confusion_, expected)
    np.testing.assert_allclose(model.posterior_, [[0.5, 0.5]])
    np.testing.assert_allclose(model.accuracy_, [0.625, 0.625])
    # The item is a with .5 * .75 * .5, and so is b.
    expected = np.log(2 * 0.5 * 0.75 * 0.5)
    expected += 2 * (np.log(0.75) + 0.5 * np.log(0.25) + 1.5 * np.log(0.5))
    assert model.log_posterior_ == pytest.approx([expected + 2 * np.log(0.5)])


def test_it_finds_skill_and_classes_better_than_the_majority():
    items, labels, people, truth, skill = crowd(n_items=1500, n_people=12)
    model = DawidSkene().fit(items, labels, people)
    assert np.abs(model.accuracy_ - skill).max() < 0.08
    votes = np.zeros((1500, 3))
    np.add.at(votes, (items, labels), 1)
    ties = votes + np.random.default_rng(0).random(votes.shape) / 2
    majority = np.mean(ties.argmax(axis=1) == truth)
    assert np.mean(model.predict(range(1500)) == truth) > majority + 0.03
    # The posterior is calibrated: its mean maximum is the share that is right.
    sure = model.posterior_.max(axis=1).mean()
    assert np.mean(model.predict(range(1500)) == truth) == pytest.approx(sure, abs=0.02)


def test_who_always_swaps_two_classes_is_understood():
    items, labels, people, truth, _ = crowd(each=7, seed=1)
    swapped = np.array([1, 0, 2])[truth]
    items = np.concatenate([items, np.arange(60)])
    labels = np.concatenate([labels, swapped])
    people = np.concatenate([people, np.full(60, 99)])
    model = DawidSkene().fit(items, labels, people)
    confusion = model.confusion_[model.annotators_.tolist().index(99)]
    assert confusion.argmax(axis=1).tolist() == [1, 0, 2]
    assert np.mean(model.predict(range(60)) == truth) > 0.97


def test_known_items_turn_a_majority_that_is_wrong():
    truth = np.arange(40) % 2
    items, people = np.tile(np.arange(40), 3), np.repeat([0, 1, 2], 40)
    labels = np.concatenate([truth, 1 - truth, 1 - truth])
    alone = DawidSkene().fit(items, labels, people)
    assert (alone.predict(range(40)) == 1 - truth).all()
    known = {item: int(truth[item]) for item in range(10)}
    taught = DawidSkene().fit(items, labels, people, known={**known, 1000: 1})
    assert (taught.predict(range(40)) == truth).all()
    assert taught.accuracy_[0] > 0.9 > 0.1 > taught.accuracy_[1]
    np.testing.assert_array_equal(taught.predict_proba([0, 1]), np.eye(2))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), n_classes=st.integers(2, 4))
def test_the_log_posterior_never_falls_and_order_does_not_matter(seed, n_classes):
    items, labels, people, *_ = crowd(20, 6, n_classes, 3, seed)
    model = DawidSkene(max_iter=1000).fit(items, labels, people)
    assert (np.diff(model.log_posterior_) > -1e-9 * len(items)).all()
    np.testing.assert_allclose(model.posterior_.sum(axis=1), 1)
    np.testing.assert_allclose(model.confusion_.sum(axis=2), 1)
    order = np.random.default_rng(seed).permutation(len(items))
    # Other names of people and of classes, too.
    names, words = np.array(list("fedcba")), np.array(["w", "x", "y", "z"])
    other = DawidSkene(max_iter=1000).fit(
        items[order], words[labels[order]], names[people[order]]
    )
    np.testing.assert_allclose(other.posterior_, model.posterior_, atol=1e-6)
    accuracy = dict(zip(other.annotators_.tolist(), other.accuracy_))
    same = [accuracy[name] for name in names[model.annotators_]]
    np.testing.assert_allclose(same, model.accuracy_, atol=1e-6)


def test_one_person_is_believed():
    model = DawidSkene().fit([1, 2, 3], ["a", "b", "a"], ["ann"] * 3)
    assert model.predict([3, 2, 1]).tolist() == ["a", "b", "a"]
    assert model.accuracy_.shape == (1,)
    assert 0.5 < model.accuracy_[0] < 1


def test_one_answer_for_all_leaves_nothing_to_find():
    model = DawidSkene().fit([0, 1, 0], ["a", "a", "a"], ["ann", "bob", "bob"])
    assert model.classes_.tolist() == ["a"]
    np.testing.assert_array_equal(model.posterior_, np.ones((2, 1)))
    np.testing.assert_allclose(model.accuracy_, 1)
    wide = DawidSkene(classes=["b", "a"]).fit([0, 1, 0], ["a"] * 3, [0, 1, 1])
    assert wide.predict([0, 1]).tolist() == ["a", "a"]
    # Three answers say little about people who might be wrong.
    assert 0.5 < wide.posterior_[:, 1].min() < 0.9


def test_people_who_all_agree_are_right():
    items, people = np.repeat(np.arange(30), 4), np.tile(np.arange(4), 30)
    model = DawidSkene().fit(items, items % 3, people)
    assert model.accuracy_.min() > 0.95
    assert model.posterior_.max(axis=1).min() > 0.999


def test_a_frame_of_answers_is_taken_without_those_who_cannot_tell():
    frame = pd.DataFrame(
        {
            "item": [3, 3, 4, 4],
            "answer": ["x", "x", None, "y"],
            "annotator": ["ann", "bob", "ann", "bob"],
        }
    )
    model = DawidSkene().fit(frame)
    assert model.items_.tolist() == [3, 4]
    assert model.annotators_.tolist() == ["ann", "bob"]
    assert model.n_answers_.tolist() == [1, 2]
    expected = DawidSkene().fit([3, 3, 4], ["x", "x", "y"], ["ann", "bob", "bob"])
    np.testing.assert_array_equal(model.posterior_, expected.posterior_)


def test_a_missing_answer_of_a_nullable_column_is_left_out():
    answers = pd.array([1, pd.NA, 0], dtype="Int64")
    frame = pd.DataFrame({"item": [3, 3, 4], "answer": answers, "annotator": [*"aab"]})
    model = DawidSkene().fit(frame)
    assert model.n_answers_.tolist() == [1, 1]
    assert model.classes_.tolist() == [0, 1]


def test_items_of_another_kind_are_not_taken_for_new_ones():
    numbers, strings = ([0, 0, 1], [*"aba"], [*"uvu"]), ([*"ppq"], [*"aba"], [*"uvu"])
    model, named = DawidSkene().fit(*numbers), DawidSkene().fit(*strings)
    for method in (model.whom_to_ask, model.has_answered, model.predict):
        with pytest.raises(ValueError, match="must be numbers, like the item 0 of fit"):
            method(["0"])
    with pytest.raises(ValueError, match=r"like the item 'p' of fit, got 0\."):
        named.answer_information([0])
    with pytest.raises(ValueError, match=r"items that are numbers, .* got 'p'"):
        DawidSkene().fit(*numbers, known={"p": "a"})
    # A new item of the right kind is one that nobody answered about.
    assert not named.has_answered(["new"]).any()
    DawidSkene().fit(*numbers, known={np.int64(7): "a"})


def test_errors_say_what_is_wrong():
    three = ([0, 0, 1], ["a", "b", "a"], [0, 1, 0])
    for parameters, message in [
        ({"smoothing": 0}, "smoothing of DawidSkene must be larger than 0"),
        ({"max_iter": 0}, "max_iter of DawidSkene must be an integer >= 1"),
        ({"classes": ["a"]}, "classes of DawidSkene must be two labels or more"),
        ({"classes": ["a", "c"]}, r"must be among classes, \['a', 'c'\], got 'b'"),
    ]:
        with pytest.raises(ValueError, match=message):
            DawidSkene(**parameters).fit(*three)
    for arguments, message in [
        (([], [], []), "labels given to DawidSkene must be one or more"),
        (([0], ["a", "b"], [0, 1]), "must be equally many, got 1, 2 and 2"),
        (([0], ["a"], None), "annotators given to DawidSkene"),
        ((pd.DataFrame({"item": [1]}),), "got none named 'answer'"),
    ]:
        with pytest.raises(ValueError, match=message):
            DawidSkene().fit(*arguments)
    with pytest.raises(ValueError, match=r"labels among .*got 'z'"):
        DawidSkene().fit(*three, known={0: "z"})
    with pytest.raises(TypeError, match="known given to DawidSkene must be a dict"):
        DawidSkene().fit(*three, known=["a"])
    dicts = pd.DataFrame({"item": [0], "answer": [{"q": "a"}], "annotator": ["ann"]})
    with pytest.raises(TypeError, match="must be to one question, got a dict"):
        DawidSkene().fit(dicts)
    with pytest.raises(NotFittedError):
        DawidSkene().predict([0])
    model = DawidSkene().fit(*three)
    before = model.posterior_
    with pytest.raises(ValueError, match="must be items of fit, got 5"):
        model.predict([0, 5])
    with pytest.raises(ValueError, match="equally many"):
        model.fit([0], ["a", "b"], [0, 1])
    assert model.posterior_ is before
    assert clone(model).get_params() == model.get_params()


def real(name):
    with np.load(TABLE, allow_pickle=False) as table:
        columns = [table[f"{name}__{part}"] for part in ("item", "label", "worker")]
        return columns, table[f"{name}__gold"]


@pytest.mark.skipif(not TABLE.exists(), reason="crowd_labels.npz is not there")
def test_of_real_answers_more_are_right_than_by_the_majority():
    (items, labels, people), gold = real("mozafari")
    found = DawidSkene().fit(items, labels, people).predict(range(len(gold)))
    votes = np.zeros((len(gold), 2))
    np.add.at(votes, (items, labels), 1)  # five each, so there are no ties
    assert np.mean(found == gold) > np.mean(votes.argmax(axis=1) == gold) + 0.005


@pytest.mark.skipif(not TABLE.exists(), reason="crowd_labels.npz is not there")
def test_real_people_are_as_good_as_known_items_show():
    (items, labels, people), gold = real("adult2")
    model = DawidSkene().fit(items, labels, people)
    assert model.annotators_.tolist() == list(range(len(model.annotators_)))
    known = gold[items] >= 0
    right = labels[known] == gold[items[known]]
    n_known = np.bincount(people[known], minlength=len(model.annotators_))
    share = np.bincount(people[known], right, len(n_known)) / np.maximum(n_known, 1)
    many = n_known >= 20
    assert np.corrcoef(share[many], model.accuracy_[many])[0, 1] > 0.6


THREE_ITEMS = ([0, 0, 1, 1, 2, 2], ["a", "a", "a", "b", "b", "b"], [0, 1] * 3)


def enumerated(confusion, prior, codes):
    """Return p(answers, classes) for all classes of three items, shape (2, 2, 2)."""
    joint = np.empty((2, 2, 2))
    for classes in np.ndindex(2, 2, 2):
        joint[classes] = np.prod(
            [
                prior[k] * confusion[0, k, first] * confusion[1, k, second]
                for k, (first, second) in zip(classes, codes)
            ]
        )
    return joint


def test_the_posterior_is_the_enumerated_one_and_the_gradient_is_zero():
    model = DawidSkene(smoothing=0.4, tol=0, max_iter=3000).fit(*THREE_ITEMS)
    codes = [(0, 0), (0, 1), (1, 1)]
    joint = enumerated(model.confusion_, model.class_prior_, codes)
    marginals = [joint.sum(axis=axes) for axes in [(1, 2), (0, 2), (0, 1)]]
    np.testing.assert_allclose(model.posterior_, np.array(marginals) / joint.sum())

    def log_posterior(logits):  # of five distributions over two things
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        confusion, prior = p[:4].reshape(2, 2, 2), p[4]
        weights = 0.4 * np.array([[2, 1], [1, 2]])
        of_parameters = (weights * np.log(confusion)).sum() + np.log(prior).sum()
        return np.log(enumerated(confusion, prior, codes).sum()) + of_parameters

    at = np.log(np.vstack([model.confusion_.reshape(4, 2), model.class_prior_]))
    assert log_posterior(at) == pytest.approx(model.log_posterior_[-1])
    for place in np.ndindex(at.shape):
        step = np.zeros(at.shape)
        step[place] = 1e-4
        slope = (log_posterior(at + step) - log_posterior(at - step)) / 2e-4
        assert slope == pytest.approx(0, abs=1e-6)
    # A step away from there, it is not zero.
    step = np.zeros(at.shape)
    step[0, 0] = 0.1
    assert log_posterior(at + step) < log_posterior(at) - 1e-4


def exact_accuracies(codes, smoothing, known):
    """Return the posterior mean of two accuracies, by all classes of three items."""
    prior = smoothing * np.array([[2.0, 1], [1, 2]])
    total, means = 0.0, np.zeros(2)
    for classes in np.ndindex(2, 2, 2):
        if any(classes[item] != k for item, k in known.items()):
            continue
        sizes = np.bincount(classes, minlength=2) + 1
        log_p, shares = betaln(*sizes), sizes / sizes.sum()
        mean = np.zeros(2)
        for person in range(2):
            counts = prior.copy()
            for k, said in zip(classes, codes):
                counts[k, said[person]] += 1
            log_p += sum(betaln(*counts[k]) - betaln(*prior[k]) for k in range(2))
            mean[person] = shares @ (np.diag(counts) / counts.sum(axis=1))
        total += np.exp(log_p)
        means += np.exp(log_p) * mean
    return means / total


@pytest.mark.parametrize("known", [None, {1: "a"}])
def test_draws_of_skill_have_the_enumerated_mean(known):
    model = DawidSkene(classes=["a", "b"]).fit(*THREE_ITEMS, known=known)
    sampled = parameter_draws(
        model._answers,
        model.posterior_,
        model._fixed,
        skill_prior(2),
        2000,
        np.random.default_rng(0),
    )
    draws = np.array([np.diagonal(c, axis1=1, axis2=2) @ p for c, p in sampled])
    fixed = {1: 0} if known else {}
    expected = exact_accuracies([(0, 0), (0, 1), (1, 1)], 0.5, fixed)
    # The standard deviation of a draw is 0.25; sweeps are alike for a while.
    assert np.abs(draws.mean(axis=0) - expected).max() < 0.04
    assert draws.std(axis=0).min() > 0.1


def test_nobody_is_believed_whom_nobody_confirmed():
    # Ann and Bob agree about 40 items; Cyd alone answered about 40 others.
    items = np.concatenate([np.arange(40), np.arange(40), np.arange(40, 80)])
    labels, people = items % 2, np.repeat(["ann", "bob", "cyd"], 40)
    model = DawidSkene().fit(items, labels, people)
    right = np.diagonal(model.mean_confusion(random_state=0), axis1=1, axis2=2)
    assert right[:2].min() > 0.9
    assert right[2].max() < 0.85  # the prior has two thirds
    np.testing.assert_allclose(model.mean_confusion(n_draws=5).sum(axis=2), 1)
    low, high = model.accuracy_interval(random_state=0).T
    assert high[0] - low[0] < 0.2
    assert high[2] - low[2] > 0.4
    narrow = model.accuracy_interval(0.5, random_state=0).T
    assert (low <= narrow[0]).all()
    assert (narrow[1] <= high).all()
    again = model.accuracy_interval(random_state=0)
    np.testing.assert_array_equal(again, np.column_stack([low, high]))


def test_intervals_of_skill_hold_the_truth_and_shrink_with_more_answers():
    inside, widths = [], {30: [], 300: []}
    for seed in range(5):
        for n_items, found in widths.items():
            *answers, _, skill = crowd(n_items=n_items, n_classes=2, seed=seed)
            model = DawidSkene(tol=1e-4).fit(*answers)
            low, high = model.accuracy_interval(n_draws=100, random_state=0).T
            inside += ((low <= skill) & (skill <= high)).tolist()
            found.append(np.mean(high - low))
    # Of 80, 72 are expected; those of a crowd are not independent.
    assert sum(inside) >= 60
    assert np.mean(widths[300]) < np.mean(widths[30]) / 2  # the root of ten is 3.2


def test_whom_to_ask_by_hand():
    # All is known but the last item, so the counts are whole. Ann is right about nine
    # items of ten, Bob about seven of ten.
    truth = np.arange(20) % 2
    ann = np.where(np.arange(20) < 2, 1 - truth, truth)
    bob = np.where(np.arange(20) < 6, 1 - truth, truth)
    items = np.concatenate([np.arange(20), np.arange(20), [20]])
    labels, people = np.concatenate([ann, bob, [1]]), ["ann"] * 20 + ["bob"] * 21
    known = dict(enumerate(truth.tolist()))
    model = DawidSkene(smoothing=1e-9, tol=1e-12).fit(
        items, labels, people, known=known
    )

    def worth(p, right):  # for a binary symmetric channel
        yes = p * right + (1 - p) * (1 - right)
        return entropy([yes, 1 - yes]) - entropy([right, 1 - right])

    prior = model.class_prior_[1]
    np.testing.assert_allclose(
        model.answer_information([99]), [[worth(prior, 0.9), worth(prior, 0.7)]],
        rtol=0.02,  # the answer about item 20 changes Bob a little
    )  # fmt: skip
    who, nats = model.whom_to_ask([99, 20])
    assert who.tolist() == ["ann", "ann"]
    after = model.predict_proba([20])[0, 1]
    np.testing.assert_allclose(nats, [worth(prior, 0.9), worth(after, 0.9)], rtol=0.02)
    # Bob's answer is worth 0.22 times Ann's: log 2 - H(.7) over log 2 - H(.9).
    ratio = worth(0.5, 0.7) / worth(0.5, 0.9)
    for price, expected in [(0.9 * ratio, "bob"), (1.1 * ratio, "ann")]:
        assert model.whom_to_ask([99], costs=[1, price])[0].tolist() == [expected]
    # Bob has answered about item 20, however cheap he is.
    assert model.whom_to_ask([20], costs=[1, 1e-6])[0].tolist() == ["ann"]
    assert model.has_answered([20, 0, 99]).tolist() == [[0, 1], [1, 1], [0, 0]]
    with pytest.raises(ValueError, match=r"not answered about, got 3\."):
        model.whom_to_ask([20, 3])
    named = pd.Series([1e-6, 1], index=["bob", "ann"])
    assert model.whom_to_ask([99], costs=named.sort_index())[0].tolist() == ["bob"]
    for costs, message in [
        ([1, 0], "price larger than 0 for each person"),
        ([1], "2"),
        (named, r"must have its rows in the order \['ann', 'bob'\]"),
    ]:
        with pytest.raises(ValueError, match=message):
            model.whom_to_ask([99], costs=costs)


def test_likelihood_and_prior_make_the_posterior():
    items, labels, people, *_ = crowd()
    model = DawidSkene().fit(items, labels, people)
    likelihood = np.exp(model.log_likelihood([3, 77, 0]))
    np.testing.assert_array_equal(likelihood[1], 1)  # nobody answered about 77
    joint = likelihood[[0, 2]] * model.class_prior_
    expected = joint / joint.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_proba([3, 0]), expected)


def test_errors_of_intervals_say_what_is_wrong():
    model = DawidSkene().fit(*THREE_ITEMS)
    for arguments, message in [
        (
            {"level": 1.0},
            r"level of accuracy_interval of DawidSkene must lie in \(0, 1",
        ),
        ({"n_draws": 0}, "n_draws of accuracy_interval of DawidSkene must be"),
    ]:
        with pytest.raises(ValueError, match=message):
            model.accuracy_interval(**arguments)
    for ask in ("accuracy_interval", "answer_information", "whom_to_ask"):
        with pytest.raises(NotFittedError):
            getattr(DawidSkene(), ask)(*([] if ask == "accuracy_interval" else [[0]]))
