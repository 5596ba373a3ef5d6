"""Models of votes whose rho is known, and votes from them."""

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, RegressorMixin


class FixedVotes(RegressorMixin, BaseEstimator):
    """Rho of question q is expit(first feature + spread * normal draw + q)."""

    def __init__(self, spread=1.0, n_questions=1, concentration=np.inf):
        self.spread = spread
        self.n_questions = n_questions
        self.concentration = concentration

    def fit(self, X, y):
        self.is_fitted_ = True
        return self

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        rng = np.random.default_rng(random_state)
        normal = rng.normal(size=(n_draws or 50, self.n_questions))
        first = np.asarray(X, dtype=float).reshape(len(X), -1)[:, 0]
        logits = first[:, None, None] + self.spread * normal
        return expit(logits + np.arange(self.n_questions))

    def predict_votes(self, X, n_votes):
        raise NotImplementedError("Nothing here should need it.")

    def predict_concentration(self, X):
        return np.full((len(X), self.n_questions), float(self.concentration))

    def predict(self, X):
        return self.predict_samples(X, random_state=0).mean(axis=1)


class CountingVotes(FixedVotes):
    """Counts the rows that it makes draws for."""

    def fit(self, X, y):
        self.n_rows_drawn_ = 0
        return super().fit(X, y)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        self.n_rows_drawn_ += len(X)
        return super().predict_samples(X, n_draws, random_state=random_state)


def draws_and_votes(n_samples, *, n_draws=20, n_questions=1, largest=30, seed=0):
    """Return draws of rho, and votes by one of the draws of each row."""
    rng = np.random.default_rng(seed)
    where = rng.normal(0, 1.5, size=(n_samples, 1, n_questions))
    rho = expit(where + rng.normal(size=(n_samples, n_draws, n_questions)))
    truth = rho[np.arange(n_samples), rng.integers(n_draws, size=n_samples)]
    n = rng.integers(1, largest + 1, size=truth.shape)
    return rho, np.stack([rng.binomial(n, truth), n], axis=-1)


TREE = [("shape", ["smooth", "disk", "star"]), ("bar", ["yes", "no"], "disk")]


def shares_and_counts(n_rows=1500, concentration=8.0):
    """Return draws of shares and counts of the columns of ``TREE``, one draw true."""
    rng = np.random.default_rng(0)
    draws, counts, total = [], [], np.full(n_rows, 20)
    for a in ([4.0, 5.0, 1.0], [2.0, 3.0]):
        shares = rng.dirichlet(a, (n_rows, 10))
        own = np.array([rng.dirichlet(concentration * p) for p in shares[:, 0]])
        draws.append(shares)
        counts.append(rng.multinomial(total, own))
        total = counts[0][:, 1]
    return np.concatenate(draws, axis=2), np.hstack(counts)
