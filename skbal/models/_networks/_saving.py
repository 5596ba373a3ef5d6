"""Weights of fitted networks, saved and loaded without pickle."""

from abc import abstractmethod

from sklearn.utils.validation import check_is_fitted

from skbal._utils.lazy import lazy_module
from skbal._utils.torch_random import seeded_torch
from skbal._utils.transactions import all_or_nothing
from skbal.models._networks import _plain_data

torch = lazy_module("torch")
_optimizers = lazy_module("skbal.models._networks._optimizer_state")
_weights_file = lazy_module("skbal.models._networks._weights_file")

_OF_POSTERIOR = "posterior/"  # begins the names of the tensors that draws need


class SavingMixin:
    """Gives ``save_weights`` and ``load_weights``.

    A subclass says how the tensors of its nets are named, and which other fitted
    attributes its predictions need.
    """

    def save_weights(self, path, *, optimizer=False):
        """Save the trained weights and what predictions need beside them.

        The file has the safetensors format: tensors and plain data, no code. The
        parameters of the estimator and the training history are not saved.

        Parameters
        ----------
        path : str or os.PathLike
            The file. It appears whole or not at all. An existing file is replaced.
        optimizer : bool, default=False
            Whether to save what the optimizer remembers, too, so that a warm start
            takes the steps that it would have taken. For Adam this makes the file three
            times as large.

        Raises
        ------
        NotFittedError
            If there is nothing to save.
        TypeError
            If something fitted cannot be saved, for instance classes that are neither
            strings nor numbers, or an optimizer that keeps more than tensors of the
            shape of its weights.

        See Also
        --------
        load_weights : Load them into an estimator with the same parameters.
        """
        check_is_fitted(self)
        header = {
            "estimator": type(self).__name__,
            "module": _class_name(self._modules()[0]),
            "state": {**self._row_state(), **self._target_state(), **self._net_state()},
        }
        tensors = {}
        for prefix, module in zip(self._prefixes(len(self._nets())), self._modules()):
            tensors |= _named_tensors(module, prefix, type(self).__name__)
        tensors |= {_OF_POSTERIOR + k: v for k, v in self._posterior_tensors().items()}
        if optimizer:
            owner = type(self).__name__
            tensors |= _optimizers.optimizer_tensors(self._nets(), owner)
        _weights_file.write_weights(path, tensors, header)

    def load_weights(self, path):
        """Load weights that an estimator of this class and these parameters has saved.

        Afterwards this estimator is fitted and predicts what the other one did. With
        ``warm_start=True``, ``fit`` continues from the weights, with the optimizer of
        the file if it was saved, else with a new one.
        Loading a file never runs code from it.

        Parameters
        ----------
        path : str or os.PathLike
            A file written by `save_weights`.

        Returns
        -------
        self : estimator
            The fitted estimator. If an error is raised, what was fitted before stays.

        Raises
        ------
        ValueError
            If the file was not written by `save_weights`, or by an estimator of another
            class, with another network or with other parameters.
        """
        self._check_parameters()
        try:
            with all_or_nothing(self):
                self._load(*_weights_file.read_weights(path))
        except ValueError as error:
            raise ValueError(
                f"{path} cannot be loaded into {type(self).__name__}: "
                f"{str(error).rstrip('.')}."
            ) from error
        return self

    def _load(self, tensors, header):
        tensors, of_optimizer = _optimizers.without_optimizer(tensors)
        tensors, of_posterior = _without_posterior(tensors)
        self._check_same("estimator", header, type(self).__name__)
        state = header["state"]
        self._set_row_state(state)
        self._set_target_state(state)
        shape = self._network_shape()
        n_nets = self._set_net_state(state)
        self._check_auto_network(shape, tensors, n_nets)
        self._set_scale(state)
        n_samples = _plain_data.integer(state, "n_samples", smallest=1)
        nets = [self._loaded_net(shape, n_samples, state) for _ in range(n_nets)]
        self._check_same("module", header, _class_name(nets[0].module_))
        prefixes = self._prefixes(n_nets)
        expected = {}
        for prefix, net in zip(prefixes, nets):
            expected |= _named_tensors(net.module_, prefix, type(self).__name__)
        _weights_file.check_tensors(tensors, expected)
        for prefix, net in zip(prefixes, nets):
            own = {
                name.removeprefix(prefix): tensor
                for name, tensor in tensors.items()
                if name.startswith(prefix)
            }
            net.module_.load_state_dict(own)
        _optimizers.restore_optimizers(nets, of_optimizer)
        self._load_posterior(of_posterior, nets)
        self._set_nets(nets)
        self._n_first_rows = n_samples

    def _load_posterior(self, tensors, nets):
        if set(tensors) != set(self._posterior_names):
            raise _plain_data.WrongData(
                f"its tensors of the posterior are {sorted(tensors)[:5]}, but those of "
                f"this estimator are {sorted(self._posterior_names)}"
            )
        if tensors:
            self._set_posterior_tensors(tensors, nets)

    def _loaded_net(self, shape, n_samples, state):
        kind = _plain_data.string(state, "output_kind")
        if kind not in ("logits", "probabilities", "log_probabilities"):
            raise _plain_data.WrongData(f"output_kind is {kind[:20]!r}")
        # The first weights are drawn and replaced; the caller's stream stays as it is.
        with seeded_torch(0, self.device):
            net = self._build_net(shape, n_samples).initialize()
        net.output_kind_ = kind
        net.set_params(criterion=self._criterion_class(kind))
        return net

    def _check_auto_network(self, shape, tensors, n_nets):
        """Compare the sizes in a file with its tensors before memory is taken for them.

        A network of the user's own has sizes that do not depend on the file.
        """
        if not isinstance(self.module, str):
            return
        cls, parameters = self._module_and_parameters(shape)
        prefix = "module__"
        arguments = {
            name.removeprefix(prefix): value
            for name, value in parameters.items()
            if name.startswith(prefix)
        }
        try:
            with torch.device("meta"):
                module = cls(**arguments)
                self._adapt_plain_module(module)
        except (RuntimeError, OverflowError, TypeError, ValueError) as error:
            raise _plain_data.WrongData(
                f"its sizes make no network ({error})"
            ) from error
        owner = type(self).__name__
        expected = {}
        for prefix in self._prefixes(n_nets):
            expected |= _named_tensors(module, prefix, owner)
        _weights_file.check_tensors(tensors, expected)

    @staticmethod
    def _check_same(name, header, here):
        there = _plain_data.string(header, name)
        if there != here:
            raise _plain_data.WrongData(
                f"it holds the weights of {name} {there[:80]!r}, but this is {here!r}"
            )

    def _row_state(self):
        names = getattr(self, "feature_names_in_", None)
        return {
            "row_shape": list(self.row_shape_),
            # Images have channels, height and width, but no number of features.
            "n_features_in": getattr(self, "n_features_in_", None),
            "feature_names_in": None if names is None else [str(n) for n in names],
            "n_samples": self._n_first_rows,
            "row_mean": _flat(self.row_mean_),
            "row_scale": _flat(self.row_scale_),
            "output_kind": self._nets()[0].output_kind_,
        }

    def _set_row_state(self, state):
        self.row_shape_ = _plain_data.integers(state, "row_shape")
        for name in ("n_features_in_", "feature_names_in_"):
            vars(self).pop(name, None)
        if len(self.row_shape_) > 1:
            return
        self.n_features_in_ = _plain_data.integer(state, "n_features_in", smallest=1)
        if self.n_features_in_ != self.row_shape_[0]:
            raise _plain_data.WrongData("n_features_in must be that of row_shape")
        names = _plain_data.strings(state, "feature_names_in", size=self.n_features_in_)
        if names is not None:
            self.feature_names_in_ = names

    def _set_scale(self, state):
        self.row_mean_ = self.row_scale_ = None
        if state.get("row_mean") is None:
            return
        shape = self._network_shape()
        shape = (shape[0], *(1 for _ in shape[1:]))
        mean, scale = (
            _plain_data.floats(state, name, size=shape[0]).reshape(shape)
            for name in ("row_mean", "row_scale")
        )
        if not (scale > 0).all():
            raise _plain_data.WrongData("row_scale must be above 0")
        self.row_mean_, self.row_scale_ = mean, scale

    # -------------------------------------------------- what a subclass says

    def _adapt_plain_module(self, module):
        """Change a network of ``module="auto"`` as the net does before training."""

    _posterior_names = ()

    def _posterior_tensors(self):
        """Return tensors, by name, that draws need beside the networks."""
        return {}

    def _set_posterior_tensors(self, tensors, nets):
        """Set them from those of a file; the names are right."""

    @abstractmethod
    def _prefixes(self, n_nets):
        """Return the beginnings of the names of the tensors, one per net."""

    @abstractmethod
    def _net_state(self):
        """Return fitted attributes that belong to the way of drawing, as plain data."""

    @abstractmethod
    def _set_net_state(self, state):
        """Set these attributes; return the number of nets."""

    @abstractmethod
    def _target_state(self):
        """Return fitted attributes that belong to y, as plain data."""

    @abstractmethod
    def _set_target_state(self, state):
        """Set these attributes."""


def _without_posterior(tensors):
    """Return the tensors of a file that are weights, and those of a posterior."""
    found = {k: v for k, v in tensors.items() if k.startswith(_OF_POSTERIOR)}
    weights = {k: v for k, v in tensors.items() if k not in found}
    return weights, {k.removeprefix(_OF_POSTERIOR): v for k, v in found.items()}


def _named_tensors(module, prefix, owner):
    tensors = {}
    for name, value in module.state_dict().items():
        if not isinstance(value, torch.Tensor):
            raise TypeError(
                f"module of {owner} must have a state_dict of tensors to be saved, but "
                f"{name} of {type(module).__name__} is {type(value).__name__}."
            )
        tensors[prefix + name] = value
    return tensors


def _flat(values):
    return None if values is None else values.ravel().tolist()


def _class_name(module):
    return type(module).__name__
