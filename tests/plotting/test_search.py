"""Cells of searches show the numbers of ``cv_results_``, worked out a second way."""

import warnings

import matplotlib as mpl
import numpy as np
import pytest
from scipy import stats

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.patches import Rectangle
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
    RepeatedKFold,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    StratifiedKFold,
    StratifiedShuffleSplit,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skbal import ActiveLearningClassifier
from skbal.plotting import SearchDisplay
from skbal.query import DiversityPenalised, MaxEntropy, Random
from skbal.seeding import BalancedSeed
from skbal.simulation import LearningCurveScores
from tests.plotting.figures import (
    check_fonts_are_embedded,
    check_nothing_is_cut_off,
    edges,
)

X, Y = load_iris(return_X_y=True)
LABELS = [6, 11, 16]
GRID = {"max_depth": [3, 1, 2], "criterion": ["gini", "entropy"]}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def of_runs():
    run = ActiveLearningClassifier(
        GaussianNB(), n_queries=2, n_instances=5, random_state=0
    )
    grid = {
        "query_strategy": [Random(), MaxEntropy()],
        "estimator__var_smoothing": [1e-9, 1.0],
    }
    scores = LearningCurveScores(LABELS)
    return GridSearchCV(run, grid, cv=3, scoring=scores, refit="score").fit(X, Y)


@pytest.fixture(scope="module")
def of_trees():
    return GridSearchCV(DecisionTreeClassifier(random_state=0), GRID, cv=4).fit(X, Y)


def candidate(search, **params):
    """Return the number of the candidate that has these parameters."""
    found = [
        number
        for number, own in enumerate(search.cv_results_["params"])
        if all(str(own[name]) == str(value) for name, value in params.items())
    ]
    (number,) = found
    return number


def splits(search, number, name="score"):
    results = search.cv_results_
    return np.array(
        [results[f"split{k}_test_{name}"][number] for k in range(search.n_splits_)]
    )


def interval(scores):
    """Return the corrected interval of Nadeau and Bengio for k folds, by SciPy."""
    k = len(scores)
    scale = scores.std(ddof=1) * np.sqrt(1 / k + 1 / (k - 1))
    return stats.t.interval(0.95, k - 1, scores.mean(), scale)


# ---------------------------------------------------------------------------- numbers


def test_cells_have_the_mean_and_the_interval_of_their_candidate(of_trees):
    display = SearchDisplay.from_search(of_trees, ["max_depth", "criterion"])
    assert display.values == (["1", "2", "3"], ["gini", "entropy"])  # numbers in order
    assert display.cell_axes_ is None
    for row, criterion in enumerate(display.values[1]):
        for column, depth in enumerate(display.values[0]):
            number = candidate(of_trees, max_depth=depth, criterion=criterion)
            scores = splits(of_trees, number)
            low, high = interval(scores)
            assert display.image_.get_array()[row, column] == scores.mean()
            assert display.half_widths[row, column] == pytest.approx((high - low) / 2)
            words = display.texts_[row, column].get_text()
            assert words == f"{scores.mean():.3f}\n±{(high - low) / 2:.3f}"
            assert display.texts_[row, column].get_position() == (column, row)


def test_splits_that_are_independent_have_students_interval(of_trees):
    display = SearchDisplay.from_search(of_trees, "max_depth", test_to_train=0)
    best = splits(of_trees, of_trees.best_index_)
    low, high = stats.t.interval(0.95, 3, best.mean(), stats.sem(best))
    assert display.half_widths[display.best] == pytest.approx((high - low) / 2)


@pytest.mark.parametrize(("cv", "test_to_train"), [
    (4, 1 / 3),
    (RepeatedStratifiedKFold(n_splits=2, n_repeats=3, random_state=0), 1),
    (RepeatedKFold(n_splits=5, n_repeats=2, random_state=0), 1 / 4),
    (ShuffleSplit(3, random_state=0), 1 / 9),
    (StratifiedShuffleSplit(4, test_size=0.25, random_state=0), 1 / 3),
    (ShuffleSplit(3, train_size=0.6, random_state=0), 2 / 3),
    (ShuffleSplit(3, test_size=0.2, train_size=0.5, random_state=0), 2 / 5),
    (ShuffleSplit(3, test_size=30, random_state=0), 1 / 2),  # as for three folds
])  # fmt: skip
def test_the_interval_is_that_of_the_splits(cv, test_to_train):
    tree = DecisionTreeClassifier(max_depth=2, random_state=0)
    search = GridSearchCV(tree, {"max_depth": [1, 2]}, cv=cv).fit(X, Y)
    display = SearchDisplay.from_search(search)
    scores = splits(search, search.best_index_)
    k = len(scores)
    half = stats.t.ppf(0.975, k - 1) * np.sqrt(1 / k + test_to_train)
    expected = half * scores.std(ddof=1)
    assert display.half_widths[display.best] == pytest.approx(expected)


def test_the_best_cell_has_the_frame(of_trees):
    display = SearchDisplay.from_search(of_trees)
    assert display.params == ("criterion", "max_depth")
    row, column = display.best
    best = of_trees.best_params_
    assert display.values[0][column] == best["criterion"]
    assert display.values[1][row] == str(best["max_depth"])
    (frame,) = [p for p in display.ax_.patches if isinstance(p, Rectangle)]
    assert frame.get_xy() == (column - 0.5, row - 0.5)
    assert display.texts_[row, column].get_weight() == "bold"


def test_parameters_that_are_not_shown_have_the_value_of_the_best(of_trees):
    display = SearchDisplay.from_search(of_trees, "max_depth")
    assert display.means.shape == (1, 3)
    criterion = of_trees.best_params_["criterion"]
    for column, depth in enumerate([1, 2, 3]):
        number = candidate(of_trees, max_depth=depth, criterion=criterion)
        mean = of_trees.cv_results_["mean_test_score"][number]
        assert display.means[0, column] == mean
    assert display.ax_.get_xlabel() == "max_depth"
    assert [t.get_text() for t in display.ax_.get_xticklabels()] == ["1", "2", "3"]


def test_estimators_are_named_by_their_class_or_by_what_differs():
    def values(strategies):
        run = ActiveLearningClassifier(
            GaussianNB(), n_queries=1, n_instances=5, random_state=0
        )
        search = GridSearchCV(run, {"query_strategy": strategies}, cv=2)
        return SearchDisplay.from_search(search.fit(X, Y)).values[0]

    assert values([Random(), MaxEntropy()]) == ["Random", "MaxEntropy"]
    penalties = [DiversityPenalised(MaxEntropy(), penalty=p) for p in (0.2, 0.3)]
    assert values(penalties) == [
        f"DiversityPenalised(\npenalty={p},\nstrategy=MaxEntropy())" for p in (0.2, 0.3)
    ]


# ----------------------------------------------------------------------------- curves


def test_pipelines_are_named_by_the_step_in_which_they_differ():
    def tried(*models):
        pipelines = [make_pipeline(StandardScaler(), model) for model in models]
        run = ActiveLearningClassifier(
            GaussianNB(), MaxEntropy(), n_queries=1, random_state=0
        )
        search = GridSearchCV(run, {"estimator": pipelines}, cv=2).fit(X, Y)
        display = SearchDisplay.from_search(search)
        return [tick.get_text() for tick in display.ax_.get_xticklabels()]

    tree = DecisionTreeClassifier
    assert tried(GaussianNB(), tree()) == ["GaussianNB", "DecisionTreeClassifier"]
    assert tried(tree(max_depth=1), tree(max_depth=2)) == [
        "DecisionTreeClassifier(\nmax_depth=1)",
        "DecisionTreeClassifier(\nmax_depth=2)",
    ]


def test_each_cell_has_the_curve_of_its_candidate(of_runs):
    display = SearchDisplay.from_search(of_runs)
    assert display.cell_axes_.shape == (2, 2)
    assert display.ax_.get_xlabel() == "var_smoothing"
    assert display.ax_.get_ylabel() == "query_strategy"
    for number, params in enumerate(of_runs.cv_results_["params"]):
        column = [1e-9, 1.0].index(params["estimator__var_smoothing"])
        row = [Random, MaxEntropy].index(type(params["query_strategy"]))
        line = display.lines_[row, column]
        curves = np.stack([splits(of_runs, number, f"at_{n}") for n in LABELS])
        np.testing.assert_array_equal(line.get_xdata(), LABELS)
        np.testing.assert_allclose(line.get_ydata(), curves.mean(axis=1))
        expected = np.transpose([interval(scores) for scores in curves])
        np.testing.assert_allclose(edges(display.bands_[row, column]), expected)
        assert line.axes is display.cell_axes_[row, column]


def test_curves_have_the_same_axes_and_the_best_one_behind_them(of_runs):
    display = SearchDisplay.from_search(of_runs)
    limits = {(cell.get_xlim(), cell.get_ylim()) for cell in display.cell_axes_.flat}
    assert len(limits) == 1
    best = display.lines_[display.best].get_ydata()
    for place, cell in np.ndenumerate(display.cell_axes_):
        dashed = [ln for ln in cell.lines if ln.get_linestyle() == "--"]
        assert len(dashed) == (place != display.best)
        for line in dashed:
            np.testing.assert_array_equal(line.get_ydata(), best)


def test_the_curves_of_a_search_are_those_of_runs_fitted_one_by_one(of_runs):
    number, results = 2, of_runs.cv_results_
    run = clone(of_runs.estimator).set_params(**results["params"][number])
    for k, (train, _) in enumerate(StratifiedKFold(3).split(X, Y)):
        history = run.fit(X[train], Y[train]).history_
        assert history.n_labels.tolist() == LABELS
        found = [results[f"split{k}_test_at_{n}"][number] for n in LABELS]
        np.testing.assert_array_equal(found, history.scores)
        area = results[f"split{k}_test_score"][number]
        assert area == pytest.approx(np.trapezoid(history.scores, LABELS) / 10)


@pytest.mark.filterwarnings("ignore:One or more of the test scores are non-finite")
def test_numbers_of_labels_that_no_run_had_are_left_out(of_runs):
    for labels, shown in (([5, 6, 11, 99], [6, 11]), ([5], None)):
        search = clone(of_runs).set_params(scoring=LearningCurveScores(labels))
        display = SearchDisplay.from_search(search.fit(X, Y))
        assert display.n_labels == shown
        assert (display.cell_axes_ is None) == (shown is None)
        for line in display.lines_.values():
            assert line.get_xdata().tolist() == shown


# ---------------------------------------------------------------- searches of all kinds


def test_what_a_random_search_did_not_try_is_an_empty_cell():
    tree = DecisionTreeClassifier(random_state=0)
    search = RandomizedSearchCV(tree, GRID, n_iter=4, cv=2, random_state=0).fit(X, Y)
    display = SearchDisplay.from_search(search, ["max_depth", "criterion"])
    tried = {(c["criterion"], c["max_depth"]) for c in search.cv_results_["params"]}
    for row, criterion in enumerate(display.values[1]):
        for column, depth in enumerate(display.values[0]):
            is_empty = display.texts_[row, column].get_text() == "–"
            assert is_empty == ((criterion, int(depth)) not in tried)
            assert display.image_.get_array().mask[row, column] == is_empty
    assert np.isnan(display.means).sum() > 0


def test_a_halving_search_shows_the_last_round_of_each_candidate():
    tree = DecisionTreeClassifier(random_state=0)
    search = HalvingGridSearchCV(
        tree, {"max_depth": [1, 2, 3, 4]}, cv=2, factor=2, random_state=0
    ).fit(X, Y)
    results = search.cv_results_
    display = SearchDisplay.from_search(search)
    for column, depth in enumerate([1, 2, 3, 4]):
        rounds = [i for i, c in enumerate(results["params"]) if c["max_depth"] == depth]
        assert display.means[0, column] == results["mean_test_score"][rounds[-1]]
        rows = results["n_resources"][rounds[-1]]
        assert display.texts_[0, column].get_text().endswith(f"\n{rows} rows")
    assert len(set(results["n_resources"])) > 1


def test_a_halving_search_over_queries_shows_the_last_round_too():
    run = ActiveLearningClassifier(
        GaussianNB(), MaxEntropy(), n_instances=5, random_state=0
    )
    search = HalvingGridSearchCV(
        run,
        {"estimator__var_smoothing": [1e-9, 1.0], "initial__n_per_class": [2, 3]},
        resource="n_queries",
        min_resources=1,
        max_resources=4,
        factor=2,
        cv=2,
        random_state=0,
    ).set_params(estimator__initial=BalancedSeed())
    results = search.fit(X, Y).cv_results_
    # scikit-learn counts what a candidate was given among its parameters.
    assert "n_queries" in results["params"][0]
    display = SearchDisplay.from_search(search)
    assert display.params == ("estimator__var_smoothing", "initial__n_per_class")
    for row, column in np.ndindex(2, 2):
        wanted = ([1e-9, 1.0][column], [2, 3][row])
        rounds = [
            i
            for i, given in enumerate(results["params"])
            if tuple(map(given.get, display.params)) == wanted
        ]
        assert display.means[row, column] == results["mean_test_score"][rounds[-1]]
        words = display.texts_[row, column].get_text()
        assert words.endswith(f"\n{results['n_resources'][rounds[-1]]} n_queries")


def test_a_halving_search_keeps_curves():
    run = ActiveLearningClassifier(
        GaussianNB(), MaxEntropy(), n_queries=1, n_instances=5, random_state=0
    )
    search = HalvingGridSearchCV(
        run,
        {"estimator__var_smoothing": [1e-9, 1.0]},
        cv=2,
        random_state=0,
        min_resources=100,
        refit="score",
        scoring=LearningCurveScores([6, 11]),
    ).fit(X, Y)
    assert set(SearchDisplay.from_search(search).lines_) == {(0, 0), (0, 1)}


def test_one_of_several_scores_is_shown(of_runs):
    trees = GridSearchCV(
        DecisionTreeClassifier(random_state=0),
        {"max_depth": [1, 2]},
        cv=2,
        scoring=["accuracy", "neg_log_loss"],
        refit=False,
    ).fit(X, Y)
    means = trees.cv_results_["mean_test_neg_log_loss"]
    display = SearchDisplay.from_search(trees, score="neg_log_loss")
    np.testing.assert_array_equal(display.means[0], means)
    assert display.best == (0, np.argmax(means))  # nothing was refitted
    with pytest.raises(
        ValueError, match=r"score of SearchDisplay must be .* 'score', got"
    ):
        SearchDisplay.from_search(of_runs, score="at_6")


def test_one_split_has_no_interval():
    one = [(np.arange(0, 150, 2), np.arange(1, 150, 2))]
    tree = DecisionTreeClassifier(random_state=0)
    search = GridSearchCV(tree, {"max_depth": [1, 2]}, cv=one).fit(X, Y)
    display = SearchDisplay.from_search(search)
    assert np.isnan(display.half_widths).all()
    assert "±" not in display.texts_[0, 0].get_text()


# --------------------------------------------------------------------------- printing


@pytest.mark.parametrize("kind", ["of_runs", "of_trees"])
def test_figures_are_as_wide_as_a_column_and_complete(kind, request):
    display = SearchDisplay.from_search(request.getfixturevalue(kind))
    assert display.figure_.get_size_inches()[0] == pytest.approx(85 / 25.4)
    check_nothing_is_cut_off(display.figure_)
    check_fonts_are_embedded(display)
    with pytest.raises(TypeError, match=r"file of SearchDisplay.save must be"):
        display.save(5)


def test_it_draws_on_the_axes_it_is_given(of_runs):
    figure, (_, right) = plt.subplots(ncols=2)
    display = SearchDisplay.from_search(of_runs, ax=right)
    assert display.ax_ is right
    assert display.figure_ is figure
    assert len(plt.get_fignums()) == 1


# ----------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("search", "error", "message"),
    [
        (None, TypeError, "must be a fitted search, .* got NoneType"),
        (GridSearchCV, TypeError, "got GridSearchCV"),
        (DecisionTreeClassifier(), TypeError, "got DecisionTreeClassifier"),
        (
            GridSearchCV(DecisionTreeClassifier(), GRID),
            ValueError,
            "must be fitted, this GridSearchCV is not: call its fit first",
        ),
    ],
)
def test_what_is_no_fitted_search_is_refused(search, error, message):
    with pytest.raises(error, match=f"^search of SearchDisplay .*{message}"):
        SearchDisplay.from_search(search)
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ("depth", "must be parameters of the search, .* got 'depth'"),
        (["max_depth"] * 2, "must be one parameter or two different ones"),
        ([], "must be one parameter or two"),
        (["a", "b", "c"], "must be one parameter or two"),
    ],
)
def test_wrong_parameters_are_refused_by_name(of_trees, params, message):
    with pytest.raises(ValueError, match=f"^params of SearchDisplay .*{message}"):
        SearchDisplay.from_search(of_trees, params)


def test_more_than_two_parameters_and_long_lists_must_be_cut_down():
    tree = DecisionTreeClassifier(random_state=0)
    grid = {"max_depth": [1, 2], "criterion": ["gini", "entropy"]}
    three = grid | {"max_features": [1, 2], "splitter": ["best"]}
    search = GridSearchCV(tree, three, cv=2).fit(X, Y)
    with pytest.raises(ValueError, match="'criterion', 'max_depth', 'max_features'"):
        SearchDisplay.from_search(search)
    assert SearchDisplay.from_search(search, list(grid)).means.shape == (2, 2)
    leaves = {"min_samples_leaf": range(1, 14)}
    search = GridSearchCV(tree, leaves, cv=2).fit(X, Y)
    with pytest.raises(ValueError, match="'min_samples_leaf' has 13 values"):
        SearchDisplay.from_search(search)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"test_to_train": -1}, ValueError, "test_to_train of SearchDisplay"),
        ({"width": "wide"}, TypeError, "width of SearchDisplay"),
        ({"ax": 5}, TypeError, "ax of SearchDisplay must be a matplotlib Axes"),
    ],
)
def test_wrong_arguments_are_refused_by_name(of_trees, arguments, error, message):
    with pytest.raises(error, match=message):
        SearchDisplay.from_search(of_trees, **arguments)
    assert not plt.get_fignums()


def test_a_failed_fit_is_an_empty_cell():
    tree = DecisionTreeClassifier(random_state=0)
    search = GridSearchCV(tree, {"max_depth": [1, -5]}, cv=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of the failed fits
        search.fit(X, Y)
    display = SearchDisplay.from_search(search)
    assert display.values == (["-5", "1"],)
    assert display.texts_[0, 0].get_text() == "–"
