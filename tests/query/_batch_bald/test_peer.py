"""Against batchbald_redux, where it is installed and can be imported."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skbal.query import BatchBALD
from tests.query._batch_bald.arrays import alike_draws, random_draws
from tests.query.fakes import TableSampler, numbered


@pytest.fixture(scope="module")
def peer():
    try:
        import torch
        from batchbald_redux.batchbald import get_batchbald_batch
    except Exception as error:  # it needs packages that fail in other ways, too
        pytest.skip(f"batchbald_redux cannot be imported: {error}")

    def choose(draws, n_instances, n_joint_samples):
        logs = torch.log(torch.from_numpy(draws))
        torch.manual_seed(0)
        batch = get_batchbald_batch(
            logs, n_instances, n_joint_samples, dtype=torch.double
        )
        return batch.indices, batch.scores

    return choose


@pytest.mark.parametrize("make", [random_draws, alike_draws])
@pytest.mark.parametrize(("n_classes", "n_instances"), [(10, 4), (4, 6), (2, 12)])
def test_the_exact_batch_is_the_same(peer, make, n_classes, n_instances):
    draws = np.maximum(make(300, 50, n_classes), 1e-12)  # it gives nan for zeros
    draws /= draws.sum(axis=2, keepdims=True)
    expected, scores = peer(draws, n_instances, 10_000)
    strategy = BatchBALD(n_draws=None, random_state=0)
    chosen = strategy(TableSampler(draws), numbered(300), n_instances)
    assert_array_equal(chosen, expected)
    assert_allclose(np.cumsum(strategy.gains_), scores, atol=2e-6)


def test_sampled_totals_agree_within_their_errors(peer):
    draws = np.maximum(alike_draws(200, 50, 10), 1e-12)
    draws /= draws.sum(axis=2, keepdims=True)
    _, scores = peer(draws, 7, 10_000)
    strategy = BatchBALD(n_draws=None, random_state=0)
    strategy(TableSampler(draws), numbered(200), 7)
    # Both follow one seed to slightly different batches of nearly the same value.
    assert_allclose(strategy.gains_.sum(), scores[-1], atol=0.03)
