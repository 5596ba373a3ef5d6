"""Chunks of the rows see the draws that all rows together see."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner
from skbal._utils import walk
from skbal._utils.vote_models import check_vote_model
from skbal.sampling._vote_draws import vote_draws
from tests.audit.fakes import FixedVotes

X = np.linspace(-2, 2, 23)[:, np.newaxis]
MODEL = FixedVotes(concentration=3.0).fit(X, None)


@pytest.mark.parametrize("random_state", [5, None, np.random.default_rng(0)])
def test_draws_are_joint_over_the_chunks(monkeypatch, random_state):
    monkeypatch.setattr(walk, "rows_at_once", lambda *a, **k: 4)
    chunks = list(vote_draws(MODEL, X, "Owner", n_draws=6, random_state=random_state))
    for rows, rho_draws, concentration in chunks:
        assert rho_draws.shape[0] == rows.stop - rows.start
        assert concentration.tolist() == [[3.0]] * len(rho_draws)
    rho = np.concatenate([rho_draws for _, rho_draws, _ in chunks])
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

    concentrations = [found for *_, found in vote_draws(Own(), X, "Owner")]
    assert set(concentrations) == {None}


def test_other_models_and_empty_pools_are_refused():
    with pytest.raises(TypeError, match=r"Owner needs a model of votes.*Linear"):
        next(vote_draws(LinearRegression(), X, "Owner"))
    with pytest.raises(ValueError, match="X given to Owner is empty"):
        next(vote_draws(MODEL, X[:0], "Owner"))
