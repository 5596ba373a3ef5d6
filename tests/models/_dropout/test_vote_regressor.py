"""The network of votes as a user meets it: learning, predicting, refusing."""

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.special import expit
from scipy.stats import betabinom, binom
from sklearn.base import clone, is_regressor
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from skbal.exceptions import NoDropoutError, VotesWarning
from skbal.models import MCDropoutVoteRegressor

# The fast one learns rho, the slow one also how far votes scatter around it.
SLOW = {"max_epochs": 30, "n_draws": 20, "random_state": 0}
FAST = {"max_epochs": 12, "lr": 0.005, "n_draws": 20, "random_state": 0}


def simulated(n=400, concentration=np.inf, n_questions=2, seed=0):
    """Return rows, votes and the rho behind them."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 5)).astype(np.float32)
    logits = X[:, :n_questions] * 1.5 + np.linspace(0, -1, n_questions)
    rho = expit(logits)
    a, b = concentration * rho, concentration * (1 - rho)
    own = rho if np.isinf(concentration) else rng.beta(a, b)
    asked = rng.integers(0, 60, size=rho.shape)
    return X, np.stack([rng.binomial(asked, own), asked], axis=-1), rho


@pytest.fixture(scope="module")
def data():
    return simulated()


@pytest.fixture(scope="module")
def model(data):
    X, votes, _ = data
    return MCDropoutVoteRegressor(**FAST).fit(X, votes)


# ------------------------------------------------------------------------- learning


@pytest.mark.slow
@pytest.mark.parametrize("likelihood", ["binomial", "beta-binomial"])
def test_it_learns_rho_of_both_questions(likelihood):
    X, votes, rho = simulated(800)
    model = MCDropoutVoteRegressor(likelihood=likelihood, **FAST).fit(X, votes)
    new, _, rho = simulated(500, seed=1)
    for question in range(2):
        found = model.predict(new)[:, question]
        assert np.corrcoef(found, rho[:, question])[0, 1] > 0.95
    assert model.n_questions_ == 2


@pytest.mark.slow
@pytest.mark.parametrize("concentration", [3.0, 30.0])
def test_the_concentration_is_found(concentration):
    X, votes, _ = simulated(1500, concentration=concentration)
    model = MCDropoutVoteRegressor(likelihood="beta-binomial", **SLOW).fit(X, votes)
    found = np.median(model.predict_concentration(X), axis=0)
    # What the network has not learned of rho looks like disagreement, too.
    assert (found > 0.5 * concentration).all()
    assert (found < 1.5 * concentration).all()


@pytest.mark.slow
def test_rows_differ_in_their_concentration():
    X, _, rho = simulated(2000)
    rng = np.random.default_rng(0)
    own = np.where(X[:, 3:4] > 0, 50.0, 2.0)
    asked = np.full(rho.shape, 40)
    votes = rng.binomial(asked, rng.beta(own * rho, own * (1 - rho)))
    votes = np.stack([votes, asked], axis=-1)
    model = MCDropoutVoteRegressor(likelihood="beta-binomial", **SLOW).fit(X, votes)
    found = model.predict_concentration(X)
    tight, loose = found[X[:, 3] > 0.5], found[X[:, 3] < -0.5]
    assert np.median(tight) > 5 * np.median(loose)


@pytest.mark.slow
def test_a_binomial_has_an_infinite_concentration_without_a_draw(
    data, model, monkeypatch
):
    monkeypatch.setattr(MCDropoutVoteRegressor, "_sampler", None)
    found = model.predict_concentration(data[0])
    assert np.isinf(found).all()
    assert found.shape == (400, 2)


def test_rows_of_many_votes_teach_more_than_rows_of_few():
    X = np.repeat(np.eye(2, dtype=np.float32), 50, axis=0)
    half = np.arange(100) % 2
    # Of alike rows, half say all no by 1 vote, half all yes by 30.
    votes = np.stack([np.where(half, 30, 0), np.where(half, 30, 1)], axis=1)
    rho = MCDropoutVoteRegressor(**FAST).fit(X, votes).predict(X)
    assert (rho > 0.9).all()


def test_votes_in_two_rows_are_votes_in_one():
    X, votes, _ = simulated(60)
    first = votes // 2
    halves = np.concatenate([first, votes - first])
    settings = {**SLOW, "module__dropout": 0.0, "batch_size": 200, "max_steps": 25}
    whole = MCDropoutVoteRegressor(**settings).fit(X, votes)
    twice = MCDropoutVoteRegressor(**settings).fit(np.concatenate([X, X]), halves)
    # The loss is a mean over rows, and Adam does not see its scale.
    np.testing.assert_allclose(whole.predict(X), twice.predict(X), atol=1e-4)


@pytest.mark.slow
def test_image_rows_get_the_network_of_galaxies():
    rng = np.random.default_rng(0)
    images = rng.normal(size=(40, 1, 16, 16)).astype(np.float32)
    images[:20] += 1
    votes = np.array([[9, 10]] * 20 + [[1, 10]] * 20)
    model = MCDropoutVoteRegressor(**FAST).fit(images, votes)
    assert type(model.net_.module_).__name__ == "GalaxyCNN"
    assert model.predict(images[:20]).mean() > model.predict(images[20:]).mean() + 0.5
    flat = MCDropoutVoteRegressor(image_shape=(16, 16), **FAST)
    flat.fit(images.reshape(40, -1), votes)
    np.testing.assert_array_equal(
        flat.predict(images.reshape(40, -1)), model.predict(images)
    )


def test_images_smaller_than_the_network_can_take_are_refused():
    X = np.zeros((4, 1, 7, 9), dtype=np.float32)
    with pytest.raises(ValueError, match=r"X given to .* at least 8x8 pixels"):
        MCDropoutVoteRegressor().fit(X, [[1, 2]] * 4)


@pytest.mark.slow
def test_a_warm_start_goes_on_and_keeps_the_number_of_questions(data):
    X, votes, _ = data
    model = MCDropoutVoteRegressor(
        warm_start=True, likelihood="beta-binomial", **{**FAST, "max_epochs": 2}
    )
    first = model.fit(X, votes).score(X, votes)
    for _ in range(5):
        model.fit(X, votes)
    assert model.score(X, votes) > first
    with pytest.raises(ValueError, match="votes on 1 questions, but the first fit had"):
        model.fit(X, votes[:, :1])


def test_a_warm_start_keeps_the_likelihood(data):
    X, votes, _ = data
    settings = {"warm_start": True, **FAST, "max_epochs": 2}
    model = MCDropoutVoteRegressor(**settings).fit(X, votes)
    before = model.predict_votes(X, 5)
    model.set_params(likelihood="beta-binomial")
    # What was learned stays binomial until a fit that begins anew.
    np.testing.assert_array_equal(model.predict_votes(X, 5), before)
    message = "likelihood of .* is 'beta-binomial', but the first fit had 'binomial'"
    with pytest.raises(ValueError, match=message):
        model.fit(X, votes)
    model.set_params(warm_start=False).fit(X, votes)
    assert np.isfinite(model.predict_concentration(X)).all()


def test_a_concentration_that_votes_tell_only_later_is_learned_then(data):
    X, votes, _ = data
    single = np.stack([votes[..., 0] > votes[..., 1] / 2, votes[..., 1] >= 0], axis=-1)
    model = MCDropoutVoteRegressor(
        warm_start=True, likelihood="beta-binomial", **{**FAST, "max_epochs": 2}
    )
    with pytest.warns(VotesWarning, match="no row with two votes"):
        model.fit(X, single)
    assert np.isinf(model.predict_concentration(X)).all()
    assert np.isfinite(model.fit(X, votes).predict_concentration(X)).all()


def test_a_first_fit_that_fails_leaves_what_was_learned(data):
    X, votes, _ = data
    model = MCDropoutVoteRegressor(**{**FAST, "max_epochs": 1}).fit(X, votes)
    before = model.predict(X)
    with pytest.raises(ValueError, match="must have a vote"):
        model.fit(X, np.zeros((400, 2)))
    np.testing.assert_array_equal(model.predict(X), before)


# ----------------------------------------------------------------------- predicting


@pytest.mark.slow
def test_axes_follow_those_of_y(data, model):
    X, votes, _ = data
    one = MCDropoutVoteRegressor(**FAST).fit(X, votes[:, 0])
    assert one.predict(X[:7]).shape == (7,)
    assert one.predict_votes(X[:7], 10).shape == (7, 11)
    assert one.predict_interval(X[:7], 10).shape == (7, 2)
    assert one.predict_samples(X[:7]).shape == (7, 20, 1)
    assert model.predict(X[:7]).shape == (7, 2)
    assert model.predict_votes(X[:7], 10).shape == (7, 2, 11)
    assert model.predict_interval(X[:7]).shape == (7, 2, 2)
    assert model.predict_samples(X[:7]).shape == (7, 20, 2)


@pytest.mark.slow
@pytest.mark.parametrize("likelihood", ["binomial", "beta-binomial"])
def test_votes_are_the_mixture_over_the_draws(data, likelihood):
    X, votes, _ = data
    model = MCDropoutVoteRegressor(likelihood=likelihood, **FAST).fit(X, votes)
    asked = np.array([[3, 0], [40, 1], [7, 227]])
    draws = model.predict_samples(X[:3], random_state=model.draw_seed_).astype(float)
    found = model.predict_votes(X[:3], asked)
    k = np.arange(228)
    for row in range(3):
        for question, c in enumerate(model.predict_concentration(X[:3])[row]):
            rho, n = draws[row, :, question, np.newaxis], asked[row, question]
            law = binom(n, rho) if np.isinf(c) else betabinom(n, c * rho, c - c * rho)
            np.testing.assert_allclose(
                found[row, question], law.pmf(k).mean(axis=0), atol=1e-10
            )


def test_the_score_is_the_mean_log_probability_of_a_vote(data, model):
    X, votes, _ = data
    k, n = np.moveaxis(votes, -1, 0)[:, :, np.newaxis]
    rho = model.predict_samples(X, random_state=model.draw_seed_).astype(float)
    rows = np.log((rho**k * (1 - rho) ** (n - k)).mean(axis=1)).sum(axis=1)
    assert model.score(X, votes) == pytest.approx(rows.sum() / n.sum())
    weights = np.zeros(400)
    weights[5] = 3.0
    expected = rows[5] / n[5].sum()
    assert model.score(X, votes, sample_weight=weights) == pytest.approx(expected)


def test_the_score_of_one_vote_each_is_minus_the_log_loss(data, model):
    X, _, rho = data
    yes = np.random.default_rng(0).binomial(1, rho)
    found = model.predict(X)
    expected = np.log(np.where(yes, found, 1 - found)).mean()
    votes = np.stack([yes, np.ones_like(yes)], axis=-1)
    assert model.score(X, votes) == pytest.approx(expected, rel=1e-5)


def test_intervals_hold_what_they_promise_and_no_more(data, model):
    X, _, _ = data
    for level in (0.5, 0.8, 0.95):
        low, high = np.moveaxis(model.predict_interval(X, 40, level), -1, 0)
        cumulative = np.cumsum(model.predict_votes(X, 40), axis=-1)
        cumulative = np.concatenate([np.zeros((400, 2, 1)), cumulative], axis=-1)
        below = np.take_along_axis(cumulative, low[..., np.newaxis], -1)[..., 0]
        up_to = np.take_along_axis(cumulative, high[..., np.newaxis] + 1, -1)[..., 0]
        assert (up_to - below > level - 1e-9).all()
        assert (below <= (1 - level) / 2 + 1e-9).all()
        assert (1 - up_to <= (1 - level) / 2 + 1e-9).all()


def test_the_interval_of_rho_is_that_of_the_draws(data, model):
    X, _, _ = data
    draws = model.predict_samples(X, random_state=model.draw_seed_)
    found = model.predict_interval(X, level=0.8)
    np.testing.assert_allclose(found[..., 0], np.quantile(draws, 0.1, axis=1), 1e-6)
    np.testing.assert_allclose(found[..., 1], np.quantile(draws, 0.9, axis=1), 1e-6)


@pytest.mark.slow
def test_a_network_that_saturates_still_has_a_finite_score():
    X = np.array([[-1.0], [1.0]] * 20, dtype=np.float32)
    votes = np.array([[0, 40], [40, 40]] * 20)
    model = MCDropoutVoteRegressor(**{**FAST, "max_epochs": 300, "lr": 0.05}).fit(
        X, votes
    )
    assert np.isfinite(model.score(X * 100, votes[::-1]))
    draws = model.predict_samples(X * 100)
    assert draws.dtype == np.float32
    assert (draws > 0).all() and (draws < 1).all()  # noqa: PT018


@pytest.mark.slow
def test_one_model_is_the_pass_without_dropout(data):
    X, votes, _ = data
    model = MCDropoutVoteRegressor(deterministic=True, **FAST).fit(X, votes)
    assert model.predict_samples(X).shape == (400, 1, 2)
    k = np.arange(11)
    expected = binom.pmf(k, 10, model.predict(X)[..., np.newaxis])
    np.testing.assert_allclose(model.predict_votes(X, 10), expected, atol=1e-6)


# ---------------------------------------------------------------------- as an estimator


@pytest.mark.slow
@pytest.mark.versions
def test_it_is_a_regressor_that_clones_and_pickles(data, model):
    X, votes, _ = data
    assert is_regressor(model)
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copy.predict(X), model.predict(X))
    again = clone(model).fit(X, votes)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


@pytest.mark.slow
@pytest.mark.versions
def test_it_works_in_pipelines_searches_and_cross_validation(data):
    X, votes, _ = data
    net = MCDropoutVoteRegressor(**{**FAST, "max_epochs": 3})
    search = GridSearchCV(
        make_pipeline(StandardScaler(), net),
        {
            "mcdropoutvoteregressor__likelihood": ["binomial", "beta-binomial"],
            "mcdropoutvoteregressor__lr": [1e-5, 1e-2],
        },
        cv=2,
    ).fit(X, votes)
    assert search.best_params_["mcdropoutvoteregressor__lr"] == 1e-2
    assert cross_val_score(net, X, votes[:, 0], cv=2).shape == (2,)


@pytest.mark.slow
def test_votes_may_come_as_a_frame(data, model):
    X, votes, _ = data
    frame = pd.DataFrame(votes[:, 0], columns=["bar", "asked"])
    found = MCDropoutVoteRegressor(**FAST).fit(X, frame).score(X, frame)
    plain = MCDropoutVoteRegressor(**FAST).fit(X, votes[:, 0]).score(X, votes[:, 0])
    assert found == plain


# -------------------------------------------------------------------------- refusing


class Ends(nn.Sequential):
    def __init__(self, *last, n_outputs=1, p=0.5):
        super().__init__(nn.Dropout(p), nn.Linear(5, n_outputs), *last)


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"likelihood": "beta"}, ValueError, "likelihood of MCDropoutVoteRegressor "
         "must be 'binomial', 'beta-binomial', .*, got 'beta'"),
        ({"module": Ends(nn.Sigmoid())}, ValueError, "must give logits, but Ends ends "
         "in a Sigmoid"),
        ({"module": Ends(n_outputs=2)}, ValueError, r"outputs of shape \(n_samples, 1"
         r"\), one column per question, but Ends gives \(8, 2\) for 8 rows"),
        ({"module": Ends(n_outputs=1), "likelihood": "beta-binomial"}, ValueError,
         r"outputs of shape \(n_samples, 2\), two columns per question \(the logits of "
         r"all, then as many for the concentrations\), but Ends gives \(8, 1\)"),
        ({"module": nn.Linear(5, 1)}, NoDropoutError, "must have dropout"),
        ({"likelihood": "beta-binomial", "criterion": nn.MSELoss}, ValueError,
         "got both likelihood='beta-binomial' and a criterion"),
        ({"criterion": "mse"}, ValueError, "criterion of MCDropoutVoteRegressor must "
         "be 'auto' or a torch loss class, got 'mse'"),
        ({"dropuot": 0.2}, TypeError, "unexpected parameter 'dropuot'"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_named(data, parameters, error, message):
    X, votes, _ = data
    with pytest.raises(error, match=message):
        MCDropoutVoteRegressor(**parameters).fit(X, votes[:, 0])


def test_votes_are_checked_by_fit_and_score(data, model):
    X, votes, _ = data
    wrong = votes.copy()
    wrong[5, 1] = 9, 4
    for method in (model.score, clone(model).fit):
        message = "row 5 has k = 9 yes votes of N = 4 of question 1"
        with pytest.raises(ValueError, match=message):
            method(X, wrong)
        with pytest.raises(ValueError, match=r"400.* 399"):
            method(X, votes[:-1])
    with pytest.raises(ValueError, match=r"votes on 1 questions, but .* fitted on 2"):
        model.score(X, votes[:, 0])
    with pytest.raises(ValueError, match="has no vote: N is 0 in all 400 rows"):
        model.score(X, np.zeros_like(votes))


@pytest.mark.parametrize(
    "ask",
    [
        lambda model, X: model.predict_votes(X, 3),
        lambda model, X: model.predict_interval(X),
        lambda model, X: model.predict_concentration(X),
        lambda model, X: model.score(X, np.ones((len(X), 2, 2))),
    ],
)
def test_rows_of_another_shape_are_refused_by_all_that_predicts(data, model, ask):
    X = data[0]
    with pytest.raises(ValueError, match="X has 4 features, but MCDropoutVoteRegr"):
        ask(model, X[:, :4])
    with pytest.raises(ValueError, match=r"rows of shape \(5, 1\), but .* \(5,\)"):
        ask(model, X[:, :, None])


@pytest.mark.parametrize("level", [0, 1.0])
@pytest.mark.parametrize("n_votes", [None, 5])
def test_no_interval_holds_nothing_or_all(data, model, level, n_votes):
    message = "level of predict_interval of MCDropoutVoteRegressor must be above 0"
    with pytest.raises(ValueError, match=message):
        model.predict_interval(data[0], n_votes, level)


@pytest.mark.slow
@pytest.mark.parametrize("likelihood", ["binomial", "beta-binomial"])
def test_without_any_vote_there_is_nothing_to_learn(data, likelihood):
    X, votes, _ = data
    model = MCDropoutVoteRegressor(likelihood=likelihood, **FAST)
    with pytest.raises(ValueError, match="must have a vote, but N is 0 in all 400"):
        model.fit(X, np.zeros_like(votes))
    votes = votes.copy()
    votes[:, 1] = 0
    with pytest.warns(VotesWarning, match="no vote on question 1") as caught:
        model.fit(X, votes)
    assert caught[0].filename == __file__
    assert np.isfinite(model.predict_votes(X, 40)).all()


@pytest.mark.slow
def test_single_votes_cannot_tell_a_concentration(data):
    X, _, rho = data
    yes = np.random.default_rng(0).binomial(1, rho[:, 0])
    votes = np.stack([yes, np.ones_like(yes)], axis=-1)
    model = MCDropoutVoteRegressor(likelihood="beta-binomial", **SLOW)
    with pytest.warns(VotesWarning, match="no row with two votes on question 0") as w:
        model.fit(X, votes)
    assert w[0].filename == __file__
    assert np.isinf(model.predict_concentration(X)).all()
    plain = MCDropoutVoteRegressor(**SLOW).fit(X, votes)
    # Other first weights, as there are more of them.
    np.testing.assert_allclose(model.predict(X), plain.predict(X), atol=0.1)


@pytest.mark.slow
def test_a_loss_of_the_users_own_is_called_with_logits_and_votes(data):
    X, votes, _ = data

    class Squared(nn.Module):
        def forward(self, logits, votes):
            share = votes[..., 0] / votes[..., 1].clamp(min=1)
            return ((torch.sigmoid(logits) - share) ** 2).mean()

    model = MCDropoutVoteRegressor(criterion=Squared, **FAST).fit(X, votes)
    assert np.corrcoef(model.predict(X)[:, 0], data[2][:, 0])[0, 1] > 0.9
    assert np.isinf(model.predict_concentration(X)).all()


@pytest.mark.slow
def test_a_hidden_sigmoid_is_suspected_of_what_it_gives(data):
    X, votes, _ = data

    class Hidden(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = Ends()

        def forward(self, x):
            return torch.sigmoid(self.body(x))

    with pytest.warns(
        VotesWarning, match="all rho lie between 0.5 and 0.731"
    ) as caught:
        MCDropoutVoteRegressor(Hidden, **FAST).fit(X, votes[:, 0])
    assert caught[0].filename == __file__
    MCDropoutVoteRegressor(Ends(), **FAST).fit(X, votes[:, 0])
