import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from skbal.models._swag._moments import Snapshots, WeightMoments


def collected(snapshots, rank):
    found = Snapshots(rank)
    for weights in snapshots:
        found.add(weights)
    return found.moments()


@settings(max_examples=30, deadline=None)
@given(
    n_snapshots=st.integers(2, 9),
    n_weights=st.integers(1, 5),
    rank=st.integers(2, 12),
    location=st.sampled_from([0.0, -3.0, 1e4]),
    seed=st.integers(0, 1000),
)
def test_moments_are_those_of_all_snapshots(
    n_snapshots, n_weights, rank, location, seed
):
    rng = np.random.default_rng(seed)
    snapshots = location + rng.normal(size=(n_snapshots, n_weights))
    found = collected(snapshots, rank)
    np.testing.assert_allclose(found.mean, snapshots.mean(axis=0))
    np.testing.assert_allclose(found.variance, snapshots.var(axis=0), atol=1e-12)
    running = np.cumsum(snapshots, axis=0) / np.arange(1, n_snapshots + 1)[:, None]
    expected = (snapshots - running)[-rank:]
    np.testing.assert_allclose(found.deviations, expected, rtol=1e-5, atol=1e-6)


def test_small_variances_around_large_weights_survive():
    snapshots = 1000 + np.array([[0.0, 1e-4], [0.0, 3e-4]])
    variance = collected(snapshots, 2).variance
    np.testing.assert_allclose(variance, [0, 1e-8], rtol=1e-6)


MOMENTS = WeightMoments(
    mean=np.array([1.0, -2.0, 0.5]),
    variance=np.array([0.5, 0.0, 2.0]),
    deviations=np.array([[1, 0, 2], [0, 3, 1], [-1, 1, 0], [0, 2, 0]], np.float32),
)


def test_draws_have_the_mean_and_covariance_of_the_formula():
    n = 4000
    draws = np.array([MOMENTS.draw(k, seed=0) for k in range(n)])
    d = MOMENTS.deviations
    covariance = np.diag(MOMENTS.variance) / 2 + d.T @ d / (2 * (4 - 1))
    # Whitened draws are standard normal: n times their covariance is Wishart, so each
    # entry off the diagonal has the variance 1 / n and each on it 2 / n.
    white = np.linalg.solve(np.linalg.cholesky(covariance), (draws - MOMENTS.mean).T)
    assert np.abs(white.mean(axis=1)).max() < 4 / np.sqrt(n)
    assert np.abs(white @ white.T / n - np.eye(3)).max() < 4 * np.sqrt(2 / n)
    assert stats.kstest(white.ravel(), "norm").pvalue > 1e-3


def test_a_draw_depends_on_its_number_and_seed_alone():
    first = MOMENTS.draw(3, seed=5)
    np.testing.assert_array_equal(MOMENTS.draw(3, seed=5), first)
    assert (MOMENTS.draw(4, seed=5) != first).all()
    assert (MOMENTS.draw(3, seed=6) != first).all()


def test_weights_that_never_changed_are_constants_in_every_draw():
    found = collected(np.array([[2.0, 1.0], [2.0, 3.0], [2.0, 0.0]]), 20)
    draws = np.array([found.draw(k, seed=0) for k in range(5)])
    assert (draws[:, 0] == 2).all()
    assert len(set(draws[:, 1])) == 5
