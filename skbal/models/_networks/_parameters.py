"""Parameters of the parts of the skorch net, such as ``module__hidden_units``."""

import difflib

PREFIXES = (
    "module__",
    "optimizer__",
    "criterion__",
    "callbacks__",
    "iterator_train__",
    "iterator_valid__",
    "dataset__",
)


class NetworkParametersMixin:
    """Gives ``get_params`` and ``set_params`` that know skorch's double underscores.

    The ``__init__`` of the estimator ends in ``**kwargs`` and stores them as
    attributes. As in scikit-learn and skorch, ``fit`` checks their names. This mixin
    stands before ``BaseEstimator`` among the bases.
    """

    def _network_parameters(self):
        own = set(self._get_param_names())
        return {
            name: value
            for name, value in vars(self).items()
            if name not in own and not name.startswith("_") and not name.endswith("_")
        }

    def _check_network_parameters(self):
        for name in self._network_parameters():
            if not name.startswith(PREFIXES):
                raise TypeError(_unexpected(type(self), name))

    def get_params(self, deep=True):
        """Get the parameters of this estimator, including those of its network.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the parameters of parameters.

        Returns
        -------
        params : dict
            Names and values.
        """
        return {**super().get_params(deep=deep), **self._network_parameters()}

    def set_params(self, **params):
        """Set parameters, including those of the network such as ``module__dropout``.

        Parameters
        ----------
        **params : dict
            Names and values.

        Returns
        -------
        self : estimator
        """
        network = {k: v for k, v in params.items() if k.startswith(PREFIXES)}
        super().set_params(**{k: v for k, v in params.items() if k not in network})
        vars(self).update(network)
        return self


def _unexpected(cls, name):
    known = [*cls._get_param_names(), *PREFIXES]
    close = difflib.get_close_matches(name, known, n=1)
    return f"{cls.__name__} got an unexpected parameter {name!r}. " + (
        f"Did you mean {close[0]!r}?"
        if close
        else f"A parameter of its network is given as 'module__{name}'."
    )
