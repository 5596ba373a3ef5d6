"""JointLabelBALD: the information of all yes/no labels of a row together."""

from skbal._utils.fitted import refuse_unfitted
from skbal._utils.multilabel import is_multilabel
from skbal._utils.parameters import count
from skbal._utils.unwrap import unwrap
from skbal.information import joint_label_information
from skbal.query._multilabel import check_both_answers
from skbal.query._shared import SharedParameters
from skbal.query._strategy import DrawStrategy, Scorer


class JointLabelBALD(DrawStrategy):
    """Choose the rows whose labels together have most information, in nats.

    It is for classifiers of several yes/no labels per row. The score is
    `skbal.information.joint_label_information`, the mutual information of all labels of
    a row and the weights. `BALD` adds up the information of each label alone, and so
    counts information that two labels share twice. For the labels of one row it is what
    `BatchBALD` is for the rows of a batch [1]_.

    Parameters
    ----------
    n_configurations : int, default=1024
        Largest number of configurations of the labels over which the score is summed.
        If there are more, which is 11 labels or more, as many are sampled for each row.
        The standard error is then about 1 / sqrt(n_configurations) nats.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool. It also seeds the sampled
        configurations.
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
    BALD : Adds up the information of each label.

    Notes
    -----
    The score is at most the logarithm of the number of draws. So use many draws if
    there are many labels. Draws must be joint over labels, as those of one network or
    of a forest fitted on all labels are. The classifiers of a
    ``MultiOutputClassifier`` are independent, and so is the information of its labels:
    use `BALD` for it, whose sum is then exact.

    References
    ----------
    .. [1] A. Kirsch, J. van Amersfoort and Y. Gal (2019), BatchBALD: Efficient and
       Diverse Batch Acquisition for Deep Bayesian Active Learning, section 3.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import JointLabelBALD
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [[0, 1], [0, 1], [1, 0], [1, 0]]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> JointLabelBALD(random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    takes_multilabel = True
    _parameter_rules = {"n_configurations": count(1)}

    def __init__(
        self,
        n_configurations=1024,
        *,
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
        self.n_configurations = n_configurations

    def extra_inputs(self, estimator, X_pool, random_state):
        return {"random_state": random_state}

    def score_draws(self, draws, random_state=0):
        """Return the joint information of the labels of each row, in nats.

        Parameters
        ----------
        draws : ndarray of shape (n_rows, n_draws, n_labels)
            Probabilities of yes, of all labels together.
        random_state : int, default=0
            Seeds the sampled configurations.

        Returns
        -------
        scores : ndarray of shape (n_rows,)
        """
        return joint_label_information(
            draws,
            n_configurations=int(self.n_configurations),
            random_state=random_state,
        )

    def _scorer(self, estimator, X_pool, seed):
        # All labels at once, not one after the other.
        inputs = self.extra_inputs(estimator, X_pool, seed)
        return Scorer(self.score_draws, type(self).__name__, inputs, {})

    def _check(self, estimator, X_pool):
        SharedParameters._check(self, X_pool)
        owner, model = type(self).__name__, unwrap(estimator)[1]
        refuse_unfitted(model)  # it would know no labels
        if not is_multilabel(model):
            raise TypeError(
                f"{owner} needs a classifier of several yes/no labels per row, such as "
                "a RandomForestClassifier fitted on y of shape (n_samples, n_labels), "
                f"got {type(model).__name__} for one label. Use BALD."
            )
        check_both_answers(model, owner)
