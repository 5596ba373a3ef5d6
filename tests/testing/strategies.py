"""A good strategy, and a broken one for each promise."""

import numpy as np

from skbal.base import QueryStrategy


class Good(QueryStrategy):
    """Scores a row by its first feature."""

    def __init__(
        self, *, random_state=None, pool_subsample=None, batch_size=None, n_jobs=None
    ):
        self.random_state = random_state
        self.pool_subsample = pool_subsample
        self.batch_size = batch_size
        self.n_jobs = n_jobs

    def score_pool(self, estimator, X_pool):
        X = np.asarray(X_pool, dtype=np.float64)
        if len(X) == 0:
            raise ValueError("X_pool is empty")
        return X[:, 0].copy()


class StoresACopy(Good):
    def __init__(self, weights=None, *, random_state=None):
        super().__init__(random_state=random_state)
        self.weights = np.asarray(weights)


class TakesOthers(Good):
    def __init__(self, power=1.0, **others):
        super().__init__(**others)
        self.power = power


class WithoutSeed(QueryStrategy):
    """Draws random scores, and has no parameter."""

    def score_pool(self, estimator, X_pool):
        return np.random.default_rng().random(len(X_pool))


class ChecksInInit(Good):
    def __init__(self, *, random_state=None, factor=1.0):
        super().__init__(random_state=random_state)
        if not isinstance(factor, float):
            raise TypeError("factor must be a float")
        self.factor = factor


class TwoColumns(Good):
    def score_pool(self, estimator, X_pool):
        return super().score_pool(estimator, X_pool)[:, np.newaxis]


class SinglePrecision(Good):
    def score_pool(self, estimator, X_pool):
        return super().score_pool(estimator, X_pool).astype(np.float32)


class NotFinite(Good):
    def score_pool(self, estimator, X_pool):
        return np.log(super().score_pool(estimator, X_pool) * 0)


class Changed(Good):
    """Chooses well, then changes the choice."""

    def change(self, chosen, n_pool):
        return chosen

    def __call__(self, learner, X_pool, n_instances=1):
        chosen = super().__call__(learner, X_pool, n_instances)
        return self.change(chosen, len(X_pool))


class Twice(Changed):
    def change(self, chosen, n_pool):
        return np.full_like(chosen, chosen[0])


class TooFew(Changed):
    def change(self, chosen, n_pool):
        return chosen[: max(len(chosen) - 1, 1)]


class Mask(Changed):
    def change(self, chosen, n_pool):
        return np.isin(np.arange(n_pool), chosen)


class FromTheEnd(Changed):
    def change(self, chosen, n_pool):
        return chosen - n_pool


class LowestFirst(Good):
    def select_batch(self, learner, X_pool, n_instances, rng):
        chosen = super().select_batch(learner, X_pool, len(X_pool), rng)
        return chosen[::-1][:n_instances]


class FirstOfEqual(Good):
    def select_batch(self, learner, X_pool, n_instances, rng):
        scores = self.score_pool(learner, X_pool)
        return np.argsort(-scores, kind="stable")[:n_instances]


class NeverFresh(Good):
    def select_batch(self, learner, X_pool, n_instances, rng):
        rng = np.random.default_rng(self.random_state or 0)
        return super().select_batch(learner, X_pool, n_instances, rng)


class NeverTheSame(Good):
    def select_batch(self, learner, X_pool, n_instances, rng):
        return np.random.default_rng().permutation(len(X_pool))[:n_instances]


class ByPosition(Good):
    def score_pool(self, estimator, X_pool):
        scores = super().score_pool(estimator, X_pool)
        return scores + np.linspace(0, 1, len(scores))


class ByNeighbour(Good):
    def score_pool(self, estimator, X_pool):
        scores = super().score_pool(estimator, X_pool)
        return scores + np.roll(scores, 1)


class CentredInChunks(Good):
    def score_pool(self, estimator, X_pool):
        scores = super().score_pool(estimator, X_pool)
        for start in range(0, len(scores), self.batch_size or len(scores)):
            chunk = slice(start, start + (self.batch_size or len(scores)))
            scores[chunk] -= scores[chunk].mean()
        return scores


class HalfByTwoWorkers(Good):
    def score_pool(self, estimator, X_pool):
        return super().score_pool(estimator, X_pool) / (self.n_jobs or 1)


class FirstRowsOnly(Good):
    def _candidates(self, n_pool, n_instances, rng):
        rows = super()._candidates(n_pool, n_instances, rng)
        return None if rows is None else np.arange(len(rows))


class IgnoresSubsample(Good):
    def _candidates(self, n_pool, n_instances, rng):
        return None


class NeedsTwoRows(Changed):
    def change(self, chosen, n_pool):
        return chosen + 1 if n_pool == 1 else chosen


class RepeatsTheLast(Changed):
    def change(self, chosen, n_pool):
        if len(chosen) == n_pool:
            chosen[-1] = chosen[0]
        return chosen


class AsManyAsThereAre(Good):
    def __call__(self, learner, X_pool, n_instances=1):
        return super().__call__(learner, X_pool, min(n_instances, len(X_pool)))


class TooManyWithoutNumbers(Good):
    def __call__(self, learner, X_pool, n_instances=1):
        if n_instances > len(X_pool) > 0:
            raise ValueError("too many rows")
        return super().__call__(learner, X_pool, n_instances)


class NothingOfNothing(Good):
    def __call__(self, learner, X_pool, n_instances=1):
        if len(X_pool) == 0:
            return np.array([], dtype=np.intp)
        return super().__call__(learner, X_pool, n_instances)


class NoScoresOfNothing(Good):
    def score_pool(self, estimator, X_pool):
        return np.asarray(X_pool, dtype=np.float64)[:, 0].copy()


class TakesTrue(Good):
    def __call__(self, learner, X_pool, n_instances=1):
        return super().__call__(learner, X_pool, int(n_instances))


class WritesIntoThePool(Good):
    def score_pool(self, estimator, X_pool):
        X_pool -= X_pool.mean(axis=0)
        return super().score_pool(estimator, X_pool)


class ChangesItself(Good):
    def score_pool(self, estimator, X_pool):
        self.batch_size = len(X_pool)
        return super().score_pool(estimator, X_pool)


class GlobalStream(Good):
    def score_pool(self, estimator, X_pool):
        np.random.seed(0)  # noqa: NPY002
        return super().score_pool(estimator, X_pool)


class ForgetsInPickle(Good):
    def __getstate__(self):
        return {**super().__getstate__(), "random_state": 1, "sign": -1}

    def score_pool(self, estimator, X_pool):
        return super().score_pool(estimator, X_pool) * getattr(self, "sign", 1)


class LooksAtTheClass(Good):
    def score_pool(self, estimator, X_pool):
        scores = super().score_pool(estimator, X_pool)
        return scores if hasattr(estimator, "fit") else -scores
