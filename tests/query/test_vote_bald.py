import joblib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import BayesianRidge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skbal import ActiveLearner
from skbal.information import (
    answer_information,
    more_vote_information,
    vote_mutual_information,
)
from skbal.models import BayesianVoteRegression
from skbal.query import (
    BALD,
    EPIG,
    DiversityPenalised,
    KMeansBatch,
    MaxEntropy,
    PowerBALD,
    VoteBALD,
)
from tests._utils.pools import KINDS, make
from tests.query.fakes import numbered, random_pool
from tests.query.votes import Table, VoteModel, by_first_feature, fitted


def information(X, n_votes, concentration=None, seed=0):
    draws = VoteModel().predict_samples(X, random_state=seed)
    return vote_mutual_information(draws, n_votes, concentration)


# Scores


def test_the_score_is_the_information_summed_over_questions():
    X = random_pool(30)
    scores = VoteBALD(7, random_state=0).score_pool(fitted(), X)
    assert_allclose(scores, information(X, 7).sum(axis=1), atol=1e-12)


@pytest.mark.parametrize("question", [0, 1])
def test_one_question_is_the_information_of_its_votes(question):
    X, counts = random_pool(30), np.arange(60).reshape(30, 2) % 7
    for n_votes in (7, counts[:, 0], counts):
        strategy = VoteBALD(n_votes, question=question, random_state=0)
        model = fitted(concentration=[5.0, np.inf])
        concentration = model.predict_concentration(X)
        expected = information(X, n_votes, concentration)[:, question]
        assert_allclose(strategy.score_pool(model, X), expected, atol=1e-12)


def test_forty_volunteers_are_asked_unless_told_otherwise():
    X = random_pool(10)
    scores = VoteBALD(random_state=0).score_pool(fitted(), X)
    assert_allclose(scores, information(X, 40).sum(axis=1), atol=1e-12)


def test_three_rows_worked_by_hand():
    # Agreeing and unsure; sure and disagreeing; agreeing and sure.
    model = Table([[[0.5], [0.5]], [[0.0], [1.0]], [[1.0], [1.0]]])
    strategy = VoteBALD(3, random_state=0)
    scores = strategy.score_pool(model, numbered(3))
    assert_allclose(scores, [0, np.log(2), 0], atol=1e-15)
    assert_array_equal(strategy(model, numbered(3)), [1])


def test_one_vote_on_one_question_is_bald_of_two_classes():
    X = random_pool(30)
    draws = VoteModel().predict_samples(X, random_state=0)[:, :, :1]
    classes = np.concatenate([1 - draws, draws], axis=2)
    expected = BALD().score_pool(Table(classes), numbered(30))
    scores = VoteBALD(1).score_pool(Table(draws), numbered(30))
    assert_allclose(scores, expected, atol=1e-12)


def test_the_concentration_of_the_model_is_used_also_inside_of_others():
    X = random_pool(20)
    model = fitted(concentration=[3.0, 50.0])
    assert np.ptp(model.predict_concentration(X), axis=0).min() > 1
    expected = information(X, 9, model.predict_concentration(X)).sum(axis=1)
    assert (expected < information(X, 9).sum(axis=1)).all()
    pipeline = make_pipeline(FunctionTransformer(), model)
    for estimator in (model, pipeline):
        scores = VoteBALD(9, random_state=0).score_pool(estimator, X)
        assert_allclose(scores, expected, atol=1e-12)


@pytest.mark.filterwarnings("ignore::skbal.exceptions.TooFewDrawsWarning")
def test_one_draw_and_no_volunteers_tell_nothing():
    X = random_pool(20)
    assert_array_equal(VoteBALD(n_draws=1).score_pool(fitted(), X), np.zeros(20))
    assert_array_equal(VoteBALD(0).score_pool(fitted(), X), np.zeros(20))
    concentrated = fitted(concentration=[3.0, 50.0])
    assert_array_equal(VoteBALD(n_draws=1).score_pool(concentrated, X), np.zeros(20))


# Numbers of volunteers that differ


@pytest.mark.parametrize("walk", [{}, {"batch_size": 7}, {"batch_size": 1}])
@pytest.mark.parametrize("shape", [(40,), (40, 1), (40, 2)])
def test_each_row_has_its_own_number_however_the_pool_is_cut(shape, walk):
    X = random_pool(40)
    counts = np.random.default_rng(1).integers(0, 30, shape)
    expected = information(X, np.broadcast_to(counts.reshape(40, -1), (40, 2)))
    scores = VoteBALD(counts, random_state=0, **walk).score_pool(fitted(), X)
    assert_allclose(scores, expected.sum(axis=1), atol=1e-12)
    from_lists = VoteBALD(counts.tolist(), random_state=0).score_pool(fitted(), X)
    assert_allclose(from_lists, scores, atol=1e-12)


@pytest.mark.parametrize("walk", [{}, {"batch_size": 7}, {"n_jobs": 2}])
def test_a_function_of_rows_gives_the_numbers(walk):
    X = random_pool(40)
    expected = information(X, by_first_feature(X)).sum(axis=1)
    strategy = VoteBALD(by_first_feature, random_state=0, **walk)
    with joblib.parallel_config(backend="threading"):
        assert_allclose(strategy.score_pool(fitted(), X), expected, atol=1e-12)


def test_a_function_may_give_a_number_a_question():
    X = random_pool(40)

    def numbers(X):
        return np.stack([by_first_feature(X), np.full(len(X), 3)], axis=1)

    expected = information(X, numbers(X)).sum(axis=1)
    scores = VoteBALD(numbers, random_state=0).score_pool(fitted(), X)
    assert_allclose(scores, expected, atol=1e-12)


def test_rows_of_a_random_part_keep_their_numbers():
    # Only the rows with volunteers tell anything.
    X, asked = random_pool(50), np.zeros(50, dtype=int)
    asked[::2] = 20
    strategy = VoteBALD(asked, pool_subsample=30, random_state=0)
    chosen = strategy(fitted(), X, 30)
    seen = np.sort(chosen)
    assert not np.array_equal(seen, np.arange(30))
    n_even = (seen % 2 == 0).sum()
    assert (chosen[:n_even] % 2 == 0).all()
    expected = information(X, asked).sum(axis=1)[chosen]
    assert (np.diff(expected) <= 1e-5).all()
    assert strategy.n_votes is asked


def test_a_random_part_is_the_same_for_an_array_and_its_function():
    X = random_pool(50)
    how = {"pool_subsample": 20, "random_state": 3}
    with_array = VoteBALD(by_first_feature(X), **how)(fitted(), X, 8)
    assert_array_equal(VoteBALD(by_first_feature, **how)(fitted(), X, 8), with_array)


def test_a_generator_moves_on_in_a_random_part():
    def strategy():
        rng = np.random.default_rng(0)
        return VoteBALD(np.full(40, 5), pool_subsample=20, random_state=rng)

    X, twice = random_pool(40), strategy()
    first, second = twice(fitted(), X, 5), twice(fitted(), X, 5)
    assert_array_equal(strategy()(fitted(), X, 5), first)
    assert not np.array_equal(first, second)


def test_a_learner_whose_pool_shrinks_asks_by_a_function():
    X = random_pool(30)
    learner = ActiveLearner(
        fitted(), VoteBALD(by_first_feature, random_state=0), X, np.zeros((30, 2))
    )
    for n_pool in (30, 20, 10):
        rows, _ = learner.query(X[:n_pool], n_instances=3)
        assert len(set(rows.tolist())) == 3


# Votes that rows have already

SO_FAR = np.stack([np.arange(40) % 4, np.arange(40) % 9 + 4], axis=1)
BOTH = np.stack([SO_FAR, SO_FAR[::-1]], axis=1)


def votes_by_first_feature(X):
    k = np.repeat(by_first_feature(X), 2).reshape(-1, 2)
    return np.stack([k, k + 5], axis=2)


@pytest.mark.parametrize("learned", [True, False])
@pytest.mark.parametrize("walk", [{}, {"batch_size": 7}])
@pytest.mark.parametrize("votes", [BOTH, votes_by_first_feature])
def test_the_score_is_the_information_of_more_votes(votes, walk, learned):
    X, model = random_pool(40), fitted(concentration=[3.0, np.inf])
    draws = model.predict_samples(X, random_state=0)
    expected = more_vote_information(
        draws,
        votes(X) if callable(votes) else votes,
        6,
        model.predict_concentration(X),
        learned=learned,
    )
    how = {"votes_so_far": votes, "learned": learned, "random_state": 0, **walk}
    found = VoteBALD(6, **how).score_pool(model, X)
    assert_allclose(found, expected.sum(axis=1), atol=1e-12)
    only = VoteBALD(6, question=1, **how).score_pool(model, X)
    assert_allclose(only, expected[:, 1], atol=1e-12)


def test_rows_of_a_random_part_keep_their_votes():
    model, X = fitted(concentration=[2.0, 2.0]), random_pool(40)
    votes = np.zeros((40, 2, 2), dtype=int)
    votes[::2] = [400, 1000]  # rows of which more votes tell nothing new
    strategy = VoteBALD(9, votes_so_far=votes, pool_subsample=30, random_state=0)
    chosen = strategy(model, X, 10)
    assert (chosen % 2 == 1).all()
    assert strategy.votes_so_far is votes


def test_a_row_may_be_asked_about_again():
    # Alike for the model; the votes on the first say that it is near the middle draw.
    model = Table([[[0.1], [0.5], [0.9]]] * 2)
    strategy = VoteBALD(5, votes_so_far=[[10, 20], [0, 0]], random_state=0)
    scores = strategy.set_params(learned=False).score_pool(model, numbered(2))
    assert scores[0] < 0.1 * scores[1]
    # A model that has learned from binomial votes has them in its draws.
    scores = strategy.set_params(learned=True).score_pool(model, numbered(2))
    assert scores[0] == scores[1]


@pytest.mark.parametrize(
    ("votes", "error", "message"),
    [
        ([[3, 2]] * 40, ValueError, "votes_so_far given to VoteBALD: row 0 has k = 3"),
        (BOTH[:9], ValueError, "votes_so_far of VoteBALD must have .* 40 rows, got 9"),
        (SO_FAR, ValueError, "votes on 1 questions, but VoteModel knows 2"),
        (lambda X: BOTH, ValueError, "must have k and N of each of 8 rows, got 40"),
        ("none", TypeError, "votes_so_far of VoteBALD must be votes of .* got 'none'"),
    ],
)
def test_wrong_votes_so_far_are_refused(votes, error, message):
    strategy = VoteBALD(5, votes_so_far=votes)
    with pytest.raises(error, match=message):
        strategy(fitted(), random_pool(40))


# Workers, pools, other strategies


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_the_choice_does_not_depend_on_workers_or_pieces(backend):
    X, counts = random_pool(60), np.arange(60) % 9
    model = fitted(concentration=[4.0, 9.0])
    expected = VoteBALD(counts, random_state=0)(model, X, 10)
    for walk in ({"batch_size": 7}, {"n_jobs": 2}, {"n_jobs": 2, "batch_size": 11}):
        with joblib.parallel_config(backend=backend):
            chosen = VoteBALD(counts, random_state=0, **walk)(model, X, 10)
        assert_array_equal(chosen, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_pools_of_any_kind_have_the_same_scores(kind):
    X = random_pool(40).astype(np.float32)
    expected = VoteBALD(by_first_feature, random_state=0).score_pool(fitted(), X)
    pool = make(kind, X)
    strategy = VoteBALD(by_first_feature, batch_size=9, random_state=0)
    assert_allclose(strategy.score_pool(fitted(), pool), expected, atol=1e-9)


@pytest.mark.parametrize("n_votes", [6, by_first_feature, np.arange(40)])
def test_other_strategies_take_its_scores(n_votes):
    X = random_pool(40)
    inner = VoteBALD(n_votes, random_state=0)
    best = inner.score_pool(fitted(), X).argmax()
    penalised = DiversityPenalised(inner, penalty=0.2, random_state=0)
    chosen = penalised(fitted(), X, 10)
    assert chosen[0] == best
    assert len(set(chosen.tolist())) == 10
    clusters = KMeansBatch(inner, features="input", random_state=0)
    assert len(set(clusters(fitted(), X, 5).tolist())) == 5


def test_numbers_of_votes_follow_a_part_of_the_pool_in_another_strategy():
    X = random_pool(40)
    by_function, by_array = (
        DiversityPenalised(
            VoteBALD(n_votes, random_state=0), pool_subsample=20, random_state=0
        )(fitted(), X, 5)
        for n_votes in (by_first_feature, by_first_feature(X))
    )
    assert_array_equal(by_array, by_function)


def test_arrays_and_functions_survive_clone_and_set_params():
    counts = np.arange(5)
    strategy = clone(VoteBALD(counts, question=1))
    assert_array_equal(strategy.n_votes, counts)
    assert strategy.set_params(n_votes=by_first_feature).n_votes is by_first_feature


# Errors


@pytest.mark.parametrize("kind", [BALD, MaxEntropy, PowerBALD, EPIG])
def test_strategies_of_classes_send_models_of_votes_here(kind):
    message = rf"{kind.__name__} needs .* VoteModel is a model of votes\. Try VoteBALD"
    for estimator in (fitted(), make_pipeline(fitted())):
        with pytest.raises(TypeError, match=message):
            kind()(estimator, random_pool(10))
    with pytest.raises(TypeError, match="Try PredictiveVariance"):
        kind()(BayesianRidge(), random_pool(10))


def test_a_classifier_is_sent_to_bald():
    X = random_pool(20)
    forest = RandomForestClassifier(5, random_state=0).fit(X, X[:, 0] > 0)
    message = "RandomForestClassifier is a classifier, whose columns are classes. Use B"
    with pytest.raises(TypeError, match=message):
        VoteBALD()(forest, X)


def test_draws_that_are_no_probabilities_of_yes_are_refused():
    X = random_pool(20)
    ridge = BayesianRidge().fit(X, 5 + X[:, 0])
    message = r"BayesianRidge drew values from .* not within \[0, 1\]"
    with pytest.raises(ValueError, match=message):
        VoteBALD(random_state=0)(ridge, X)
    with pytest.raises(ValueError, match="Table drew values from nan to nan"):
        VoteBALD()(Table([[[np.nan], [0.5]]]), numbered(1))


def test_a_regressor_of_fractions_is_taken():
    X = random_pool(20)
    ridge = BayesianRidge().fit(X, 0.5 + 1e-3 * X[:, 0])
    assert (VoteBALD(random_state=0).score_pool(ridge, X) >= 0).all()


@pytest.mark.parametrize(
    ("n_votes", "error", "message"),
    [
        (-1, ValueError, "n_votes of VoteBALD must be an integer >= 0, got -1"),
        (2.0, TypeError, "n_votes of VoteBALD must be integers, got 2.0"),
        (True, TypeError, "n_votes of VoteBALD must be an integer >= 0, got True"),
        (None, TypeError, "n_votes of VoteBALD must be integers, got None"),
        (np.ones(10), TypeError, "must be integers, got dtype float64"),
        (np.arange(10) - 3, ValueError, "n_votes of VoteBALD must be 0 or more, got"),
        (np.arange(9), ValueError, r"n_pool = 10 .* got shape \(9,\)\. A function"),
        (np.arange(11), ValueError, r"n_pool = 10 .* got shape \(11,\)\. A function"),
        (np.ones((10, 3), int), ValueError, "3 questions, but VoteModel knows 2"),
        (
            lambda X: 4,
            ValueError,
            r"The function n_votes .* given 8 rows .* shape \(\)",
        ),
        (lambda X: [1] * 10, ValueError, r"given 8 rows .* got shape \(10,\)"),
        (lambda X: [0.5] * len(X), TypeError, "must be integers"),
    ],
)
@pytest.mark.parametrize("subsample", [None, 8])
def test_wrong_numbers_of_volunteers_are_refused(n_votes, error, message, subsample):
    strategy = VoteBALD(n_votes, pool_subsample=subsample)
    with pytest.raises(error, match=message):
        strategy(fitted(), random_pool(10))


@pytest.mark.parametrize(
    ("question", "error", "message"),
    [
        (2, ValueError, "question of VoteBALD is 2, but VoteModel knows 2 questions"),
        (-1, ValueError, "question of VoteBALD must be an integer >= 0, got -1"),
        ("bar", TypeError, ">= 0 for VoteModel, whose questions have no names, got 'b"),
        (1.0, TypeError, "question of VoteBALD must be an integer >= 0, got 1.0"),
        (True, TypeError, "question of VoteBALD must be an integer >= 0, got True"),
    ],
)
def test_questions_that_are_not_there_are_refused(question, error, message):
    with pytest.raises(error, match=message):
        VoteBALD(question=question)(fitted(), random_pool(10))


# Counts of answers

TREE = [("shape", ["smooth", "disk", "star"]), ("bar", ["yes", "no"], "disk")]


def model_of_counts(X):
    rng = np.random.default_rng(0)
    shape = rng.multinomial(12, [0.3, 0.6, 0.1], len(X))
    bar = rng.multinomial(shape[:, 1], [0.5, 0.5])
    model = BayesianVoteRegression(
        "dirichlet-multinomial", optimize=None, questions=TREE, random_state=0
    )
    return model.fit(X, np.hstack([shape, bar]))


@pytest.mark.parametrize("question", [None, 0, 1])
@pytest.mark.parametrize("numbers", [[7, 7], [6, 300]])
def test_counts_of_answers_are_scored_by_their_information(question, numbers):
    X = random_pool(20)
    model = model_of_counts(X)
    n_votes = 7 if numbers == [7, 7] else (lambda X: np.tile(numbers, (len(X), 1)))
    draws = model.predict_samples(X, 15, random_state=0)
    concentration = model.predict_concentration(X)
    each = [
        answer_information(draws[..., own], numbers[number], concentration[:, number])
        for number, own in enumerate((slice(0, 3), slice(3, 5)))
    ]
    expected = sum(each) if question is None else each[question]
    strategy = VoteBALD(n_votes, question=question, n_draws=15, random_state=0)
    assert_allclose(strategy.score_pool(model, X), expected, atol=1e-12)


def test_questions_are_counted_not_answers():
    X = random_pool(20)
    message = "question of VoteBALD is 2, but BayesianVoteRegression knows 2 questions"
    with pytest.raises(ValueError, match=message):
        VoteBALD(question=2)(model_of_counts(X), X)


def test_a_question_may_be_given_by_its_name():
    X = random_pool(20)
    model = model_of_counts(X)
    named, numbered = (
        VoteBALD(7, question=question, random_state=0).score_pool(model, X)
        for question in ("bar", 1)
    )
    np.testing.assert_array_equal(named, numbered)
    message = "question of VoteBALD must be one of 'shape', 'bar', got 'bars'"
    with pytest.raises(ValueError, match=message):
        VoteBALD(question="bars")(model, X)


def test_a_learner_is_taught_counts_and_refuses_others():
    X, y = random_pool(20), np.tile([2, 5, 1, 3, 1], (20, 1))
    model = BayesianVoteRegression("multinomial", optimize=None, questions=TREE)
    learner = ActiveLearner(model, VoteBALD(5, random_state=0), X[:10], y[:10])
    chosen, _ = learner.query(X[10:])
    learner.teach(X[10:][chosen], y[10:][chosen])
    assert learner.y_training.shape == (11, 5)
    wrong = np.array([[2, 5, 1, 6, 0]])
    message = "y given to ActiveLearner: row 0 has 6 votes on 'bar', but only 5"
    with pytest.raises(ValueError, match=message):
        learner.teach(X[:1], wrong)
    assert len(learner.y_training) == 11
    learner.estimator = model.set_params(questions="shape")
    with pytest.raises(TypeError, match="questions of BayesianVoteRegression must be"):
        learner.teach(X[:1], y[:1])
