"""Changes of a learner that happen as a whole or not at all.

A `Change` first notes in the learner how to undo what it will do, and removes this note
by the same assignment that stores the new rows. Whatever ends it before, the note is
still there: it is used at once, or, if that is interrupted as well, when the learner is
used next.
"""

from sklearn import get_config, set_config

from skbal._utils.copying import deep_copy


class Change:
    """A block after which a learner is changed completely, or not at all.

    Parameters
    ----------
    learner : object
        Its attribute ``_undo`` is the note: pairs of an object and the attributes that
        it had, or None. ``_changes`` is true while a block runs. A note that an earlier
        change left is used first.
    """

    def __init__(self, learner):
        self.learner = learner

    def __enter__(self):
        self.settings = get_config()
        undo(self.learner)
        vars(self.learner).update(_undo=(), _changes=True)
        return self

    def protect(self, holder, attributes):
        """Give an object back some attributes if the block does not end.

        Parameters
        ----------
        holder : object
            Any object. Without attributes it is left alone.
        attributes : dict
            Its attributes before the change.
        """
        if hasattr(holder, "__dict__"):
            note = (*self.learner._undo, (holder, attributes))
            self.learner._undo = note

    def protect_estimator(self):
        """Give the learner's estimator back its state if the block does not end.

        The estimator stays the same object. After an error, its parts (for instance the
        steps of a pipeline) are copies made before the block. This makes one copy.
        """
        # Fitting the estimator itself, and not a copy, keeps references to its parts
        # valid if there is no error.
        estimator = self.learner.estimator
        self.protect(estimator, _backup(estimator))

    def commit(self, **attributes):
        """End the change: set attributes of the learner, by one assignment."""
        vars(self.learner).update(attributes, _undo=None, _changes=False)

    def __exit__(self, kind, error, traceback):
        try:
            undo(self.learner)
        finally:
            self.learner._changes = False
            if kind is not None:
                # A Ctrl-C inside scikit-learn's own fit may leave its settings changed:
                # parameters would be checked no longer.
                set_config(**self.settings)


def undo(learner):
    """Put back what a change that did not end has changed.

    It may be interrupted and called again. After a change that ended it does nothing.

    Parameters
    ----------
    learner : object
        As for `Change`.
    """
    # The oldest note last: an object may have been noted twice.
    for holder, attributes in reversed(learner._undo or ()):
        set_attributes(holder, attributes)
    if learner._undo is not None:
        learner._undo = None


def set_attributes(holder, attributes):
    """Give an object exactly these attributes, by one assignment where it allows that.

    Parameters
    ----------
    holder : object
        It has a ``__dict__``.
    attributes : dict
        The attributes. The dict itself is not kept.
    """
    # Not by the class's own __setattr__, which may look at each attribute.
    try:
        object.__setattr__(holder, "__dict__", dict(attributes))
    except AttributeError:  # an object of C, such as types.SimpleNamespace
        vars(holder).update(attributes)
        for name in set(vars(holder)) - set(attributes):
            del vars(holder)[name]


def _backup(estimator):
    if not hasattr(estimator, "__dict__"):
        return {}
    try:
        return dict(vars(deep_copy(estimator)))
    except MemoryError:
        raise
    # What cannot be copied (a lock, an open file) may raise any error. Then only the
    # attributes themselves can be restored.
    except Exception:
        return dict(vars(estimator))
