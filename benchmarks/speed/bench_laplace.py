"""The Laplace approximation of all weights, against a few lines of torch and a peer.

An MLP of 10,301 weights on 300 rows, with all correlations: fit, and 100 draws at 200
rows. The network of Gal et al. (2017) on 100 images of 28 x 28 pixels, by Kronecker
products: fit, and 20 draws at 10 rows.

Run by asv, or as ``python -m benchmarks.speed.bench_laplace``. The peer, laplace-torch,
is measured if it can be imported.
"""

import numpy as np
import torch
from torch.func import functional_call, jacrev, vmap
from torch.utils.data import DataLoader, TensorDataset

from skbal.models import DropoutMLP, GalCNN, LaplaceClassifier, LaplaceRegressor

from ._timing import command_line, ratio, seconds

N_DRAWS = 100
FIXED = {"optimize": None, "prior_variance": 0.1}


def table(n_samples=300):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, 1)).astype(np.float32)
    return X, np.sin(3 * X[:, 0]) + 0.1 * rng.normal(size=n_samples)


def images(n_samples=100):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, 1, 28, 28)).astype(np.float32)
    return X, np.arange(n_samples) % 10


def mlp():
    torch.manual_seed(0)
    return DropoutMLP(n_features=1, n_outputs=1, hidden_units=(100, 100)).eval()


def cnn():
    torch.manual_seed(0)
    return GalCNN(image_shape=(1, 28, 28), n_outputs=10).eval()


def jacobian(module, X):
    """Return the Jacobian, (n_samples, n_weights), of a network with one output."""
    weights = {name: w.detach() for name, w in module.named_parameters()}

    def output(weights, row):
        return functional_call(module, weights, (row[None],))[0, 0]

    found = vmap(jacrev(output), in_dims=(None, 0))(weights, torch.from_numpy(X))
    return torch.cat([part.flatten(1) for part in found.values()], dim=1).double()


def torch_lines(module, X, new, prior=0.1, noise=1.0):
    """Return 100 draws at new rows, by one dense Cholesky factor of the precision."""
    J = jacobian(module, X)
    A = J.T @ J / noise + torch.eye(J.shape[1], dtype=J.dtype) / prior
    factor = torch.linalg.cholesky(A)
    normal = torch.randn(J.shape[1], N_DRAWS, dtype=J.dtype)
    step = torch.linalg.solve_triangular(factor.T, normal, upper=True)
    return module(torch.from_numpy(new)).detach() + jacobian(module, new) @ step


class AllWeights:
    """asv: fit and draws of both networks."""

    timeout = 600

    def setup(self):
        self.X, self.y = table()
        self.new = table(200)[0]
        self.mlp = mlp()
        self.images, self.labels = images()
        self.cnn = cnn()
        self.fitted = self.fit_cnn()

    def fit_mlp(self):
        model = LaplaceRegressor(self.mlp, weights="all", **FIXED)
        return model.fit(self.X, self.y)

    def fit_and_draw_mlp(self):
        return self.fit_mlp().predict_samples(self.new, N_DRAWS, random_state=0)

    def torch_lines(self):
        return torch_lines(self.mlp, self.X, self.new)

    def fit_cnn(self):
        model = LaplaceClassifier(self.cnn, weights="all", hessian="kronecker", **FIXED)
        return model.fit(self.images, self.labels)

    def draw_cnn(self):
        return self.fitted.predict_samples(self.images[:10], 20, random_state=0)

    time_fit_mlp = fit_mlp
    time_fit_and_draw_mlp = fit_and_draw_mlp
    time_fit_cnn = fit_cnn
    time_draw_cnn = draw_cnn

    def track_torch_lines_over_ours(self):
        return ratio(self.torch_lines, self.fit_and_draw_mlp, n_pairs=1)


def fit_peer(laplace, module, X, y, likelihood, hessian):
    """Fit laplace-torch on all weights."""
    y = torch.from_numpy(np.asarray(y))
    y = y if likelihood == "classification" else y.float()[:, None]
    model = laplace.Laplace(
        module, likelihood, subset_of_weights="all", hessian_structure=hessian
    )
    model.fit(DataLoader(TensorDataset(torch.from_numpy(X), y), batch_size=50))
    return model


def main():
    command_line(__doc__).parse_args()
    bench = AllWeights()
    bench.setup()
    print(f"MLP, fit: {seconds(bench.fit_mlp):.2f} s")
    print(f"MLP, fit and draws: {seconds(bench.fit_and_draw_mlp):.2f} s")
    print(f"torch lines / ours: {bench.track_torch_lines_over_ours():.1f}")
    print(f"CNN, Kronecker, fit: {seconds(bench.fit_cnn):.2f} s")
    print(f"CNN, Kronecker, 20 draws at 10 rows: {seconds(bench.draw_cnn):.2f} s")
    try:
        import laplace
    except Exception as error:  # it fails in many ways, not by ImportError alone
        print(f"laplace-torch cannot be imported: {error}")
        return
    data = (bench.images, bench.labels, "classification", "kron")
    theirs = seconds(fit_peer, laplace, bench.cnn, *data)
    print(f"laplace-torch / ours, CNN, fit: {theirs / seconds(bench.fit_cnn):.1f}")


if __name__ == "__main__":
    main()
