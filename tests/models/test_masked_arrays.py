"""Every model of ours refuses rows and targets of which an entry is masked."""

import numpy as np
import pytest

from skbal.models import (
    BayesianLinearRegression,
    BayesianVoteRegression,
    MCDropoutClassifier,
    MeanFieldLinearRegression,
)

X = np.random.default_rng(0).random((12, 3))
Y = np.arange(12) % 2
VOTES = np.stack([Y, np.ones(12, dtype=int)], axis=1)
MASKED = np.ma.masked_array(X, X > 0.9)
MODELS = [
    (BayesianLinearRegression(), Y),
    (MeanFieldLinearRegression(), Y),
    (BayesianVoteRegression(random_state=0), VOTES),
    (MCDropoutClassifier(max_epochs=1, random_state=0), Y),
]


@pytest.mark.parametrize(("model", "y"), MODELS, ids=lambda part: type(part).__name__)
def test_masked_entries_are_refused_by_name(model, y):
    name = type(model).__name__
    with pytest.raises(ValueError, match=f"X given to {name} has .* masked"):
        model.fit(MASKED, y)
    hidden = np.ma.masked_array(y, np.zeros(y.shape, dtype=bool))
    hidden[3] = np.ma.masked
    with pytest.raises(ValueError, match=f"y given to {name}.* has .* masked"):
        model.fit(X, hidden)
    model.fit(np.ma.masked_array(X, False), y)
    with pytest.raises(ValueError, match=f"X given to {name} has .* masked"):
        model.predict(MASKED)
