"""Which weights have a distribution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skbal.models import LaplaceRegressor
from skbal.models._laplace._all_weights._subnetwork import (
    largest_variances,
    subnetwork_of,
)
from tests.models._laplace._all_weights import dense
from tests.models._laplace.networks import rows

FIXED = {"optimize": None, "prior_variance": 0.6, "noise_variance": 0.2}
SIZES = {"0.weight": 12, "0.bias": 4, "2.weight": 4, "2.bias": 1}


def fitted(**parameters):
    X = rows()[0]
    module = dense.two_layers(1)
    model = LaplaceRegressor(module, weights="all", **FIXED, **parameters)
    return module, X, model.fit(X, np.sin(X[:, 0]))


def variance_by_hand(module, X, mask, hessian):
    J = dense.jacobian(module, X)[:, :, mask]
    A = np.einsum("ndi,ndj->ij", J, J) / 0.2
    A = np.diag(np.diag(A)) if hessian == "diagonal" else A
    A = A + np.eye(len(A)) / 0.6
    return 0.2 + np.einsum("ndnd->n", dense.covariance(J, A))


@pytest.mark.parametrize("hessian", ["full", "diagonal"])
@pytest.mark.parametrize(
    ("subnetwork", "first", "last"),
    [(["2"], 16, 21), (["0.bias", "2.weight"], 12, 20), (None, 0, 21)],
)
def test_the_other_weights_are_constants(subnetwork, first, last, hessian):
    module, X, model = fitted(subnetwork=subnetwork, hessian=hessian)
    mask = np.zeros(21, dtype=bool)
    mask[first:last] = True
    np.testing.assert_array_equal(model.subnetwork_, mask)
    expected = variance_by_hand(module, X, mask, hessian)
    std = model.predict(X, return_std=True)[1]
    np.testing.assert_allclose(std**2, expected, rtol=1e-9)


def test_the_last_layer_as_a_subnetwork_is_the_last_layer():
    module, X, model = fitted(subnetwork=["2"])
    last = LaplaceRegressor(module, mode="network", **FIXED).fit(X, np.sin(X[:, 0]))
    for ours, theirs in zip(
        model.predict(X, return_cov=True), last.predict(X, return_cov=True)
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)


@pytest.mark.parametrize("hessian", ["full", "diagonal"])
def test_a_number_takes_the_largest_variances_of_the_diagonal_form(hessian):
    module, X, model = fitted(subnetwork=6, hessian=hessian)
    diagonal = (dense.jacobian(module, X)[:, 0] ** 2).sum(axis=0)
    variances = 1 / (diagonal / 0.2 + 1 / 0.6)
    mask = variances >= np.sort(variances)[-6]
    np.testing.assert_array_equal(model.subnetwork_, mask)
    expected = variance_by_hand(module, X, mask, hessian)
    std = model.predict(X, return_std=True)[1]
    np.testing.assert_allclose(std**2, expected, rtol=1e-9)


@given(st.lists(st.booleans(), min_size=21, max_size=21).filter(any))
def test_positions_within_parameters_are_those_of_the_mask(mask):
    mask = np.array(mask)
    names, chosen, kept = subnetwork_of(SIZES, mask, "it")
    starts = dict(zip(SIZES, np.cumsum([0, *SIZES.values()])))
    places = np.concatenate([np.arange(starts[n], starts[n] + SIZES[n]) for n in names])
    places = places if chosen is None else places[chosen]
    np.testing.assert_array_equal(places, np.flatnonzero(mask))
    np.testing.assert_array_equal(kept, mask)


def test_of_equal_variances_the_first_are_taken():
    found = largest_variances({"a": 2, "b": 3}, np.array([1.0, 0, 0, 2, 0]), 2, "it")
    assert found.names == ["a", "b"]
    np.testing.assert_array_equal(np.flatnonzero(found.mask), [1, 2])


@pytest.mark.parametrize(
    ("subnetwork", "error", "message"),
    [
        (0, ValueError, "an integer >= 1, a list of names .*, got 0"),
        (22, ValueError, "at most the number of weights that are trained, 21, got 22"),
        (True, TypeError, "a boolean mask with an entry for each weight"),
        ("0.weight", TypeError, "a list of names of parameters or layers"),
        ([], TypeError, "a list of names"),
        (["0.wait"], ValueError, "such as '0.weight', got '0.wait'"),
        (np.ones(20, dtype=bool), ValueError, "one of the 21 weights .* length 20"),
        (np.zeros(21, dtype=bool), ValueError, "length 21 with 0 True"),
        (np.ones(21), TypeError, "a boolean mask"),
    ],
)
def test_what_cannot_choose_weights_is_refused(subnetwork, error, message):
    with pytest.raises(error, match=message):
        fitted(subnetwork=subnetwork)


def test_a_network_without_trained_weights_is_refused():
    module = dense.two_layers(1).requires_grad_(False)
    X = rows()[0]
    with pytest.raises(ValueError, match="has no weights that are trained"):
        LaplaceRegressor(module, weights="all", **FIXED).fit(X, X[:, 0])
