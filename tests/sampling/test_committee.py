import numpy as np
import pytest
from modAL.models import ActiveLearner, Committee, CommitteeRegressor
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skbal.exceptions import NoDrawsError
from skbal.sampling import predict_samples

CLASSIFIERS = [RandomForestClassifier, ExtraTreesClassifier]
REGRESSORS = [RandomForestRegressor, ExtraTreesRegressor]


def classifier_members():
    return [
        ("trees", DecisionTreeClassifier(max_depth=2, random_state=0)),
        ("neighbours", KNeighborsClassifier(3)),
    ]


# Forests


@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_draws_of_a_forest_are_the_probabilities_of_its_trees(kind, iris):
    X, y = iris
    forest = kind(9, max_depth=3, random_state=0).fit(X, y)
    draws = predict_samples(forest, X)
    assert draws.shape == (75, 9, 3)
    for k, tree in enumerate(forest.estimators_):
        assert_array_equal(draws[:, k], tree.predict_proba(X))
    assert_allclose(draws.mean(axis=1), forest.predict_proba(X))


@pytest.mark.parametrize("kind", REGRESSORS)
def test_draws_of_a_regression_forest_are_the_values_of_its_trees(kind, regression):
    X, y = regression
    forest = kind(9, random_state=0).fit(X, y)
    draws = predict_samples(forest, X)
    assert draws.shape == (60, 9, 1)
    for k, tree in enumerate(forest.estimators_):
        assert_array_equal(draws[:, k, 0], tree.predict(X))
    assert_allclose(draws.mean(axis=1)[:, 0], forest.predict(X))


def test_a_regression_forest_has_a_column_an_output(regression):
    X, y = regression
    Y = np.column_stack([y, -y, 2 * y])
    forest = RandomForestRegressor(5, random_state=0).fit(X, Y)
    draws = predict_samples(forest, X)
    assert draws.shape == (60, 5, 3)
    assert_allclose(draws.mean(axis=1), forest.predict(X))


def test_a_forest_of_one_class_is_certain_of_it():
    forest = RandomForestClassifier(3, random_state=0).fit([[0.0], [1.0]], ["a", "a"])
    assert_array_equal(predict_samples(forest, [[5.0], [6.0]]), np.ones((2, 3, 1)))


@pytest.mark.parametrize("dtype", [int, bool, float])
def test_a_forest_of_several_labels_has_draws_of_yes(dtype, iris):
    X, y = iris
    never = np.zeros(len(X))
    y = np.stack([y == "setosa", X[:, 0] > 6, never, never == 0], axis=1).astype(dtype)
    forest = RandomForestClassifier(5, min_samples_leaf=4, random_state=0).fit(X, y)
    draws = predict_samples(forest, X)
    assert draws.shape == (75, 5, 4)
    for tree in range(5):
        no_yes = forest.estimators_[tree].predict_proba(X)
        assert_array_equal(draws[:, tree, 0], no_yes[0][:, 1])
        assert_array_equal(draws[:, tree, 1], no_yes[1][:, 1])
    assert_array_equal(draws[..., 2:], np.tile([0.0, 1.0], (75, 5, 1)))
    assert 0 < draws[..., 1].mean() < 1


def test_a_forest_of_several_columns_of_classes_is_refused(iris):
    X, y = iris
    forest = RandomForestClassifier(3, random_state=0).fit(X, np.column_stack([y, y]))
    message = r"fitted on 2 columns .* column 0 holds \['a-vir.* Fit one classifier per"
    with pytest.raises(ValueError, match=message):
        predict_samples(forest, X)


def test_a_forest_takes_the_indices_of_a_dict_vectorizer(iris):
    X, y = iris
    rows = [dict(zip("abcd", row)) for row in X.tolist()]
    forest = RandomForestClassifier(10, random_state=0)
    model = make_pipeline(DictVectorizer(), forest).fit(rows, y)
    expected = predict_samples(forest, X)
    assert_array_equal(predict_samples(model, rows), expected)
    for dtype in (np.float32, np.float64):
        wide = sparse.csr_array(X.astype(dtype))
        wide.indices, wide.indptr = (
            part.astype(np.int64) for part in (wide.indices, wide.indptr)
        )
        assert_array_equal(predict_samples(forest, wide), expected)
        assert wide.indices.dtype == np.int64  # the user's rows stay


def test_a_forest_takes_sparse_rows_in_pieces(iris):
    X, y = iris
    forest = RandomForestClassifier(5, random_state=0).fit(X, y)
    whole = predict_samples(forest, X)
    for container in (sparse.csr_array, sparse.csc_matrix, sparse.coo_array):
        draws = predict_samples(forest, container(X), batch_size=20)
        assert_array_equal(draws, whole)


def test_a_forest_fitted_with_missing_values_takes_them(iris):
    X, y = iris
    holes = X.copy()
    holes[::7, 1] = np.nan
    forest = RandomForestClassifier(5, random_state=0).fit(holes, y)
    draws = predict_samples(forest, holes)
    assert_allclose(draws.mean(axis=1), forest.predict_proba(holes))


# Bagging


def test_draws_of_bagging_see_the_features_of_their_member(iris):
    X, y = iris
    base = DecisionTreeClassifier(max_depth=2, random_state=0)
    bagging = BaggingClassifier(base, 8, max_features=2, random_state=0).fit(X, y)
    draws = predict_samples(bagging, X)
    assert draws.shape == (75, 8, 3)
    assert_allclose(draws.mean(axis=1), bagging.predict_proba(X))


def test_a_member_of_bagging_gives_nothing_to_classes_it_never_saw(iris):
    X, y = iris
    # Neighbours take no weights, so each member sees only the rows of its bootstrap.
    base = KNeighborsClassifier(1)
    bagging = BaggingClassifier(base, 10, max_samples=4, random_state=0).fit(X, y)
    draws = predict_samples(bagging, X)
    known = [len(member.classes_) for member in bagging.estimators_]
    assert min(known) < 3
    for k, member in enumerate(bagging.estimators_):
        unseen = np.setdiff1d(np.arange(3), member.classes_)
        assert_array_equal(draws[:, k, unseen], 0)
    assert_allclose(draws.sum(axis=2), 1)
    assert_allclose(draws.mean(axis=1), bagging.predict_proba(X))


def test_bagging_without_probabilities_votes(iris):
    X, y = iris
    bagging = BaggingClassifier(LinearSVC(random_state=0), 5, random_state=0).fit(X, y)
    draws = predict_samples(bagging, X)
    assert_array_equal(np.unique(draws), [0, 1])
    assert_allclose(draws.mean(axis=1), bagging.predict_proba(X))


def test_draws_of_a_bagging_regressor_average_to_its_prediction(regression):
    X, y = regression
    for targets in (y, np.column_stack([y, -y])):
        bagging = BaggingRegressor(n_estimators=6, max_features=3, random_state=0)
        bagging.fit(X, targets)
        draws = predict_samples(bagging, X)
        assert draws.shape == (60, 6, targets.size // 60)
        assert_allclose(draws.mean(axis=1).reshape(targets.shape), bagging.predict(X))


# Voting


def test_draws_of_soft_voting_are_the_probabilities_of_its_members(iris):
    X, y = iris
    voting = VotingClassifier(classifier_members(), voting="soft").fit(X, y)
    draws = predict_samples(voting, X)
    assert draws.shape == (75, 2, 3)
    assert_array_equal(draws[:, 0], voting.estimators_[0].predict_proba(X))
    assert_allclose(draws.mean(axis=1), voting.predict_proba(X))


def test_draws_of_hard_voting_are_votes(iris):
    X, y = iris
    voting = VotingClassifier(
        [*classifier_members(), ("again", KNeighborsClassifier())]
    )
    voting.fit(X, y)
    draws = predict_samples(voting, X)
    assert_array_equal(draws.sum(axis=2), 1)
    assert_array_equal(np.unique(draws), [0, 1])
    assert_array_equal(voting.classes_[draws.mean(axis=1).argmax(1)], voting.predict(X))


def test_a_dropped_member_gives_no_draw(iris):
    X, y = iris
    members = [*classifier_members(), ("gone", "drop")]
    voting = VotingClassifier(members, voting="soft").fit(X, y)
    assert predict_samples(voting, X).shape == (75, 2, 3)


def test_soft_voting_names_the_member_without_probabilities(iris):
    X, y = iris
    members = [*classifier_members(), ("svc", LinearSVC(random_state=0))]
    voting = VotingClassifier(members, voting="soft").fit(X, y)
    with pytest.raises(NoDrawsError, match="LinearSVC, a member of this Voting"):
        predict_samples(voting, X)


def test_unequal_weights_are_refused_and_equal_ones_change_nothing(iris):
    X, y = iris
    voting = VotingClassifier(classifier_members(), voting="soft", weights=[1, 2])
    with pytest.raises(NoDrawsError, match="weights of this VotingClassifier differ"):
        predict_samples(voting.fit(X, y), X)
    draws = predict_samples(voting.set_params(weights=[2, 2]), X)
    assert_allclose(draws.mean(axis=1), voting.predict_proba(X))


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_draws_of_a_calibrated_classifier_are_its_calibrated_members(method, iris):
    X, y = iris
    model = CalibratedClassifierCV(KNeighborsClassifier(), method=method, cv=3)
    draws = predict_samples(model.fit(X, y), X)
    assert draws.shape == (75, 3, 3)
    for draw, member in enumerate(model.calibrated_classifiers_):
        assert_allclose(draws[:, draw], member.predict_proba(X))
    assert_allclose(draws.mean(axis=1), model.predict_proba(X))
    with pytest.raises(ValueError, match="has 3 members"):
        predict_samples(model, X, 4)


def test_a_calibrated_classifier_with_one_member_says_how_to_have_more(iris):
    X, y = iris
    model = CalibratedClassifierCV(KNeighborsClassifier(), ensemble=False, cv=2)
    with pytest.raises(NoDrawsError, match=r"single member.* ensemble=True"):
        predict_samples(model.fit(X, y), X)


def test_draws_of_a_voting_regressor_are_the_values_of_its_members(regression):
    X, y = regression
    voting = VotingRegressor([("a", Ridge()), ("b", KNeighborsRegressor())]).fit(X, y)
    draws = predict_samples(voting, X)
    assert_array_equal(draws[:, 1, 0], voting.estimators_[1].predict(X))
    assert_allclose(draws.mean(axis=1)[:, 0], voting.predict(X))


# modAL committees


def committee_of(X, y, *rows):
    return Committee(
        [
            ActiveLearner(
                RandomForestClassifier(3, random_state=i),
                X_training=X[part],
                y_training=y[part],
            )
            for i, part in enumerate(rows)
        ]
    )


def test_draws_of_a_modal_committee_are_its_votes_of_probabilities(iris):
    X, y = iris
    committee = committee_of(X, y, slice(0, None, 2), slice(1, None, 2))
    draws = predict_samples(committee, X)
    assert_array_equal(draws, committee.vote_proba(X))


def test_learners_that_know_fewer_classes_are_aligned(iris):
    X, y = iris
    setosa, others = np.flatnonzero(y == "setosa"), np.flatnonzero(y != "setosa")
    committee = committee_of(X, y, np.r_[setosa, others[:5]], others)
    draws = predict_samples(committee, X)
    assert_array_equal(draws, committee.vote_proba(X))
    assert_array_equal(draws[:, 1, list(committee.classes_).index("setosa")], 0)


def test_draws_of_a_modal_regression_committee_are_its_votes(regression):
    X, y = regression
    learners = [
        ActiveLearner(Ridge(alpha), X_training=X, y_training=y) for alpha in (0.1, 10.0)
    ]
    committee = CommitteeRegressor(learners)
    draws = predict_samples(committee, X)
    assert_array_equal(draws[:, :, 0], committee.vote(X))
    assert draws.shape == (60, 2, 1)


def test_an_unfitted_learner_in_a_committee_is_named(iris):
    committee = Committee([ActiveLearner(LogisticRegression())])
    with pytest.raises(NotFittedError, match="LogisticRegression"):
        predict_samples(committee, iris[0])


def test_a_learner_without_probabilities_in_a_committee_is_named(iris):
    X, y = iris
    learner = ActiveLearner(LinearSVC(random_state=0), X_training=X, y_training=y)
    with pytest.raises(NoDrawsError, match="LinearSVC, a member of this Committee"):
        predict_samples(Committee([learner]), X)


# Fewer draws than members, and more


def test_fewer_draws_are_the_same_members_for_every_row(iris):
    X, y = iris
    forest = RandomForestClassifier(20, max_depth=2, random_state=0).fit(X, y)
    everything = predict_samples(forest, X)
    some = predict_samples(forest, X, 5, random_state=3)
    members = [
        [k for k in range(20) if np.array_equal(everything[:, k], some[:, j])]
        for j in range(5)
    ]
    assert all(members)
    assert len({k[0] for k in members}) == 5
    assert_array_equal(predict_samples(forest, X[7:9], 5, random_state=3), some[7:9])


@pytest.mark.slow
def test_every_member_is_chosen_equally_often(iris):
    X, y = iris
    members = [(str(k), KNeighborsClassifier(k)) for k in (1, 15, 40)]
    voting = VotingClassifier(members, voting="soft").fit(X, y)
    everything = predict_samples(voting, X)
    counts = np.zeros(3)
    for seed in range(300):
        draw = predict_samples(voting, X, 1, random_state=seed)[:, 0]
        counts += [np.array_equal(draw, everything[:, k]) for k in range(3)]
    assert counts.sum() == 300
    # 100 expected, standard deviation sqrt(300 * 1/3 * 2/3) = 8.2
    assert np.abs(counts - 100).max() < 5 * 8.2


def test_more_draws_than_members_are_refused_with_both_numbers(iris):
    X, y = iris
    forest = RandomForestClassifier(7, random_state=0).fit(X, y)
    with pytest.raises(ValueError, match=r"n_draws is 8, but .* has 7 members"):
        predict_samples(forest, X, 8)
    committee = committee_of(X, y, slice(None))
    with pytest.raises(ValueError, match=r"is 2, but this Committee has 1 members"):
        predict_samples(committee, X, 2)
