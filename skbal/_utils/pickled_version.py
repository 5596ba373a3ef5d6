"""Pickles that know which version of skbal wrote them."""

from skbal._utils.warn import warn
from skbal._version import __version__
from skbal.exceptions import VersionWarning

_KEY = "_skbal_version"


class KnowsItsVersion:
    """Mixin: a pickle holds the version of skbal, and another version warns of it.

    The same as in scikit-learn's ``BaseEstimator``: it holds for the classes of skbal
    and not for those that users derive from them, and a pickle without a version is
    one of another version. Copies are made by the same methods, and never warn.
    """

    def __getstate__(self):
        """Return the attributes, and for a class of skbal the version."""
        state = super().__getstate__()
        if not _is_ours(type(self)):
            return state
        return {**(state or {}), _KEY: __version__}

    def __setstate__(self, state):
        """Set the attributes, and warn if another version wrote them."""
        if _is_ours(type(self)):
            state = dict(state)
            check_version(type(self).__name__, state.pop(_KEY, None))
        # scikit-learn's estimators have this method, other classes have not.
        getattr(super(), "__setstate__", vars(self).update)(state)


def check_version(name, version):
    """Warn unless a pickle was written by this version of skbal.

    Parameters
    ----------
    name : str
        What was pickled.
    version : str or None
        The version that wrote it. None means that the pickle does not say.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     check_version("BALD", "0.0.1")
    >>> caught[0].category.__name__
    'VersionWarning'
    """
    if version == __version__:
        return
    writer = "a version that did not write its number" if version is None else version
    warn(
        f"{name} was pickled by another skbal ({writer}) than the one that loads it "
        f"({__version__}). It may fail or give other results. Histories, labels and "
        "weights last longer in files of their own: see 'Saving and continuing' in the "
        "user guide.",
        VersionWarning,
    )


def _is_ours(cls):
    return cls.__module__.startswith("skbal.")
