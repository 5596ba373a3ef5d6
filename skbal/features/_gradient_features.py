"""Gradients of a fitted network as the features of a query strategy."""

from functools import partial

from sklearn.base import BaseEstimator

from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, count, option, seed
from skbal._utils.random import check_seed
from skbal._utils.unwrap import transform, unwrap


class GradientFeatures(KnowsItsParameters, BaseEstimator):
    """Take the gradients of a network's outputs as the features of a strategy.

    Two rows are similar if training on one changes the prediction of the other. Inner
    products of gradients with respect to the weights say how much: they are the neural
    tangent kernel of the trained network. Give a strategy this object as its parameter
    ``features``. The strategy then computes the gradients of the network that it is
    called with, again after each training.

    All derivatives of a row may be a million numbers. A sketch has few components,
    whose inner products are right on average, with an error that falls as
    1 / sqrt(n_components) [1]_. For dense and convolutional layers it is computed
    without the derivatives.

    Parameters
    ----------
    weights : {"all", "last"}, default="all"
        Derivatives with respect to all weights that were trained, or to those of the
        last dense layer, its bias included. For a regressor of one output, the latter
        are the input of that layer and a one.
    n_components : int, optional
        Number of components of a random sketch. ``None``, or a number as large as that
        of all derivatives, takes the derivatives themselves. The default is 512.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the sketch. The default of 0 takes the same one in each call, ``None``
        another one.

    See Also
    --------
    skbal.query.LCMD : The strategy that did best with such features in [1]_.
    skbal.query.BAIT : Takes them for a regressor.

    Notes
    -----
    The network is any estimator with a method ``gradient_features``, such as skbal's
    networks and the models on top of one. The outputs are those that are trained: of a
    regressor, values of standardised targets; of a classifier, the logits. Their
    kernels are summed, and dropout is off.

    Each output costs one backward pass, and each layer two products with
    ``n_components`` random vectors.

    References
    ----------
    .. [1] D. Holzmüller, V. Zaverkin, J. Kästner and I. Steinwart (2023), A Framework
       and Benchmark for Deep Batch Active Learning for Regression, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal import ActiveLearner
    >>> from skbal.features import GradientFeatures
    >>> from skbal.models import MCDropoutRegressor
    >>> from skbal.query import LCMD
    >>> X = np.random.default_rng(0).normal(size=(60, 3))
    >>> learner = ActiveLearner(
    ...     MCDropoutRegressor(max_epochs=2, random_state=0),
    ...     LCMD(features=GradientFeatures(n_components=64), random_state=0),
    ...     X_training=X[:20],
    ...     y_training=np.sin(X[:20, 0]),
    ... )
    >>> rows, _ = learner.query(X[20:], n_instances=5)
    >>> rows.shape
    (5,)
    >>> GradientFeatures(weights="last").function_of(learner)(X[:7]).shape
    (7, 101)
    """

    _parameter_rules = {
        "weights": option("all", "last"),
        "n_components": count(none=True),
        "random_state": seed(),
    }

    def __init__(self, weights="all", *, n_components=512, random_state=0):
        self.weights = weights
        self.n_components = n_components
        self.random_state = random_state

    def function_of(self, estimator):
        """Return the function that computes the features of rows.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted network, also in a ``Pipeline`` or a learner.

        Returns
        -------
        function : callable
            Takes rows, returns an ndarray of shape (n_rows, n_components). All rows get
            the same sketch. It can be pickled if the estimator can.

        Raises
        ------
        TypeError
            If the model has no gradients.
        """
        transformers, model = unwrap(estimator)
        return partial(_in_front, transformers, self.of_model(model))

    def of_model(self, model):
        """Return the same function for a model without pipelines around it.

        Parameters
        ----------
        model : estimator
            A fitted network.

        Returns
        -------
        function : callable
            Takes rows that enter the model.
        """
        check_parameters(self)
        if not hasattr(model, "gradient_features"):
            raise TypeError(
                f"{type(self).__name__} needs a network with a method "
                f"gradient_features, as skbal's networks have, got "
                f"{type(model).__name__}. For other models, try features='model' or "
                "features='input'."
            )
        return partial(
            model.gradient_features,
            weights=self.weights,
            n_components=self.n_components,
            random_state=check_seed(self.random_state, type(self).__name__),
        )


def _in_front(transformers, function, X):
    return function(transform(transformers, X))
