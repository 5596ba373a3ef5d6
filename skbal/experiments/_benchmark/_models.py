"""The models of the benchmark, by their names. All are fast, and all have draws."""

from dataclasses import dataclass

from sklearn.ensemble import RandomForestClassifier
from sklearn.kernel_approximation import RBFSampler
from sklearn.pipeline import make_pipeline

from skbal.experiments._benchmark._tables import CLASSIFICATION, REGRESSION
from skbal.models import BayesianLinearRegression, BayesianLogisticRegression


@dataclass(frozen=True)
class Model:
    """A model of the benchmark, and what pages say of it."""

    estimator: object
    task: str
    words: str


MODELS = {
    "forest": Model(
        # With leaves of one row every tree is certain, and BALD is MaxEntropy.
        RandomForestClassifier(50, min_samples_leaf=2, n_jobs=1),
        CLASSIFICATION,
        "a random forest with two rows or more in a leaf, whose 50 trees are the draws",
    ),
    "logistic": Model(
        BayesianLogisticRegression(),
        CLASSIFICATION,
        "Bayesian logistic regression on the columns",
    ),
    "fourier": Model(
        make_pipeline(
            RBFSampler(gamma="scale", n_components=200), BayesianLinearRegression()
        ),
        REGRESSION,
        "Bayesian linear regression on 200 random Fourier features, which is nearly a "
        "Gaussian process",
    ),
}
