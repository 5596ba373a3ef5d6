"""What both learners share: query, teach, and no change after an error."""

from difflib import get_close_matches

import numpy as np

from skbal._utils._sklearn import check_method_params, num_samples
from skbal._utils.indices import check_indices
from skbal._utils.labelled import check_labelled
from skbal._utils.labels import objects_hint
from skbal._utils.observers import show_pool, wants_pool
from skbal._utils.one_class import misses_a_class
from skbal._utils.parameters import check_parameters, flag, own, seed
from skbal._utils.pickled_version import KnowsItsVersion
from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_fits, check_n_instances, check_option
from skbal._utils.votes import check_votes_for, learns_votes
from skbal._utils.warn import warn
from skbal.base import QueryStrategy
from skbal.learner._delegation import DelegationMixin
from skbal.learner._forgetting import warn_of_forgetting
from skbal.learner._labelled_rows import LabelledRows
from skbal.learner._per_row import check_places, split_per_row
from skbal.learner._questions import check_arguments, check_like_taught
from skbal.learner._repeats import warn_of_repeats
from skbal.learner._rollback import Change, undo
from skbal.learner._training_data import check_extends, take_rows
from skbal.learner._transformed import before_last_step


def _check_estimator(estimator, name, owner):
    check_fits(estimator, owner)


def _one_class_note(y):
    if np.ndim(y) == 2:
        return "a label has the same answer in all rows. Give rows of both answers."
    return (
        "all labels are of one class. Give rows of two classes, for instance those of "
        "skbal.seeding.BalancedSeed."
    )


def _name_of(strategy):
    return getattr(strategy, "__name__", type(strategy).__name__)


def _holds_rows(strategy):
    """Return whether rows were given where the strategy stands in the signature."""
    is_other = callable(strategy) or isinstance(strategy, str)
    return hasattr(strategy, "__len__") and not is_other


def _check_finite(value, name, owner):
    check_option(value, name, (None, True, False, "allow-nan"), owner)


class LearnerMixin(KnowsItsVersion, DelegationMixin):
    """The methods of a learner. It stands before modAL's class among the bases.

    modAL's ``Committee`` calls ``_add_training_data``, ``_fit_to_known`` and
    ``_fit_on_new`` of its members, so these keep modAL's names and arguments.
    """

    _parameter_rules = {
        "estimator": own(_check_estimator, "an object with fit", object()),
        "bootstrap_init": flag(),
        "on_transformed": flag(),
        "force_all_finite": own(
            _check_finite, "True, False or 'allow-nan'", "nan", none=True
        ),
        "random_state": seed(),
    }

    # modAL's __init__ is not called: it does not store all that clone needs.
    def __init__(
        self,
        estimator,
        query_strategy,
        X_training,
        y_training,
        *,
        bootstrap_init,
        on_transformed,
        force_all_finite,
        random_state,
        **fit_kwargs,
    ):
        self.estimator = estimator
        self.query_strategy = query_strategy
        self.bootstrap_init = bootstrap_init
        self.on_transformed = on_transformed
        self.force_all_finite = force_all_finite
        self.random_state = random_state
        self._undo, self._changes = None, False  # for a Change
        vars(self).update(self._nothing_taught())
        self._check_names(fit_kwargs)
        # Unlike scikit-learn's estimators, a learner of modAL is fitted in __init__.
        if X_training is not None or y_training is not None:
            self._check_order(X_training, y_training)
            self.fit(X_training, y_training, bootstrap=bootstrap_init, **fit_kwargs)
        elif fit_kwargs:
            raise TypeError(
                f"{type(self).__name__} got the unexpected arguments "
                f"{sorted(fit_kwargs)}. Other arguments are passed to fit, which is "
                "only called if X_training is given."
            )

    def _check_names(self, fit_kwargs):
        # A misspelt parameter would be passed to fit.
        names = [*type(self)._get_param_names(), "X_training", "y_training"]
        for name in fit_kwargs:
            close = get_close_matches(name, names, n=1, cutoff=0.8)
            if close:
                raise TypeError(
                    f"{type(self).__name__} got the unexpected arguments [{name!r}]. "
                    f"Did you mean {close[0]!r}?"
                )

    def _check_order(self, X_training, y_training):
        """Raise an error that names the arguments of the first fit if one lacks."""
        if _holds_rows(self.query_strategy):
            self._checked_strategy()
        if (X_training is None) != (y_training is None):
            given, missing = "X_training", "y_training"
            if X_training is None:
                given, missing = missing, given
            raise ValueError(
                f"X_training and y_training of {type(self).__name__} belong together, "
                f"got {given} without {missing}."
            )

    def _nothing_taught(self):
        """Return the attributes of a learner that was taught nothing."""
        return {"_taught": LabelledRows()}

    @property
    def X_training(self):
        """All rows that were taught so far. None before the first."""
        return self._taught.X

    @property
    def y_training(self):
        """Their labels. None before the first."""
        return self._taught.y

    @property
    def indices_training(self):
        """Their indices in the pool of a loop, -1 for others. None before the first."""
        return self._taught.indices

    @classmethod
    def _get_param_names(cls):
        # Training data is learned, not set: it grows, and a clone has none. Otherwise
        # a grid search would fit every clone of a taught learner.
        names = super()._get_param_names()
        return [name for name in names if name not in ("X_training", "y_training")]

    def observe_pool(self, X_pool):
        """Show the pool to the estimator, if it learns from rows without labels.

        A loop calls this before its first question. An estimator such as
        `skbal.models.GraphClassifier` then builds its graph, and is fitted again to the
        rows that were taught. If anything fails, the learner is unchanged. Estimators
        without a method ``observe_pool`` stay as they are.

        Parameters
        ----------
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows.

        Returns
        -------
        self : object
            The learner.

        Warns
        -----
        UserWarning
            If the estimator is a pipeline whose later step wants to see the pool.
        """
        rows = self._taught
        with Change(self) as change:
            if wants_pool(self.estimator):
                change.protect_estimator()
                if show_pool(self.estimator, X_pool) and len(rows):
                    self._fit_estimator(change, rows.X, rows.y, False, rows.per_row)
            change.commit()
        return self

    def query(self, X_pool, *query_args, return_scores=False, **query_kwargs):
        """Return the rows of the pool to ask about.

        Parameters
        ----------
        X_pool : array-like or sparse matrix of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.
        *query_args, **query_kwargs
            Passed to the query strategy, for instance ``n_instances``, the number of
            rows.
        return_scores : bool, default=False
            Whether to return the scores of the rows, too.

        Returns
        -------
        indices : ndarray of shape (n_instances,)
            Positions in ``X_pool``, best first.
        rows : array-like or sparse matrix of shape (n_instances, ...)
            The rows, in the kind of ``X_pool``. An ndarray if that is a dask array, an
            array in a file or a ``Dataset``.
        scores : ndarray of shape (n_instances,), dtype=float64
            The score of each of these rows alone, in the unit of the strategy. Only if
            ``return_scores`` is true.

        Raises
        ------
        TypeError
            If the query strategy cannot be called or returns no indices, or if scores
            are asked for and it has none, as the functions of modAL.
        ValueError
            If the pool is empty. Errors of the strategy pass through unchanged.
        """
        undo(self)
        strategy = self._checked_strategy()
        if isinstance(strategy, QueryStrategy):
            check_arguments(strategy, query_args, query_kwargs, type(self).__name__)
            check_like_taught(self.X_training, X_pool, type(self).__name__)
        if return_scores:
            return self._ask_scores(strategy, X_pool, *query_args, **query_kwargs)
        if not isinstance(strategy, QueryStrategy):  # those check all themselves
            self._check_question(X_pool, query_kwargs)
        chosen = self._ask(strategy, X_pool, *query_args, **query_kwargs)
        if isinstance(chosen, tuple):
            warn(
                "Query strategies should return only the indices of the rows: "
                "query finds the rows itself.",
                DeprecationWarning,
            )
            return chosen
        chosen = self._checked_indices(chosen, n_rows(X_pool))
        return chosen, take_rows(X_pool, chosen)

    def _ask_scores(self, strategy, X_pool, *query_args, **query_kwargs):
        if not isinstance(strategy, QueryStrategy):
            raise TypeError(
                f"query_strategy of {type(self).__name__} has no scores of single rows "
                f"that return_scores could return, got {_name_of(strategy)}. The "
                "strategies of skbal.query have them."
            )
        query_kwargs["return_scores"] = True
        chosen, scores = self._ask(strategy, X_pool, *query_args, **query_kwargs)
        return chosen, take_rows(X_pool, chosen), scores

    def _ask(self, strategy, X_pool, *query_args, **query_kwargs):
        """Return what the strategy chooses."""
        with self._asks_to_teach():
            return strategy(self, X_pool, *query_args, **query_kwargs)

    def _checked_strategy(self):
        strategy = self.query_strategy
        if isinstance(strategy, type) or not callable(strategy):
            is_class, hint = isinstance(strategy, type), ""
            got = f"the class {strategy.__name__}" if is_class else repr(strategy)
            if _holds_rows(strategy):
                got = type(strategy).__name__
                hint = " Rows and labels are given as X_training= and y_training=."
            raise TypeError(
                f"query_strategy of {type(self).__name__} must be a query strategy "
                "such as skbal.query.BALD() or a function of a learner and a pool, "
                f"got {got}.{hint}"
            )
        return strategy

    def _check_question(self, X_pool, query_kwargs):
        owner = type(self).__name__
        n_pool = n_rows(X_pool, f"X_pool given to {owner}")
        if n_pool == 0:
            raise ValueError(
                f"X_pool given to {owner} is empty: nothing is left to query."
            )
        if "n_instances" in query_kwargs:
            check_n_instances(query_kwargs["n_instances"], n_pool, owner)

    def _checked_indices(self, chosen, n_pool):
        array, owner = np.asarray(chosen), type(self).__name__
        if array.size == 0:
            return np.empty(0, dtype=np.intp)
        if array.dtype.kind not in "iub":
            raise TypeError(
                f"query_strategy of {owner} must return indices into X_pool, got "
                f"{type(chosen).__name__} of dtype {array.dtype}."
            )
        check_indices(array.ravel(), n_pool, "result of query_strategy", owner)
        # modAL's acquisition functions return a column while nothing is fitted.
        return array.ravel() if array.ndim > 1 else chosen

    def teach(
        self, X, y, bootstrap=False, only_new=False, *, indices=None, **fit_kwargs
    ):
        """Add labelled rows to the training data and fit the estimator again.

        If anything fails, the learner and its estimator are unchanged. The learner
        keeps copies of the rows and labels.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            The new rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their labels.
        bootstrap : bool, default=False
            Whether to fit to a bootstrap sample of the rows instead.
        only_new : bool, default=False
            Whether to fit to the new rows alone, for an estimator whose ``fit``
            continues from its previous state.
        indices : array-like of int of shape (n_samples,), optional
            The indices of the rows in a pool, from a loop that asks once for each.
        **fit_kwargs
            Passed to the estimator's ``fit``. Arrays with one value per row, such as
            ``sample_weight``, are kept with their rows and passed again by each later
            `teach`. Rows without a weight have the weight 1.

        Raises
        ------
        ValueError, TypeError
            If X and y do not belong together, or do not match what was taught before.
            Errors of the estimator's ``fit`` pass through unchanged.

        Warns
        -----
        TeachingWarning
            If a row was taught before, unless ``indices`` are given, or if the
            estimator was fitted to rows that the learner does not know: it forgets
            them.
        """
        how = {"bootstrap": bootstrap, "only_new": only_new}
        with Change(self) as change:
            new, others = self._new_rows(X, y, indices, fit_kwargs)
            change.commit(**self._learned(change, new, others, **how))

    def fit(self, X, y, bootstrap=False, **fit_kwargs):
        """Fit to X and y alone, which replace the training data.

        If anything fails, the learner and its estimator are unchanged.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            The rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their labels.
        bootstrap : bool, default=False
            Whether to fit to a bootstrap sample of the rows instead.
        **fit_kwargs
            Passed to the estimator's ``fit``, as by `teach`.

        Returns
        -------
        self : object
            The learner.

        Raises
        ------
        ValueError, TypeError
            If X and y do not belong together. Errors of the estimator's ``fit`` pass
            through unchanged.
        """
        with Change(self) as change:
            self._check(X, y)
            per_row, others = self._split(fit_kwargs, num_samples(X))
            nothing = self._nothing_taught()
            attributes = {**nothing, **self._with_more(nothing, X, y, None, per_row)}
            taught = attributes["_taught"]
            kwargs = {**taught.per_row, **others}
            self._fit_estimator(change, taught.X, taught.y, bootstrap, kwargs)
            change.commit(**attributes)
        return self

    def _new_rows(self, X, y, indices, fit_kwargs):
        """Return checked rows of `teach` as a dict, and the other arguments of fit."""
        self._check_more(X, y)
        owner = f"{type(self).__name__}.teach"
        indices = check_places(indices, num_samples(X), owner)
        if indices is None and self._asks_once():
            warn_of_repeats(self.X_training, X, type(self).__name__)
        per_row, others = self._split(fit_kwargs, num_samples(X))
        return {"X": X, "y": y, "indices": indices, "per_row": per_row}, others

    def _asks_once(self):
        """Return whether a row that is taught twice is probably a mistake."""
        return not learns_votes(self.estimator)  # further votes are further labels

    def _split(self, fit_kwargs, n_samples):
        return split_per_row(fit_kwargs, n_samples, type(self).__name__)

    def _kept(self):
        """Return all rows that the learner keeps, for a loop that is saved."""
        undo(self)
        return {"taught": self._taught}

    def _keep(self, kept, fit):
        """Keep rows in place of all others, as a loop that was saved had them.

        ``kept`` has the pieces of what `_kept` returned: lists of dicts with the
        arguments of `_with_more`. The estimator is fitted if ``fit`` is true.
        """
        with Change(self) as change:
            attributes = self._nothing_taught()
            for piece in kept["taught"]:
                attributes |= self._with_more(attributes, **piece)
            rows = attributes["_taught"]
            if fit:
                self._fit_estimator(change, rows.X, rows.y, False, rows.per_row)
            change.commit(**{**attributes, **self._kept_beside(kept)})

    def _kept_beside(self, kept):
        """Return the attributes that hold the other rows of `_kept`."""
        return {}

    def _learned(self, change, new, others, *, bootstrap=False, only_new=False):
        """Fit to new rows as well, and return the attributes that this changes."""
        if not only_new and not len(self._taught):
            warn_of_forgetting(self.estimator, new["y"], type(self).__name__)
        attributes = self._with_more(vars(self), **new)
        rows = attributes["_taught"]
        if only_new:
            rows = LabelledRows().with_more(**new)
        kwargs = {**rows.per_row, **others}
        self._fit_estimator(change, rows.X, rows.y, bootstrap, kwargs)
        return attributes

    def _with_more(self, attributes, X, y, indices=None, per_row=None):
        """Return the attributes that change if rows are added to these."""
        return {"_taught": attributes["_taught"].with_more(X, y, indices, per_row)}

    def _add_training_data(self, X, y):
        undo(self)
        self._check_more(X, y)
        vars(self).update(self._with_more(vars(self), X, y))

    def _fit_to_known(self, bootstrap=False, **fit_kwargs):
        rows = self._taught
        with Change(self) as change:
            kwargs = {**rows.per_row, **fit_kwargs}
            self._fit_estimator(change, rows.X, rows.y, bootstrap, kwargs)
            change.commit()
        return self

    def _fit_on_new(self, X, y, bootstrap=False, **fit_kwargs):
        with Change(self) as change:
            self._check(X, y)
            self._fit_estimator(change, X, y, bootstrap, fit_kwargs)
            change.commit()
        return self

    def _fit_estimator(self, change, X, y, bootstrap, fit_kwargs):
        if bootstrap:
            rows = self._bootstrap_rows(num_samples(X))
            fit_kwargs = check_method_params(X, fit_kwargs, rows)
            X, y = take_rows(X, rows), take_rows(y, rows)
        change.protect_estimator()
        try:
            self.estimator.fit(X, y, **fit_kwargs)
        except ValueError as error:
            if "Unknown label type: unknown" in str(error) and objects_hint(y):
                error.add_note(f"{type(self).__name__}:{objects_hint(y)}")
            if misses_a_class(self.estimator, y, error):
                error.add_note(f"{type(self).__name__}: {_one_class_note(y)}")
            raise

    def _bootstrap_rows(self, n_samples):
        seed = check_seed(self.random_state, type(self).__name__)
        return stream(seed, "bootstrap", n_samples).integers(n_samples, size=n_samples)

    def _check_more(self, X, y):
        """Raise an error unless X and y can be taught after earlier rows."""
        self._check(X, y)
        if self.X_training is not None:
            owner = type(self).__name__
            check_extends(self.X_training, X, "X", owner)
            check_extends(self.y_training, y, "y", owner)

    def _check(self, X, y):
        owner = type(self).__name__
        check_parameters(self)
        if y is not None and learns_votes(self.estimator):
            # In messages of teach, row 0 is the first new one.
            check_votes_for(self.estimator, y, owner)
        check_labelled(X, y, self.estimator, owner, self.force_all_finite)

    def transform_without_estimating(self, X):
        """Return X as the input of the last step of the estimator's pipeline.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            The rows, as ``fit`` takes them.

        Returns
        -------
        X_transformed : ndarray or sparse matrix of shape (n_samples, n_features)
            For an ensemble of pipelines, the inputs of their last steps side by side.
            For an estimator without a pipeline, X itself.
        """
        return before_last_step(self.estimator, X)
