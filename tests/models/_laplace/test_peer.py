"""Against laplace-torch, where it is installed and can be imported."""

import numpy as np
import pytest
import torch
from scipy import special
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from skbal.models import LaplaceClassifier
from skbal.models._laplace._full import softmax_hessian
from tests.models._laplace._all_weights import dense
from tests.models._laplace.networks import (
    extended_features,
    last_layer,
    network,
    rows,
)


@pytest.fixture(scope="module")
def peer():
    try:
        import laplace
    except Exception as error:  # it fails in many ways, not by ImportError alone
        pytest.skip(f"laplace-torch cannot be imported: {error}")
    return laplace


def peer_order(n_features, n_classes):
    """Positions of our weights, class by class, among theirs: all biases last."""
    weight = np.arange(n_classes * n_features).reshape(n_classes, n_features)
    bias = n_classes * n_features + np.arange(n_classes)[:, None]
    return np.hstack([weight, bias]).ravel()


@pytest.mark.filterwarnings("ignore")
def test_hessian_and_predictive_variance_are_those_of_laplace_torch(peer):
    X, y = rows()
    module = network(3)
    data = TensorDataset(torch.from_numpy(X), torch.from_numpy(y))
    theirs = peer.Laplace(
        module,
        "classification",
        subset_of_weights="last_layer",
        hessian_structure="full",
        prior_precision=torch.tensor(1 / 0.6, dtype=torch.float64),
    )
    theirs.fit(DataLoader(data, batch_size=40))
    ours = LaplaceClassifier(
        module, mode="network", optimize=None, prior_variance=0.6, predictive="probit"
    ).fit(X, y)

    order = peer_order(4, 3)
    phi = extended_features(module, X)
    probabilities = special.softmax(phi @ last_layer(module), axis=1)
    hessian = theirs.H.detach().numpy()[np.ix_(order, order)]
    # Its Hessian is held in float32, whatever the network.
    expected = softmax_hessian(phi, probabilities)
    np.testing.assert_allclose(hessian, expected, rtol=1e-5, atol=1e-6)
    variance = theirs._glm_predictive_distribution(torch.from_numpy(X))[1]
    np.testing.assert_allclose(
        ours._posterior.logit_variance(phi),
        np.diagonal(variance.detach().numpy(), axis1=1, axis2=2),
        rtol=1e-5,
    )
    proba = theirs(torch.from_numpy(X), link_approx="probit")
    np.testing.assert_allclose(
        ours.predict_proba(X), proba.detach().numpy(), rtol=1e-5, atol=1e-7
    )
    evidence = float(theirs.log_marginal_likelihood())
    assert ours.log_marginal_likelihood() == pytest.approx(evidence, rel=1e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("hessian", ["full", "kronecker", "diagonal"])
def test_variances_of_all_weights_are_those_of_laplace_torch(peer, hessian):
    X, y = rows()
    # Without biases, which it gives a block of their own.
    module = dense.randomised(
        nn.Linear(3, 4, bias=False), nn.Tanh(), nn.Linear(4, 3, bias=False)
    )
    data = TensorDataset(torch.from_numpy(X), torch.from_numpy(y))
    theirs = peer.Laplace(
        module,
        "classification",
        subset_of_weights="all",
        hessian_structure={"kronecker": "kron", "diagonal": "diag"}.get(
            hessian, hessian
        ),
        prior_precision=torch.tensor(1 / 0.6, dtype=torch.float64),
        backend=peer.curvature.CurvlinopsGGN,
    )
    theirs.fit(DataLoader(data, batch_size=40))
    ours = LaplaceClassifier(
        module, weights="all", hessian=hessian, optimize=None, prior_variance=0.6
    ).fit(X, y)
    variance = theirs._glm_predictive_distribution(torch.from_numpy(X))[1]
    root = np.concatenate([root for _, root in ours._gaussian.whitened(ours, X)])
    np.testing.assert_allclose(
        root @ root.swapaxes(1, 2), variance.detach().numpy(), rtol=1e-4, atol=1e-6
    )
