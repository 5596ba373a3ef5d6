"""A neural network as an estimator of scikit-learn; inside, a skorch net is trained.

`NetworkEstimator` holds what is true of every network: parameters, checks, training,
warm starts, features, draws by chunks of rows, and saved weights. An estimator adds one
base for each of two questions:

- How are draws made? `MCDropout` draws dropout masks, `DeepEnsemble` has one network a
  draw.
- What is y? `ClassTargets` are labels, `NumberTargets` numbers, `VoteTargets` votes.
"""

from abc import abstractmethod

from sklearn.base import BaseEstimator

from skbal._utils.images import image_shape
from skbal._utils.parameters import (
    check_parameters,
    count,
    either,
    flag,
    option,
    real,
)
from skbal._utils.pickled_version import KnowsItsVersion
from skbal._utils.transactions import all_or_nothing
from skbal.base import PosteriorSamplerMixin
from skbal.models._networks import _rules as rules
from skbal.models._networks._building import NetBuildingMixin
from skbal.models._networks._drawing import DrawingMixin
from skbal.models._networks._features import FeaturesMixin
from skbal.models._networks._gradient_features import GradientFeaturesMixin
from skbal.models._networks._parameters import NetworkParametersMixin
from skbal.models._networks._rows import NetworkRowsMixin
from skbal.models._networks._saving import SavingMixin
from skbal.models._networks._standardizing import StandardizingMixin
from skbal.models._networks._weights import WeightsMixin


class NetworkEstimator(
    KnowsItsVersion,
    NetBuildingMixin,
    DrawingMixin,
    FeaturesMixin,
    GradientFeaturesMixin,
    SavingMixin,
    NetworkParametersMixin,
    NetworkRowsMixin,
    StandardizingMixin,
    WeightsMixin,
    PosteriorSamplerMixin,
    BaseEstimator,
):
    """What all networks share; the methods that a subclass gives stand at the end."""

    _parameter_rules = {
        "module": rules.module(),
        "image_shape": image_shape(),
        "standardize": either(flag(), option("auto")),
        "max_epochs": count(),
        "max_steps": count(none=True),
        "lr": real(0),
        "batch_size": count(),
        "optimizer": rules.optimizer(),
        "criterion": rules.criterion(),
        "augment": rules.function(),
        "train_split": rules.train_split(),
        "callbacks": rules.callbacks(),
        "device": rules.device(),
        "precision": option("float32", "bf16"),
        "warm_start": flag(),
        "random_state": rules.random_state(),
        "verbose": either(flag(), count(0)),
    }

    def __init__(
        self,
        module="auto",
        *,
        image_shape=None,
        standardize="auto",
        max_epochs=50,
        max_steps=None,
        lr=0.001,
        batch_size=64,
        optimizer="Adam",
        criterion="auto",
        augment=None,
        train_split=None,
        callbacks=None,
        device="cpu",
        precision="float32",
        warm_start=False,
        random_state=None,
        verbose=0,
        **kwargs,
    ):
        self.module = module
        self.image_shape = image_shape
        self.standardize = standardize
        self.max_epochs = max_epochs
        self.max_steps = max_steps
        self.lr = lr
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.criterion = criterion
        self.augment = augment
        self.train_split = train_split
        self.callbacks = callbacks
        self.device = device
        self.precision = precision
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose
        vars(self).update(kwargs)

    def fit(self, X, y, sample_weight=None):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            The targets. A classifier takes one column of labels. Or it takes soft
            labels: one column per class with its probability. The classes are then 0,
            1, ..., or if a warm start continues, those of the first fit.
        sample_weight : array-like of shape (n_samples,), optional
            The weight of each row in the loss. Only ratios matter. A row of weight 0
            is left out.

        Returns
        -------
        self : estimator
            The fitted estimator. If an error is raised, what was fitted before stays.

        Raises
        ------
        NoDropoutError
            If the draws need dropout and the module has none.
        ValueError, TypeError
            If X, y or a parameter is not as it must be; the message says which.
        """
        self._check_parameters()
        with all_or_nothing(self):
            fitted_shape = self._network_shape() if self._continues() else None
            X, y = self._check_fit_rows(X, y)
            weights = self._check_weights(sample_weight, X)
            self._check_same_shape(fitted_shape)
            if weights is not None:
                X, y, weights = X[weights > 0], y[weights > 0], weights[weights > 0]
            weights = self._with_class_weights(weights, y)
            y = self._learn_targets(y)
            if fitted_shape is None:
                self._n_first_rows = len(X)
                self._learn_scale(X.reshape(len(X), *self._network_shape()))
            self._train(self._as_network_rows(X), y, weights)
        return self

    def _continues(self):
        """Return whether ``fit`` continues from the weights of an earlier fit."""
        return self.warm_start and bool(self._nets())

    def _check_parameters(self):
        self._check_network_parameters()
        check_parameters(self)

    def _check_same_shape(self, fitted_shape):
        if fitted_shape is not None and self._network_shape() != fitted_shape:
            raise ValueError(
                f"X given to {type(self).__name__} with warm_start=True has rows that "
                f"enter the network as {self._network_shape()}, but the first fit had "
                f"{fitted_shape}: set warm_start=False to start again."
            )

    def __sklearn_is_fitted__(self):
        return bool(self._nets())

    def _modules(self):
        """Return the trained torch modules."""
        return [net.module_ for net in self._nets()]

    # ----------------------------------- what a subclass says about how it draws

    @abstractmethod
    def _train(self, X, y, weights):
        """Train the network or networks on reshaped rows, and keep the networks.

        The weights have the mean 1, or are None if all rows count alike.
        """

    @abstractmethod
    def _nets(self):
        """Return the trained skorch nets as a list; before ``fit`` it is empty."""

    @abstractmethod
    def _set_nets(self, nets):
        """Keep trained skorch nets."""

    # -------------------------------------------- what a subclass says about y

    _multi_output = False

    @abstractmethod
    def _net_class(self):
        """Return the skorch net's class."""

    @abstractmethod
    def _criterion_class(self, output_kind):
        """Return the loss's class for a network of this kind of outputs."""

    @abstractmethod
    def _learn_targets(self, y):
        """Learn what y is; return it as the loss takes it."""

    @abstractmethod
    def _n_outputs(self):
        """Return the number of outputs of a draw."""

    def _n_network_outputs(self):
        """Return the number of outputs of the network."""
        return self._n_outputs()

    @abstractmethod
    def _columns(self):
        """Return what the outputs of the network stand for, for messages."""

    @abstractmethod
    def _from_outputs(self, outputs):
        """Return the network's outputs as draws."""
