"""The Monte-Carlo dropout classifier; `_base` holds what it shares."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.preprocessing import LabelEncoder
from sklearn.utils.multiclass import check_classification_targets

from skbal.models._dropout._base import MCDropout


class MCDropoutClassifier(ClassifierMixin, MCDropout):
    """A neural network whose posterior over class probabilities comes from dropout.

    Dropout stays on at prediction time, and each draw is one set of dropout masks, the
    same for every row (Gal and Ghahramani 2016). ``predict_proba`` is the mean of
    ``n_draws`` draws under a seed fixed by ``fit``, so it repeats; `predict_samples`
    gives the draws themselves.

    Parameters
    ----------
    module : "auto" or torch.nn.Module class or instance, default="auto"
        The network. "auto" takes the CNN of Gal et al. (2017) for images and a
        multilayer perceptron with dropout for rows; ``module__*`` sets their parameters
        (``module__hidden_units``, ``module__dropout``; ``module__conv_dropout``, ...).
        Your own module needs dropout somewhere, and one output column a class: logits,
        or probabilities or log-probabilities, which is seen from what it gives.
    image_shape : tuple of int, optional
        (channels, height, width) or (height, width): rows of X are flattened images.
    n_draws : int, default=100
        How many draws ``predict`` and ``predict_proba`` average, and how many
        ``predict_samples`` gives when not told.
    deterministic : bool, default=False
        True turns dropout off at prediction time: one prediction, no draws.
    prior_length_scale : float, optional
        The length scale l of a Gaussian prior on the weights, as the weight decay
        ``l**2 / n_samples`` (Gal and Ghahramani 2016, eq. 7, with the keep probability
        counted into l). None: no decay but what ``optimizer__weight_decay`` sets.
    max_epochs : int, default=50
        Passes over the training set.
    max_steps : int, optional
        Gradient steps to take, in place of ``max_epochs``; training may end within an
        epoch. Small training sets have few steps an epoch and large ones many, so a
        campaign that starts with 20 labels is better told its steps.
    lr : float, default=0.001
        The learning rate.
    batch_size : int, default=64
        The most rows in a gradient step. The batches of an epoch are made even, so that
        no step rests on a handful of rows.
    optimizer : str or torch.optim.Optimizer class, default="Adam"
        A name in ``torch.optim`` or a class; ``optimizer__*`` sets its parameters.
    criterion : "auto" or torch loss class, default="auto"
        "auto" is the cross-entropy.
    augment : callable, optional
        Called with each training batch (a tensor), returns one of the same shape; see
        `RandomShift`.
    train_split : callable, optional
        As in skorch, for callbacks that need a validation set, for instance
        ``skorch.dataset.ValidSplit(5)``.
    callbacks : list, optional
        skorch callbacks; ``callbacks__*`` sets their parameters.
    device : str, default="cpu"
        Where the network runs, for instance "cuda".
    warm_start : bool, default=False
        Whether ``fit`` goes on from the weights of the last ``fit``.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the weights, training, and the draws behind ``predict_proba``.
    verbose : int, default=0
        1 shows a progress bar over epochs.
    **kwargs : dict
        Parameters for parts of the skorch net: ``module__*``, ``optimizer__*``,
        ``criterion__*``, ``callbacks__*``, ``iterator_train__*``, ``dataset__*``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The class labels.
    net_ : skorch.NeuralNetClassifier
        The trained net; ``net_.module_`` is the network, ``net_.history`` the training.
    n_features_in_ : int
        Features of a row seen by ``fit`` (for images, channels).
    feature_names_in_ : ndarray of str
        Column names, when X was a data frame.
    row_shape_ : tuple of int
        The shape of a row of X.
    output_kind_ : {"logits", "probabilities", "log_probabilities"}
        What the module gives.
    n_steps_ : int
        Gradient steps taken.
    draw_seed_ : int
        The seed of the draws behind ``predict_proba``.

    References
    ----------
    Gal, Y. and Ghahramani, Z. (2016). Dropout as a Bayesian approximation:
    representing model uncertainty in deep learning. ICML.

    Gal, Y., Islam, R. and Ghahramani, Z. (2017). Deep Bayesian active learning with
    image data. ICML.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skbal.models import MCDropoutClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = MCDropoutClassifier(n_draws=20, random_state=0).fit(X, y)
    >>> draws = model.predict_samples(X, random_state=0)
    >>> draws.shape
    (150, 20, 3)
    >>> bool(model.score(X, y) > 0.9)
    True
    """

    def _net_class(self):
        from skbal.models._networks._training import ClassifierNet

        return ClassifierNet

    def _criterion_class(self):
        import torch

        if self.criterion != "auto":
            return self.criterion
        kind = getattr(self, "output_kind_", "logits")
        # skorch takes the logarithm of what it gives to NLLLoss.
        return (
            torch.nn.NLLLoss if kind == "probabilities" else torch.nn.CrossEntropyLoss
        )

    def _learn_targets(self, y):
        check_classification_targets(y)
        encoder = LabelEncoder().fit(y)
        if self.warm_start and hasattr(self, "net_"):
            self._check_known_classes(encoder.classes_)
        else:
            self.classes_ = encoder.classes_
        return np.searchsorted(self.classes_, y).astype(np.int64)

    def _check_known_classes(self, classes):
        unknown = np.setdiff1d(classes, self.classes_)
        if unknown.size:
            raise ValueError(
                f"y given to {type(self).__name__} with warm_start=True has classes "
                f"{unknown.tolist()}, which the first fit did not see "
                f"({self.classes_.tolist()}): set warm_start=False to begin anew."
            )

    def _n_outputs(self):
        return len(self.classes_)

    def _from_outputs(self, outputs):
        if self.output_kind_ == "probabilities":
            return outputs
        # A softmax leaves log-probabilities what they are, but for the exponential.
        return outputs.softmax(dim=-1)

    def predict_proba(self, X):
        """Return the mean of ``n_draws`` draws of the class probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``.
        """
        mean = self._mean_draw(X)
        # Draws sum to one in float32 only; in float64 scikit-learn's log_loss warns.
        return mean / mean.sum(axis=1, keepdims=True)

    def predict(self, X):
        """Return the class of the largest mean probability.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Class labels.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]
