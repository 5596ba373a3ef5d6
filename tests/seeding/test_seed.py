"""What holds for every seed: chance, pools of any kind, errors."""

import numpy as np
import pytest
from sklearn.base import clone

from skbal.seeding import BalancedSeed, ClusterSeed, KMeansSeed, RandomSeed, Seed
from tests._utils import pools

ALL = [
    RandomSeed(4),
    BalancedSeed(2),
    KMeansSeed(2),
    KMeansSeed(None, 4),
    ClusterSeed(4),
]
X = np.random.default_rng(0).normal(size=(40, 3))
Y = np.repeat([0, 1], 20)


@pytest.mark.parametrize("seed", ALL, ids=repr)
def test_the_same_random_state_chooses_the_same_rows(seed):
    seed = clone(seed).set_params(random_state=5)
    first = seed.select(X, Y)
    assert first.dtype == np.intp
    np.testing.assert_array_equal(first, clone(seed).select(X, Y))
    others = [clone(seed).set_params(random_state=s).select(X, Y) for s in (6, 7, 8)]
    assert any(first.tolist() != other.tolist() for other in others)


@pytest.mark.parametrize("seed", ALL, ids=repr)
def test_numpys_global_stream_stays_where_it_was(seed):
    before = np.random.get_state()  # noqa: NPY002
    seed.select(X, Y)
    after = np.random.get_state()  # noqa: NPY002
    np.testing.assert_array_equal(before[1], after[1])
    assert before[2:] == after[2:]


@pytest.mark.parametrize("kind", pools.KINDS)
@pytest.mark.parametrize("seed", ALL, ids=repr)
def test_rows_of_a_pool_of_any_kind_are_chosen_as_those_of_an_array(seed, kind):
    seed = clone(seed).set_params(random_state=1)
    chosen = seed.select(pools.make(kind, X), Y)
    np.testing.assert_array_equal(chosen, seed.select(X, Y))


@pytest.mark.parametrize("kind", ["csr", "items", "dask"])
def test_principal_components_of_a_pool_of_any_kind_are_those_of_an_array(kind):
    seed = KMeansSeed(None, 4, features="pca", n_components=2, random_state=1)
    chosen = seed.select(pools.make(kind, X))
    np.testing.assert_array_equal(np.sort(chosen), np.sort(seed.select(X)))


@pytest.mark.parametrize("seed", ALL, ids=repr)
def test_the_pool_stays_as_it_was(seed):
    mine, labels = X.copy(), Y.copy()
    mine.flags.writeable = labels.flags.writeable = False
    seed.select(mine, labels)
    np.testing.assert_array_equal(mine, X)


SIX = np.arange(12.0).reshape(6, 2)


@pytest.mark.parametrize(
    ("seed", "y", "error", "message"),
    [
        (RandomSeed(7), None, ValueError, "RandomSeed is 7, but X holds only 6 rows"),
        (RandomSeed(0), None, ValueError, "n_instances of RandomSeed must be"),
        (RandomSeed(2.0), None, TypeError, "n_instances of RandomSeed must be"),
        (
            RandomSeed(2, random_state=-1),
            None,
            ValueError,
            "random_state of RandomSeed",
        ),
        (BalancedSeed(2), None, ValueError, "y of BalancedSeed must hold the class"),
        (BalancedSeed(0), [0] * 6, ValueError, "n_per_class of BalancedSeed must be"),
        (
            BalancedSeed(3),
            list("aabbbb"),
            ValueError,
            "n_per_class of BalancedSeed is 3, but class 'a' has only 2 rows. Take "
            "n_per_class=2",
        ),
        (
            KMeansSeed(2),
            list("abbbbb"),
            ValueError,
            "n_per_class of KMeansSeed is 2, but class 'a' has only 1 row. Take "
            "n_per_class=1",
        ),
        (BalancedSeed(1), [0, 1], ValueError, "for each of the 6 rows of X, got 2"),
        (KMeansSeed(1), [0, 1], ValueError, "for each of the 6 rows of X, got 2"),
        (
            BalancedSeed(1),
            np.linspace(0, 1, 6),
            ValueError,
            "y of BalancedSeed must hold classes, got continuous values",
        ),
        (
            KMeansSeed(1),
            np.linspace(0, 1, 6),
            ValueError,
            r"got continuous values. RandomSeed and KMeansSeed\(n_per_class=None\)",
        ),
        (KMeansSeed(1), np.eye(6), ValueError, r"per row, got shape \(6, 6\)"),
        (
            BalancedSeed(2),
            [[1, 3]] * 6,
            ValueError,
            r"y of BalancedSeed must hold one class per row, got shape \(6, 2\)",
        ),
        (
            KMeansSeed(1),
            np.ones((6, 2, 2)),
            ValueError,
            r"y of KMeansSeed must hold one class per row, got shape \(6, 2, 2\)",
        ),
        (KMeansSeed(1), [np.nan] * 6, ValueError, "KMeansSeed must not contain NaN"),
        (
            BalancedSeed(1),
            np.array(["a", 1] * 3, dtype=object),
            TypeError,
            "y of BalancedSeed must hold either strings or numbers, got int and str",
        ),
        (KMeansSeed(), None, ValueError, "KMeansSeed is 20, but X holds only 6 rows"),
        (KMeansSeed(0), [0] * 6, ValueError, "n_per_class of KMeansSeed must be"),
        (KMeansSeed(2.0), [0] * 6, TypeError, "n_per_class of KMeansSeed must be"),
        (
            KMeansSeed(None, 3, pool_subsample=2),
            None,
            ValueError,
            "KMeansSeed is 3, but pool_subsample allows only 2 rows",
        ),
        (
            KMeansSeed(None, 3, pool_subsample=0),
            None,
            ValueError,
            "pool_subsample of KMeansSeed must be",
        ),
        (
            KMeansSeed(None, 3, features="pcs"),
            None,
            ValueError,
            "features of KMeansSeed must be 'input', 'pca', a function",
        ),
        (
            KMeansSeed(None, 3, features=None),
            None,
            TypeError,
            "features of KMeansSeed must be 'input', 'pca', a function",
        ),
        (
            KMeansSeed(None, 3, features=np.eye(5)),
            None,
            ValueError,
            r"a row for each of the 6 rows of X, got shape \(5, 5\)",
        ),
        (
            KMeansSeed(None, 3, features=lambda rows: rows[:1]),
            None,
            ValueError,
            "features of KMeansSeed must have one row for each of the 6 rows",
        ),
        (
            KMeansSeed(None, 3, features="pca", n_components=3),
            None,
            ValueError,
            "n_components of KMeansSeed is 3, but 6 rows of 2 features have only 2",
        ),
        (
            KMeansSeed(None, 3, features=np.full((6, 1), np.nan)),
            None,
            ValueError,
            "features of KMeansSeed are not valid: .* NaN",
        ),
    ],
)
def test_bad_requests_are_refused(seed, y, error, message):
    with pytest.raises(error, match=message):
        seed.select(SIX, y)


@pytest.mark.parametrize("seed", [KMeansSeed(1), KMeansSeed(None, 2)], ids=repr)
def test_rows_with_nan_are_refused_by_a_seed_that_looks_at_them(seed):
    hole = SIX.copy()
    hole[3, 1] = np.nan
    with pytest.raises(
        ValueError, match=r"rows of X given to KMeansSeed .* contains NaN"
    ):
        seed.select(hole, [0, 0, 0, 1, 1, 1])


class Drawn(Seed):
    """A seed of a user: rows that the generator draws, perhaps wrong ones."""

    def __init__(self, low=0, high=40):
        self.low = low
        self.high = high

    def select_rows(self, X, y, rng):
        return rng.choice(np.arange(self.low, self.high), 4, replace=False).tolist()


def test_a_seed_of_ones_own_needs_only_to_select_rows():
    seed = Drawn()
    seed.random_state = 3
    first = seed.select(X)
    assert first.dtype == np.intp
    np.testing.assert_array_equal(first, seed.select(X))
    with pytest.raises(ValueError, match="result of select_rows of Drawn must lie in"):
        Drawn(low=40, high=50).select(X)
    with pytest.raises(TypeError, match="select_rows"):
        Seed()
