"""Gradients of a trained network as features of rows."""

from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import count, option
from skbal._utils.random import check_seed

_gradients = lazy_module("skbal.models._networks._gradients")


class GradientFeaturesMixin:
    """Gives ``gradient_features`` to networks, and to estimators that hold one."""

    def gradient_features(self, X, *, weights="all", n_components=512, random_state=0):
        """Return the gradients of the outputs with respect to the weights.

        Inner products of the rows are the neural tangent kernel of the trained network,
        summed over its outputs, with dropout off [1]_. The outputs are those that are
        trained: of a regressor, values of standardised targets; of a classifier, the
        logits. For an ensemble the kernel is the mean of those of its members.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.
        weights : {"all", "last"}, default="all"
            Derivatives with respect to all weights that were trained, or to those of
            the last dense layer, its bias included.
        n_components : int, optional
            Number of components of a random sketch, whose inner products are right on
            average. ``None``, or a number as large as that of all derivatives, returns
            the derivatives themselves.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            Seeds the sketch, 0 by default. Only rows that were sketched with the same
            integer can be compared.

        Returns
        -------
        features : ndarray of shape (n_samples, n_components)
            The gradients, one output after the other, or their sketches. They have the
            precision of the network.

        Raises
        ------
        NotFittedError
            If it is not fitted.
        ValueError
            If X has rows of another shape, NaN or infinity, the network has no last
            dense layer where ``weights="last"``, or it drops values in evaluation mode.

        References
        ----------
        .. [1] D. Holzmüller, V. Zaverkin, J. Kästner and I. Steinwart (2023), A
           Framework and Benchmark for Deep Batch Active Learning for Regression,
           section 3.
        """
        owner = f"gradient_features of {type(self).__name__}"
        option("all", "last")(weights, "weights", owner)
        count(none=True)(n_components, "n_components", owner)
        seed = check_seed(random_state, owner)
        X = self._check_rows(X)
        gradients = _gradients.gradients_of(
            self._modules(),
            weights,
            n_components,
            seed,
            self._to_torch(X[:1]),
            type(self).__name__,
        )
        return gradients.of_rows(X, self._to_torch)
