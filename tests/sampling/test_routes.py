import numpy as np
import pytest
from sklearn.ensemble import (
    GradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import RFE
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch import NeuralNetClassifier, NeuralNetRegressor
from torch import nn

from skbal._utils.unwrap import unwrap
from skbal.exceptions import NoDrawsError
from skbal.sampling import predict_samples
from skbal.sampling._routes import sampler_of
from tests.sampling.estimators import classifiers, name, regressors

# Own samplers


def test_an_own_sampler_gets_the_number_of_draws_and_an_integer_seed():
    class Recorder:
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            self.got = n_draws, random_state
            return np.zeros((len(X), n_draws or 3, 1))

    recorder = Recorder()
    predict_samples(recorder, [[1], [2]], 4, random_state=11)
    assert recorder.got == (4, 11)
    predict_samples(recorder, [[1], [2]], random_state=np.random.default_rng(0))
    assert recorder.got[0] is None
    assert isinstance(recorder.got[1], int)


@pytest.mark.parametrize("shape", [(3, 5), (2, 5, 1), (3, 5, 1, 1)])
def test_draws_without_three_axes_or_all_rows_are_refused(shape):
    class Odd:
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            return np.zeros(shape)

    with pytest.raises(ValueError, match="predict_samples of Odd must return an array"):
        predict_samples(Odd(), [[1], [2], [3]])


def test_an_own_sampler_that_ignores_the_number_of_draws_is_refused():
    class Stubborn:
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            return np.zeros((len(X), 7, 1))

    with pytest.raises(ValueError, match="asked for 3 draws, but returned 7"):
        predict_samples(Stubborn(), [[1], [2]], 3)


def test_an_own_sampler_with_another_signature_is_told_the_right_one():
    class NoSeed:
        def predict_samples(self, X, n_draws=None):
            return np.zeros((len(X), 3, 1))

    with pytest.raises(TypeError, match=r"NoSeed must take \(X, n_draws=None, \*, "):
        predict_samples(NoSeed(), [[1], [2]])


def test_an_error_inside_an_own_sampler_stays_its_own():
    class Broken:
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            return len(3)

    with pytest.raises(TypeError, match=r"^object of type 'int' has no len\(\)"):
        predict_samples(Broken(), [[1], [2]])


def test_swapped_axes_are_recognised():
    class Swapped:
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            return np.zeros((n_draws, len(X), 1))

    with pytest.raises(ValueError, match=r"got shape \(4, 2, 1\). Are the first two"):
        predict_samples(Swapped(), [[1], [2]], 4)


# Estimators without draws, and not fitted


@pytest.mark.parametrize(
    "estimator",
    [
        GaussianNB(),
        GradientBoostingClassifier(n_estimators=2),
        StandardScaler(),
        make_pipeline(StandardScaler(), GaussianNB()),
        StackingClassifier([("a", KNeighborsClassifier())], GaussianNB(), cv=2),
        RFE(LogisticRegression(), n_features_to_select=2),
    ],
    ids=name,
)
def test_estimators_without_draws_are_refused_by_name(estimator, iris):
    X, y = iris
    estimator.fit(X, y)
    last = unwrap(estimator)[1]
    last = getattr(last, "final_estimator_", last)
    with pytest.raises(NoDrawsError, match=rf"{name(last)} makes no .* BayesianRidge"):
        predict_samples(estimator, X)


def test_a_regressor_without_draws_is_told_of_regressors(regression):
    with pytest.raises(NoDrawsError, match=r"Ridge makes no .* BaggingRegr") as got:
        predict_samples(Ridge().fit(*regression), regression[0])
    assert "predict_proba" not in str(got.value)


def test_a_net_of_skorch_is_told_what_takes_its_module():
    module = nn.Sequential(nn.Linear(2, 3), nn.Dropout())
    for net, kind in (
        (NeuralNetClassifier(module), "Classifier"),
        (make_pipeline(StandardScaler(), NeuralNetRegressor(module)), "Regressor"),
    ):
        message = rf"makes no .* Give skbal.models.MCDropout{kind}\(net.module\), or"
        with pytest.raises(NoDrawsError, match=message):
            sampler_of(net, None, 0)


def test_several_labels_without_draws_are_told_what_to_use(iris):
    X, y = iris
    y = np.c_[y == "setosa", X[:, 0] > 5]
    chain = ClassifierChain(RandomForestClassifier(3)).fit(X, y)
    near = KNeighborsClassifier().fit(X, y)
    for model in (chain, near):
        message = rf"{name(model)} makes no .* of several labels\. Use MCDropoutMulti"
        with pytest.raises(NoDrawsError, match=message):
            predict_samples(model, X)
    with pytest.raises(NoDrawsError, match="LogisticRegression makes no posterior"):
        predict_samples(MultiOutputClassifier(LogisticRegression()).fit(X, y), X)


def test_a_pipeline_that_ends_in_nothing_is_refused(iris):
    pipeline = Pipeline([("a", StandardScaler()), ("b", "passthrough")]).fit(*iris)
    with pytest.raises(TypeError, match="passthrough makes no posterior draws"):
        predict_samples(pipeline, iris[0])


@pytest.mark.parametrize("estimator", classifiers() + regressors()[:-1], ids=name)
def test_an_estimator_that_is_not_fitted_says_so(estimator, iris):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        predict_samples(estimator, iris[0])


# Bad rows


@pytest.mark.parametrize("estimator", classifiers() + regressors()[:-1], ids=name)
def test_bad_rows_get_the_error_of_the_estimator(estimator, iris):
    X, y = iris
    estimator.fit(X, y if hasattr(estimator, "predict_proba") else X.sum(axis=1))
    with pytest.raises(ValueError, match=r"features, but .* is expecting 4"):
        predict_samples(estimator, X[:, :3])
    with pytest.raises(ValueError, match="infinity"):
        predict_samples(estimator, np.full((3, 4), np.inf))
    with pytest.raises(ValueError, match="0 sample"):
        predict_samples(estimator, X[:0])
    with pytest.raises(ValueError, match=r"2D array|2 dimension|dim 1|1D array"):
        predict_samples(estimator, X[0])
