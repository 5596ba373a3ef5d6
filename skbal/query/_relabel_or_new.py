"""RelabelOrNew: another answer about a labelled row, or a first one about a new row."""

import numpy as np

from skbal._utils.indices import check_indices
from skbal._utils.named_axes import check_order
from skbal._utils.parameters import count, flag, option, own
from skbal._utils.pools import n_rows, subset
from skbal._utils.prices import as_prices
from skbal._utils.random import check_seed, stream
from skbal._utils.unwrap import unwrap
from skbal.base import best_first
from skbal.query._engine import score_rows
from skbal.query._next_answers import NextAnswers, stratified_parts, without_part
from skbal.query._shared import SharedParameters
from skbal.query._strategy import Scorer, check_classes
from skbal.votes import DawidSkene

_TOLERANCE, _MAX_ITER = 1e-5, 1_000  # smaller changes change no choice


def _check_answers(value, name, owner):
    is_table = hasattr(value, "columns") or callable(value)
    if not is_table and not (isinstance(value, (tuple, list)) and len(value) == 3):
        raise TypeError(
            f"{name} of {owner} must be {_ANSWERS}, got {type(value).__name__}."
        )


_ANSWERS = "items, labels and annotators, a data frame of them or a function"


def _check_costs(value, name, owner):
    as_prices(value, f"{name} of {owner}", "person")


class RelabelOrNew(SharedParameters):
    """Choose between another answer about a labelled row and a first about a new row.

    People make mistakes, so a second answer may be worth more than the first answer
    about another row. Both are measured in nats here. The score of a row is the
    information of one more answer about the weights of the model (or about the class of
    the row), given all answers about the row so far, per unit of price, for the person
    for whom this is largest. `skbal.votes.DawidSkene` estimates from all answers how
    people err.

    The pool is all rows, including those with answers, so write the loop yourself: an
    `ActiveLearningLoop` removes a row from its pool once it was asked about, and
    refuses a strategy with answers. `whom_to_ask` says who should answer about the
    chosen rows.

    Parameters
    ----------
    answers : tuple of three array-likes, data frame or function, optional
        All answers so far, as `DawidSkene.fit` takes them: the rows of the pool that
        they are about, the labels, and the people; or a function that returns them,
        such as the method ``answers`` of a `skbal.oracles.CrowdOracle`. ``None`` means
        that there are none and people are always right, and the score is that of
        `BALD`.
    about : {"weights", "class"}, default="weights"
        What the information is about. Use "weights" to teach a model, and "class" for a
        table in which the label of every row should be right.
    costs : array-like of shape (n_annotators,), optional
        Price of an answer of each person, larger than 0, in the order of their sorted
        names. ``None`` is 1 for all.
    choose_people : bool, default=True
        Whether you decide who answers. Nobody is then asked twice about a row. If
        False, the next answer is from a person with the mean confusion matrix, each
        person weighted by the number of answers, at price 1.
    cv : int or None, default=5
        Number of random parts of the rows with answers. The draws of a part are those
        of a clone that is fitted to the other parts, because the model knows the
        answers that it was taught. ``None`` takes the draws of the model itself, which
        is right only if it was not taught these rows.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.
    verbose : int, default=0
        Whether to show a progress bar.

    See Also
    --------
    skbal.information.noisy_label_information : The score, as a function of draws.
    skbal.votes.VoteAllocation : Where the next votes go, without a model to teach.

    Notes
    -----
    With earlier answers b about a row, draw w of the weights has the probability
    p(w | b), proportional to the sum over classes of p(y | x, w) p(b | y). The score is
    I[l; w | b] for the answer l of a person, whose distribution given the class is a
    row of the confusion matrix [1]_. For a new row, p(b | y) is 1. ActiveLab [2]_ has
    the same aim with scores that are no information.

    A call fits ``cv`` clones. If a class has a single labelled row, the clone for this
    row has no example of the class and considers it impossible. A row whose clone would
    know only one class has the score 0.

    References
    ----------
    .. [1] N. Houlsby, F. Huszár, Z. Ghahramani and M. Lengyel (2011), Bayesian Active
       Learning for Classification and Preference Learning, equation (2).
    .. [2] H. W. Goh and J. Mueller (2023), ActiveLab: Active Learning with Re-Labeling
       by Multiple Annotators.

    Examples
    --------
    Row 0 lies between the classes, and two people disagree about it. Nobody has
    answered about the last row, but what it is seems clear. So the third person is
    asked about row 0:

    >>> import numpy as np
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import RelabelOrNew
    >>> X = np.r_[14.5, np.arange(10), np.arange(20, 31)][:, np.newaxis]
    >>> y = np.where(X[:, 0] < 15, "no", "yes")
    >>> rows = np.repeat(np.arange(21), 2)
    >>> labels, people = y[rows], np.tile(["ann", "bob", "ann", "cyd"], 11)[:42]
    >>> labels[0] = "yes"
    >>> forest = RandomForestClassifier(random_state=0).fit(X[:21], y[:21])
    >>> strategy = RelabelOrNew((rows, labels, people), about="class", random_state=0)
    >>> chosen = strategy(forest, X)
    >>> chosen.tolist(), strategy.whom_to_ask(forest, X, chosen).tolist()
    ([0], ['cyd'])
    """

    _parameter_rules = {
        "answers": own(_check_answers, _ANSWERS, 3, none=True),
        "about": option("weights", "class"),
        "costs": own(_check_costs, "a price for each person", [-1], none=True),
        "choose_people": flag(),
        "cv": count(2, none=True),
    }

    def __init__(
        self,
        answers=None,
        *,
        about="weights",
        costs=None,
        choose_people=True,
        cv=5,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.answers = answers
        self.about = about
        self.costs = costs
        self.choose_people = choose_people
        self.cv = cv

    @property
    def asks_again(self):
        """Whether rows may be chosen again, so that the pool must keep all rows."""
        return self.answers is not None

    def score_pool(self, estimator, X_pool):
        """Return what one more answer about each row tells for its price.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted classifier that makes posterior draws, or a learner that holds one.
            It is cloned and fitted again unless ``cv`` is None.
        X_pool : array-like of shape (n_pool, ...)
            All rows, including those with answers.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            In nats per unit of price. 0 where everybody has answered.

        Raises
        ------
        TypeError
            If the estimator makes no posterior draws (`NoDrawsError`), is a regressor,
            or cannot be cloned.
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If an answer is about a row that is not in the pool, the estimator knows a
            class that is none of the answers, or a parameter has a wrong value.
        """
        self._check(X_pool)
        return self._of_rows(estimator, X_pool, np.arange(n_rows(X_pool)), _largest)

    def whom_to_ask(self, learner, X_pool, rows):
        """Return the person whose answer about each row has most information per price.

        Parameters
        ----------
        learner : estimator or learner
            As it was passed to the strategy.
        X_pool : array-like of shape (n_pool, ...)
            All rows, those with answers included.
        rows : array-like of int of shape (n_chosen,)
            Rows of the pool, such as a call of the strategy returns them.

        Returns
        -------
        annotators : ndarray of shape (n_chosen,)
            Among equally good people, the first by name. For a row that everybody has
            answered, it is the first of all people.

        Raises
        ------
        TypeError, ValueError
            As for `score_pool`; if ``rows`` are no numbers of rows; or if ``answers``
            is None or ``choose_people`` is False, so that there is nobody to choose.
        """
        self._check(X_pool)
        if self.answers is None or not self.choose_people:
            raise ValueError(
                f"whom_to_ask of {type(self).__name__} needs people to choose from: "
                "answers must be given, and choose_people be True."
            )
        owner = f"whom_to_ask of {type(self).__name__}"
        rows = check_indices(rows, n_rows(X_pool), "rows", owner, unique=False)
        best = self._of_rows(learner, X_pool, rows, _place_of_largest)
        return self._crowd().annotators_[best.astype(np.intp)]

    def select_batch(self, learner, X_pool, n_instances, rng):
        self._check(X_pool)
        rows = super()._candidates(n_rows(X_pool), n_instances, rng)
        if rows is None:
            rows = np.arange(n_rows(X_pool))
        scores = self._of_rows(learner, X_pool, rows, _largest)
        return rows[best_first(scores, n_instances, rng)]

    def _candidates(self, n_pool, n_instances, rng):
        # The models of the parts learn from all rows with answers, so `select_batch`
        # is given the whole pool and takes the random rows itself.
        return None

    def _of_rows(self, estimator, X_pool, rows, reduce):
        """Return what ``reduce`` makes of the worth of each person, for some rows."""
        owner = type(self).__name__
        seed = check_seed(self.random_state, owner)
        check_classes(unwrap(estimator)[1], owner)
        crowd = None if self.answers is None else self._crowd()
        confusion = None if crowd is None else crowd.mean_confusion(random_state=seed)
        values = np.zeros(len(rows))
        for model, chosen in self._models(estimator, X_pool, rows, crowd, seed):
            score = self._next_answers(model, crowd, confusion, reduce)
            inputs = {}
            if crowd is not None:
                inputs = self._known(crowd, confusion, rows[chosen])
            values[chosen] = score_rows(
                Scorer(score, owner, {}, inputs),
                model,
                subset(X_pool, rows[chosen]),
                n_draws=self.n_draws,
                seed=seed,
                batch_size=self.batch_size,
                n_jobs=self.n_jobs,
                verbose=self.verbose,
            )
        return values

    def _models(self, estimator, X_pool, rows, crowd, seed):
        """Yield models, and which of the rows each has not learned."""
        if crowd is None:
            yield estimator, np.ones(len(rows), dtype=bool)
            return
        taught = _rows_answered(crowd, n_rows(X_pool), type(self).__name__)
        if self.cv is None:
            yield estimator, np.ones(len(rows), dtype=bool)
            return
        labels = crowd.predict(taught)
        parts = stratified_parts(labels, self.cv, stream(seed, "parts"))
        part_of = np.full(n_rows(X_pool), -1)
        part_of[taught] = parts
        for part in np.unique(part_of[rows]):
            if part < 0:
                model = estimator
            else:
                model = without_part(estimator, X_pool, taught, labels, parts == part)
            if model is not None:
                yield model, part_of[rows] == part

    def _next_answers(self, model, crowd, confusion, reduce):
        if crowd is None:
            return NextAnswers(self.about, None, np.ones(1), None, reduce)
        prices = np.ones(1)
        if self.choose_people:
            prices = self._prices(crowd)
        else:
            confusion = np.average(confusion, axis=0, weights=crowd.n_answers_)[None]
        columns = _columns_of(unwrap(model)[1], crowd, type(self).__name__)
        return NextAnswers(self.about, confusion, prices, columns, reduce)

    def _known(self, crowd, confusion, rows):
        """Return what the answers so far say about some rows, and who gave them."""
        given = {"given": crowd.has_answered(rows)} if self.choose_people else {}
        return {
            "log_likelihood": crowd.log_likelihood(rows, confusion=confusion),
            **given,
        }

    def _crowd(self):
        answers = self.answers() if callable(self.answers) else self.answers
        if not hasattr(answers, "columns"):
            return _fitted(*answers)
        return _fitted(answers)

    def _prices(self, crowd):
        n_people = len(crowd.annotators_)
        if self.costs is None:
            return np.ones(n_people)
        what = f"costs of {type(self).__name__}"
        prices = as_prices(self.costs, what, "person")
        if prices.shape != (n_people,):
            raise ValueError(
                f"{what} must be one price for each of the {n_people} people, got "
                f"shape {prices.shape}."
            )
        check_order(self.costs, crowd.annotators_, what)
        return prices


def _fitted(*answers):
    return DawidSkene(tol=_TOLERANCE, max_iter=_MAX_ITER).fit(*answers)


def _rows_answered(crowd, n_pool, owner):
    """Return the rows of the pool that somebody answered about."""
    rows = check_indices(crowd.items_, np.inf, "items in answers", owner)
    if len(rows) and rows.max() >= n_pool:
        raise ValueError(
            f"items in answers of {owner} must be rows of the pool, which has "
            f"{n_pool}, got {rows.max()}. The pool must hold all rows, those with "
            "answers included."
        )
    return rows


def _columns_of(model, crowd, owner):
    """Return the class of each column of the model's draws, or None for all."""
    known = getattr(model, "classes_", None)
    if known is None:
        return None
    places = {label: place for place, label in enumerate(crowd.classes_.tolist())}
    unknown = [label for label in np.asarray(known).tolist() if label not in places]
    if unknown:
        raise ValueError(
            f"The answers of {owner} must be among all classes that the estimator "
            f"knows: it knows {unknown[0]!r}, and the answers are "
            f"{crowd.classes_.tolist()}."
        )
    return np.array([places[label] for label in np.asarray(known).tolist()])


def _largest(worth):
    return worth.max(axis=1)


def _place_of_largest(worth):
    return worth.argmax(axis=1).astype(np.float64)
