"""Policies that are saved as JSON, and the limits of what they were trained for."""

from abc import abstractmethod
from numbers import Real

from skbal._utils.parameters import own
from skbal._utils.result_files import reading, write_result
from skbal.policy._policy import Policy

LIMITED = {
    "n_classes": "classes",
    "n_labels": "labels",
    "n_pool": "rows left",
}


def limits_rule():
    """Return the rule for limits: a dict of a lowest and a highest count by name."""

    def check(value, name, owner):
        must = (
            f"{name} of {owner} must be a dict of a lowest and a highest count for "
            f"some of {', '.join(LIMITED)}"
        )
        if not isinstance(value, dict):
            raise TypeError(f"{must}, got {value!r}.")
        for key, pair in value.items():
            is_pair = isinstance(pair, (tuple, list)) and len(pair) == 2
            is_pair = is_pair and all(isinstance(end, Real) for end in pair)
            if key not in LIMITED or not is_pair or not 0 <= pair[0] <= pair[1]:
                raise ValueError(f"{must}, got {pair!r} for {key!r}.")

    return own(check, "a dict of limits", [2, 10], none=True)


def limits_from(content, owner):
    """Return limits as they were, from what JSON made of them: it has no tuples."""
    limits_rule()(content, "limits", owner)
    if content is None:
        return None
    return {name: tuple(pair) for name, pair in content.items()}


class SavedPolicy(Policy):
    """Base class of policies that are plain numbers, and are saved as JSON.

    A subclass knows its limits as ``_limits``.
    """

    _limits = None

    def outside(self, n_classes, n_labels, n_pool):
        """Return why the policy was not trained for such a task, or None.

        Parameters
        ----------
        n_classes : int
            Number of classes that the model knows.
        n_labels : int
            Number of labelled rows.
        n_pool : int
            Number of rows to choose from.

        Returns
        -------
        reason : str or None
            The end of a sentence. None within ``limits``.
        """
        found = {"n_classes": n_classes, "n_labels": n_labels, "n_pool": n_pool}
        for name, (low, high) in (self._limits or {}).items():
            if not low <= found[name] <= high:
                return (
                    f"the policy is meant for {low} to {high} {LIMITED[name]}, and "
                    f"there are {found[name]}"
                )
        return None

    def save(self, path):
        """Write the policy to a file, as JSON.

        Parameters
        ----------
        path : str or os.PathLike
            An existing file is replaced. The file appears whole or not at all.

        Raises
        ------
        NotFittedError
            If the policy is not fitted.
        """
        write_result(path, type(self).__name__, self._content())

    @classmethod
    def load(cls, path):
        """Return the policy that `save` wrote.

        Parameters
        ----------
        path : str or os.PathLike
            The file. No code in it is run.

        Returns
        -------
        policy : Policy
            It gives the same scores as the one that was saved.

        Raises
        ------
        ValueError
            If the file was not written by `save` of this class.
        OSError
            If it cannot be read.
        """
        with reading(path, cls.__name__) as content:
            return cls._from_content(content)

    @abstractmethod
    def _content(self):
        """Return the policy as plain data."""

    @classmethod
    @abstractmethod
    def _from_content(cls, content):
        """Return the policy from what `_content` gave."""
