"""Networks of counts of answers: learning, predicting, refusing."""

import pickle

import numpy as np
import pytest
import torch
from scipy.special import softmax
from sklearn.base import clone
from torch import nn

from skbal import predict_samples
from skbal.exceptions import VotesWarning
from skbal.information import answer_log_likelihood, vote_distribution
from skbal.models import DeepEnsembleVoteRegressor, MCDropoutVoteRegressor
from skbal.query import VoteBALD

BOTH = ["multinomial", "dirichlet-multinomial"]
TREE = [
    ("shape", ["smooth", "featured", "artifact"]),
    ("bar", ["yes", "no"], "featured"),
]
SMALL = {"max_epochs": 2, "n_draws": 6, "random_state": 0}


def simulated(n=60, concentration=np.inf, seed=0):
    """Return rows, counts of the columns of ``TREE``, and the shares behind them."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 4)).astype(np.float32)
    means = [softmax(1.5 * X[:, :3], axis=1), softmax(X[:, 2:], axis=1)]
    shares = means
    if np.isfinite(concentration):
        shares = [
            np.array([rng.dirichlet(concentration * p + 1e-9) for p in mean])
            for mean in means
        ]
    shape = rng.multinomial(rng.integers(0, 50, n), shares[0])
    bar = rng.multinomial(shape[:, 1], shares[1])
    return X, np.hstack([shape, bar]), np.hstack(means)


@pytest.fixture(scope="module")
def data():
    return simulated()


def network(likelihood="dirichlet-multinomial", **params):
    settings = {"likelihood": likelihood, "questions": TREE, **SMALL}
    return MCDropoutVoteRegressor(**{**settings, **params})


@pytest.fixture(scope="module")
def model(data):
    return network().fit(*data[:2])


@pytest.mark.parametrize("likelihood", BOTH)
def test_it_learns_the_shares_of_both_questions(likelihood):
    X, y, _ = simulated(600, concentration=20.0)
    model = network(likelihood, max_epochs=30, n_draws=20, lr=0.01).fit(X, y)
    new, _, shares = simulated(300, seed=1)
    found = model.predict(new)
    for column in range(5):
        assert np.corrcoef(found[:, column], shares[:, column])[0, 1] > 0.9
    if likelihood != "multinomial":
        concentration = np.exp(np.log(model.predict_concentration(new)).mean(axis=0))
        assert concentration == pytest.approx([20, 20], rel=0.5)


@pytest.mark.parametrize("likelihood", BOTH)
def test_predictions_follow_from_the_draws(data, likelihood):
    X, y, _ = data
    model = network(likelihood).fit(X, y)
    draws = model.predict_samples(X, random_state=model.draw_seed_)
    assert draws.shape == (60, 6, 5)
    assert np.allclose(draws[..., :3].sum(axis=2), 1, atol=1e-6)
    assert np.allclose(draws[..., 3:].sum(axis=2), 1, atol=1e-6)
    assert np.allclose(model.predict(X), draws.mean(axis=1), atol=1e-6)
    c = model.predict_concentration(X)
    assert c.shape == (60, 2)
    assert np.isinf(c).all() == (likelihood == "multinomial")
    expected = vote_distribution(draws, 4, c[:, [0, 0, 0, 1, 1]])
    assert np.allclose(model.predict_votes(X, 4), expected, atol=1e-7)
    assert model.predict_interval(X, 4).shape == (60, 5, 2)
    logs = answer_log_likelihood(draws[..., :3], y[:, :3], c[:, 0])
    logs += answer_log_likelihood(draws[..., 3:], y[:, 3:], c[:, 1])
    assert model.score(X, y) == pytest.approx(logs.sum() / y.sum(), rel=1e-5)


def test_one_question_needs_no_description(data):
    X, y, _ = data
    model = network(questions=None).fit(X, y[:, :3])
    assert model.predict(X).shape == (60, 3)
    assert model.n_questions_ == 1
    assert len(model.questions_[0][1]) == 3


def test_an_ensemble_learns_counts(data):
    X, y, _ = data
    model = DeepEnsembleVoteRegressor(
        likelihood="dirichlet-multinomial", questions=TREE, n_members=2, max_epochs=2,
        random_state=0,
    ).fit(X, y)  # fmt: skip
    draws = predict_samples(model, X)
    assert draws.shape == (60, 2, 5)
    assert np.allclose(model.predict(X), draws.mean(axis=1), atol=1e-6)
    assert np.isfinite(model.score(X, y))
    scores = VoteBALD(5, random_state=0).score_pool(model, X)
    assert scores.shape == (60,)
    assert scores.max() > 0


def test_it_clones_pickles_and_saves(data, model, tmp_path):
    X, _, _ = data
    draws = model.predict_samples(X, random_state=0)
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict_samples(X, random_state=0), draws)
    assert clone(model).questions == TREE
    model.save_weights(tmp_path / "weights")
    other = clone(model).load_weights(tmp_path / "weights")
    assert np.array_equal(other.predict_samples(X, random_state=0), draws)
    assert other.questions_ == model.questions_
    assert other.score(*data[:2]) == model.score(*data[:2])
    renamed = [(TREE[0][0], ["a", "featured", "c"]), TREE[1]]
    for questions, message in ((renamed, "questions are"), (None, "questions are")):
        with pytest.raises(ValueError, match=message):
            network(questions=questions).load_weights(tmp_path / "weights")
    with pytest.raises(ValueError, match="but questions has 3 answers"):
        network(questions=TREE[:1]).load_weights(tmp_path / "weights")


def test_a_warm_start_keeps_the_questions(data):
    X, y, _ = data
    model = network(warm_start=True).fit(X, y)
    before = model.net_.module_[-1].weight.clone()
    model.fit(X, y)
    assert not torch.equal(model.net_.module_[-1].weight, before)
    flat = [question[:2] for question in TREE]
    with pytest.raises(ValueError, match=r"questions of .* warm_start=True are"):
        model.set_params(questions=flat).fit(X, y)
    message = "has votes on 1 questions, but the first fit had 2"
    with pytest.raises(ValueError, match=message):
        model.set_params(questions=None).fit(X, y[:, :3])
    assert model.predict(X).shape == (60, 5)


def test_a_module_of_the_users_own_has_a_column_per_answer(data):
    X, y, _ = data
    good = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 7))
    model = network(module=good).fit(X, y)
    assert model.predict(X).shape == (60, 5)
    wrong = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 5))
    message = r"outputs of shape \(n_samples, 7\), one column per answer \(the logits"
    with pytest.raises(ValueError, match=message):
        network(module=wrong).fit(X, y)
    ends = nn.Sequential(nn.Dropout(0.5), nn.Linear(4, 5), nn.Softmax(dim=1))
    with pytest.raises(ValueError, match=r"must give logits, .* ends in a Softmax"):
        network("multinomial", module=ends).fit(X, y)


def test_a_question_without_votes_is_named(data):
    X, y, _ = data
    with pytest.warns(VotesWarning, match="no vote on question 1"):
        network().fit(X, y * [1, 1, 1, 0, 0])
    with pytest.raises(ValueError, match="must have a vote, but N is 0 in all 60 rows"):
        network().fit(X, 0 * y)
    with pytest.warns(VotesWarning, match="no row with two votes on question 1"):
        network().fit(X, np.hstack([y[:, :3], np.minimum(y[:, 1:2], 1), 0 * y[:, :1]]))


@pytest.mark.parametrize(("params", "change", "error", "message"), [
    ({}, (0, 0, 0.5), ValueError, "row 0 has the count 0.5 of 'shape: smooth'"),
    ({}, (3, 4, 99), ValueError, "row 3 has .* votes on 'bar', but only"),
    ({"questions": None, "likelihood": "binomial"}, None, ValueError, "must be votes"),
    ({"likelihood": "binomial"}, None, ValueError, "questions of .* must be None"),
    ({"questions": TREE[:1]}, None, ValueError, "5 columns, but questions has 3"),
    ({"questions": 3}, None, TypeError, "questions of .* must be a list of tuples"),
    ({"criterion": nn.MSELoss}, None, ValueError, "got both likelihood="),
])  # fmt: skip
def test_bad_input_is_named(data, params, change, error, message):
    X, y, _ = data
    y = y.astype(float)
    if change is not None:
        row, column, value = change
        y[row, column] = value
    with pytest.raises(error, match=message):
        network(**params).fit(X, y)
