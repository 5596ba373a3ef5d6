"""Pieces of the rows see the draws that all rows together see."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner
from skbal.sampling import _vote_draws
from skbal.sampling._vote_draws import check_vote_model, over_vote_draws
from tests.audit.fakes import FixedVotes

X = np.linspace(-2, 2, 23)[:, np.newaxis]
MODEL = FixedVotes(concentration=3.0).fit(X, None)


def draws(rows, rho_draws, concentration):
    assert rho_draws.shape[0] == rows.stop - rows.start
    assert concentration.tolist() == [[3.0]] * len(rho_draws)
    return rho_draws


@pytest.mark.parametrize("random_state", [5, None, np.random.default_rng(0)])
def test_draws_are_joint_over_the_pieces(monkeypatch, random_state):
    monkeypatch.setattr(_vote_draws, "_ROWS_AT_ONCE", 4)
    rho = over_vote_draws(
        draws, MODEL, X, "Owner", n_draws=6, random_state=random_state
    )
    assert rho.shape == (23, 6, 1)
    # In the fake, each draw moves the logit of every row by the same amount.
    logits = np.log(rho / (1 - rho)) - X[:, :, np.newaxis]
    np.testing.assert_allclose(logits, np.broadcast_to(logits[:1], logits.shape))
    if random_state == 5:
        np.testing.assert_allclose(rho, MODEL.predict_samples(X, 6, random_state=5))


def test_the_model_is_found_in_whatever_holds_it():
    pipeline = make_pipeline(StandardScaler(), FixedVotes()).fit(X, X[:, 0])
    learner = ActiveLearner(pipeline)
    for holder in (pipeline, learner):
        assert check_vote_model(holder, "Owner") is pipeline.steps[-1][1]


def test_a_model_of_your_own_without_concentration_counts_as_binomial():
    class Own:
        predict_samples = MODEL.predict_samples
        predict_votes = MODEL.predict_votes

    found = over_vote_draws(
        lambda rows, rho, concentration: np.full(len(rho), concentration is None),
        Own(), X, "Owner",
    )  # fmt: skip
    assert found.all()


def test_other_models_and_empty_pools_are_refused():
    with pytest.raises(TypeError, match=r"Owner needs a model of votes.*Linear"):
        over_vote_draws(draws, LinearRegression(), X, "Owner")
    with pytest.raises(ValueError, match="X given to Owner is empty"):
        over_vote_draws(draws, MODEL, X[:0], "Owner")
