"""A good sampler, and one bad sampler for each promise."""

import numpy as np
import torch
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from skbal._utils.random import check_seed, stream


class GoodClassifier(ClassifierMixin, BaseEstimator):
    """Class means as weights, with normal noise; softmax of the products."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        X = np.asarray(X, dtype=np.float64)
        self.n_features_in_ = X.shape[1]
        self.classes_, codes = np.unique(y, return_inverse=True)
        means = [X[codes == c].mean(axis=0) for c in range(len(self.classes_))]
        jitter = stream(check_seed(self.random_state), "fit").normal(size=X.shape[1])
        self.coef_ = (np.array(means) - X.mean(axis=0)) * (2 + 0.1 * jitter)
        return self

    def check_rows(self, X):
        X = np.asarray(X, dtype=np.float64)
        if X.ndim != 2 or X.shape[1] != self.n_features_in_ or not np.isfinite(X).all():
            raise ValueError("bad rows")
        return X

    def weights(self, n_draws, seed):
        noise = stream(seed, "weights").normal(size=(n_draws, *self.coef_.shape))
        return self.coef_ + 0.3 * noise

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        X = self.check_rows(X)
        weights = self.weights(n_draws or 40, check_seed(random_state))
        return softmax(np.einsum("nf,kcf->nkc", X, weights), axis=2)

    def predict_proba(self, X):
        draws = GoodClassifier.predict_samples(self, X, 500, random_state=99)
        return draws.mean(axis=1)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class GoodRegressor(RegressorMixin, BaseEstimator):
    """A constant whose draws are normal; large numbers, to see the units."""

    def fit(self, X, y):
        self.n_features_in_ = np.shape(X)[1]
        self.mean_ = np.mean(y)
        return self

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        slopes = stream(check_seed(random_state)).normal(size=n_draws or 40)
        return self.mean_ + 1e3 * np.asarray(X)[:, :1, np.newaxis] * slopes[:, None]

    def predict(self, X):
        return np.full(len(X), self.mean_)


class WithoutClasses(GoodClassifier):
    def fit(self, X, y):
        super().fit(X, y)
        del self.classes_
        return self

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)


class WithoutSeed(GoodClassifier):
    def predict_samples(self, X, n_draws=None):
        return super().predict_samples(X, n_draws)


class SwappedAxes(GoodClassifier):
    def predict_samples(self, X, n_draws=None, *, random_state=None):
        draws = super().predict_samples(X, n_draws, random_state=random_state)
        return draws.swapaxes(0, 1)


class Changed(GoodClassifier):
    """A good sampler whose draws are changed on the way out."""

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        X = self.check_rows(X)
        draws = super().predict_samples(X, n_draws, random_state=random_state)
        return self.change(draws, X, random_state)


class TwoAxes(Changed):
    def change(self, draws, X, seed):
        return draws[:, 0]


class IgnoresNumberOfDraws(GoodClassifier):
    def predict_samples(self, X, n_draws=None, *, random_state=None):
        return super().predict_samples(X, 40, random_state=random_state)


class NotANumber(Changed):
    def change(self, draws, X, seed):
        return np.where(draws == draws.max(), np.nan, draws)


class Unnormalised(Changed):
    """Softmax over rows in place of classes."""

    def change(self, draws, X, seed):
        return softmax(np.log(draws), axis=0)


class Negative(Changed):
    def change(self, draws, X, seed):
        return draws + [-0.9, 0.9, 0.0]


class WrongOrder(Changed):
    """Columns in another order, and predict_proba with them."""

    def change(self, draws, X, seed):
        return draws[:, :, ::-1]

    def predict_proba(self, X):
        return super().predict_proba(X)[:, ::-1]

    def predict(self, X):
        return self.classes_[self.predict_proba(X)[:, ::-1].argmax(axis=1)]


class WrongMean(Changed):
    def change(self, draws, X, seed):
        sharper = draws**4
        return sharper / sharper.sum(axis=2, keepdims=True)


class MaskPerRow(GoodClassifier):
    """Other weights for every row: not joint, and bound to the place of a row."""

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        X, seed = self.check_rows(X), check_seed(random_state)
        weights = [self.weights(n_draws or 40, seed + i) for i in range(len(X))]
        return softmax(np.einsum("nf,nkcf->nkc", X, np.array(weights)), axis=2)


class MaskPerBatch(GoodClassifier):
    """Other weights for every chunk of 16 rows, as with masks redrawn a batch."""

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        X, seed = self.check_rows(X), check_seed(random_state)
        order = np.argsort(X[:, 0], kind="stable")
        draws = np.empty((len(X), n_draws or 40, len(self.classes_)))
        for number, rows in enumerate(np.array_split(order, len(X) // 16 + 1)):
            weights = self.weights(n_draws or 40, seed + number)
            draws[rows] = softmax(np.einsum("nf,kcf->nkc", X[rows], weights), axis=2)
        return draws


class BatchStatistics(GoodClassifier):
    """Rows centred by their own mean, like BatchNorm in training mode."""

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        X = self.check_rows(X)
        return super().predict_samples(
            X - 0.5 * X.mean(axis=0), n_draws, random_state=random_state
        )

    def predict_proba(self, X):
        return self.predict_samples(X, 500, random_state=99).mean(axis=1)


class RankNoise(Changed):
    """Equal rows get draws that differ, by their rank among their equals."""

    def change(self, draws, X, seed):
        order = np.lexsort(X.T)
        same = np.r_[False, (np.diff(X[order], axis=0) == 0).all(axis=1)]
        second = np.zeros(len(X), dtype=bool)
        second[order] = same
        return np.where(second[:, None, None], draws[:, ::-1], draws)


class AlwaysTheSame(GoodClassifier):
    def predict_samples(self, X, n_draws=None, *, random_state=None):
        return super().predict_samples(X, n_draws, random_state=0)


class NeverTheSame(GoodClassifier):
    def predict_samples(self, X, n_draws=None, *, random_state=None):
        return super().predict_samples(X, n_draws)


class NeverFresh(GoodClassifier):
    def predict_samples(self, X, n_draws=None, *, random_state=None):
        return super().predict_samples(X, n_draws, random_state=random_state or 0)


class RunningStatistics(GoodClassifier):
    """Moves with every call."""

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        self.coef_ = 0.9 * self.coef_
        return super().predict_samples(X, n_draws, random_state=random_state)


class GlobalStream(GoodClassifier):
    """Repeatable, but it seeds everybody's stream."""

    def weights(self, n_draws, seed):
        np.random.seed(seed)  # noqa: NPY002
        noise = np.random.normal(size=(n_draws, *self.coef_.shape))  # noqa: NPY002
        return self.coef_ + 0.3 * noise


class GlobalStreamWithoutSeed(GoodClassifier):
    def predict_samples(self, X, n_draws=None, *, random_state=None):
        if random_state is None:
            random_state = np.random.randint(2**31)  # noqa: NPY002
        return super().predict_samples(X, n_draws, random_state=random_state)


class TorchGlobalStream(GoodClassifier):
    def weights(self, n_draws, seed):
        torch.manual_seed(seed)
        noise = torch.randn(n_draws, *self.coef_.shape).numpy()
        return self.coef_ + 0.3 * noise


class GlobalStreamAfterAnError(GoodClassifier):
    """Puts the stream back, except when its rows are bad."""

    def check_rows(self, X):
        state = np.random.get_state()  # noqa: NPY002
        np.random.seed(0)  # noqa: NPY002
        X = super().check_rows(X)
        np.random.set_state(state)  # noqa: NPY002
        return X


class WithModule(GoodClassifier):
    """Holds a network as skorch does: behind a plain object."""

    class Net:
        def __init__(self):
            self.module_ = torch.nn.Sequential(
                torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2)
            )
            self.module_.eval()

    def fit(self, X, y):
        self.net_ = self.Net()
        return super().fit(X, y)

    def touch(self, module, X):
        """Do nothing to the network."""

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        self.touch(self.net_.module_, X)
        return super().predict_samples(X, n_draws, random_state=random_state)


class LeftInTraining(WithModule):
    def touch(self, module, X):
        module.train()


class LeftInTrainingAfterAnError(WithModule):
    def touch(self, module, X):
        module.train()
        self.check_rows(X)
        module.eval()


class MovesBatchNorm(WithModule):
    def touch(self, module, X):
        module.train()
        module(torch.ones(4, 2))
        module.eval()


class FreezesWeights(WithModule):
    def touch(self, module, X):
        module.requires_grad_(False)


class WritesIntoRows(GoodClassifier):
    def check_rows(self, X):
        return np.clip(X, -1, 1, out=X) if isinstance(X, np.ndarray) else X


class ForgetsInPickle(GoodClassifier):
    def __getstate__(self):
        return {**super().__getstate__(), "coef_": np.zeros_like(self.coef_)}


class FitsByChance(GoodClassifier):
    def fit(self, X, y):
        super().fit(X, y)
        self.coef_ = self.coef_ * np.random.default_rng().uniform(0.5, 2)
        return self
