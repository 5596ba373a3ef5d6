"""The evidence of a linear model around given weights.

    log p(Y) ~ log p(Y | W) + log p(W) - 1/2 log |A| + constant,

where A is the Hessian. The weights W are fixed, and need not be the most probable ones.
MacKay's updates are those of `skbal.models._linear._evidence` with W in place of the
posterior mean.
"""

import numpy as np

from skbal.models._linear._evidence import EvidenceProblem, log_evidence


class GivenWeightsProblem(EvidenceProblem):
    """The evidence as a function of the variances, with fixed weights.

    Parameters
    ----------
    statistics : FewRows or ManyRows
        Statistics of features and targets.
    weights : ndarray of shape (n_features, n_outputs)
        The weights.
    """

    def __init__(self, statistics, weights):
        self.weights = weights
        scatter = statistics.scatter_y
        super().__init__(
            statistics.spectrum, scatter, np.zeros(len(scatter)), statistics.weight
        )
        self._residual = statistics.residual_scatter(weights)
        self._length = weights.T @ weights

    def update(self, variances):
        """Return the next variances and the present number of effective parameters."""
        ratio, output = variances.noise / variances.prior, variances.output
        shares = ratio / (self.values + ratio)
        gamma = float(len(self.values) - shares.sum())
        residual = output.square(self._residual) / output.rank
        noise = max(residual / self.n_free(ratio, gamma), self.smallest_noise)
        length = output.square(self._length) / output.rank
        prior = length / gamma if length > 0 and gamma > 0 else variances.prior
        return variances._replace(prior=float(prior), noise=float(noise)), gamma

    def most_probable(self, variances):
        """Return the variances for which the weights and residuals are most probable.

        Per output, ``prior = |W|^2 / n_features`` and ``noise = |Y - Phi W|^2 / n``.
        """
        output = variances.output
        length = output.square(self._length) / (output.rank * len(self.weights))
        prior = length if length > 0 else variances.prior
        noise = output.square(self._residual) / (output.rank * self.n)
        noise = max(noise, self.smallest_noise)
        return variances._replace(prior=float(prior), noise=float(noise))

    def row(self, variances, gamma):
        """Return one row of ``evidence_path_``."""
        prior, noise, output = variances
        square = output.square(self._residual) / noise
        square += output.square(self._length) / prior
        log_det = np.log1p(self.values * (prior / noise)).sum()
        log = log_evidence(self.n, square, log_det, noise, output)
        return prior, noise, gamma, log
