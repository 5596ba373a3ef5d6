"""Query by committee: the members are the draws."""

from skbal.information import committee_vote_entropy, predictive_entropy
from skbal.query._strategy import DrawStrategy


class VoteEntropy(DrawStrategy):
    """Choose the rows about whose label the draws disagree, each with one vote.

    The score is `skbal.information.committee_vote_entropy`, the entropy of the votes of
    the draws for their most probable classes, in nats [1]_. The draws are a committee:
    the trees of a forest, the members of an ensemble or of a modAL ``Committee``, or
    networks with different dropout masks. (For votes of volunteers see `VoteBALD`.)

    Parameters
    ----------
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
    BALD : Counts how certain each draw is, too.
    ConsensusEntropy : The entropy of the mean of the draws.

    Notes
    -----
    Scores take few values if there are few draws, and ties are broken at random. If the
    draws are certain of their class, as fully grown trees are, the score is the same as
    that of `BALD` and `ConsensusEntropy`.

    References
    ----------
    .. [1] I. Dagan and S. P. Engelson (1995), Committee-Based Sampling for Training
       Probabilistic Classifiers, section 4.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import VoteEntropy
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> VoteEntropy(random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    takes_multilabel = True
    score_draws = staticmethod(committee_vote_entropy)


class ConsensusEntropy(DrawStrategy):
    """Choose the rows for which the mean of a committee is least certain.

    The score is `skbal.information.predictive_entropy`, the entropy of the mean of the
    draws, in nats. It is that of `MaxEntropy`, and this is its name in modAL and for
    committees [1]_. Unlike `MaxEntropy` it refuses an estimator without draws.

    Parameters
    ----------
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
    BALD : The mean Kullback-Leibler divergence of the draws from their mean, which is
        the other measure of disagreement of committees.

    References
    ----------
    .. [1] B. Settles (2009), Active Learning Literature Survey, section 3.2.

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import ConsensusEntropy
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> ConsensusEntropy(random_state=0)(forest, [[0.0], [1.5], [3.0]])
    array([1])
    """

    takes_multilabel = True
    score_draws = staticmethod(predictive_entropy)
