"""The oracle that asks volunteers, each of whom says yes or no."""

import numpy as np

from skbal._utils.parameters import seed
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import MOST_IN_MEMORY, as_numbers, check_count
from skbal.oracles._oracle import Oracle


class VoteOracle(Oracle):
    """Answers with the votes of simulated volunteers: k of N say yes.

    What the first N volunteers say about a row depends on ``random_state`` and the row
    alone. It does not depend on which other rows are asked about, in which order or in
    how many calls.

    Asked again about a row, the oracle asks further volunteers and answers with their
    votes only. These are taught beside the earlier ones, so nobody counts twice. (A
    `CrowdOracle` answers with all it has, as its label replaces the earlier one.) All
    votes so far are in `votes`. A beta-binomial model should be taught these totals,
    one line per row: it would treat two lines as two galaxies that look alike.

    Parameters
    ----------
    vote_fraction : array-like of shape (n_pool,) or (n_pool, n_questions)
        Probability that a volunteer says yes, in [0, 1].
    n_volunteers : int or array-like of shape (n_pool,) or (n_pool, n_questions), \
default=40
        Number of volunteers that a call asks about a row. 0 if a question is not asked.
        It may be changed between calls, for instance to ask three volunteers about each
        row and forty more about some.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Decides what volunteers say. An integer makes the votes repeatable. With
        ``None``, each oracle draws a seed of its own at its first answer and keeps it.
    cost_per_label : float, default=1.0
        Cost of one volunteer's visit to a row, in which all questions are answered. A
        call pays for the largest number of volunteers of any question of the row.

    Notes
    -----
    The votes about one row and question come from a random stream of their own, with a
    uniform number for each volunteer, who says yes if it is below the probability. So
    with one ``random_state``, a volunteer who says yes also does so if the probability
    is larger. A clone has asked nobody, a pickle keeps its count.

    ``n_asked`` counts rows. A row that is asked about twice counts twice. A row without
    volunteers counts, too.

    Examples
    --------
    >>> from skbal.oracles import VoteOracle
    >>> oracle = VoteOracle([0.0, 1.0, 0.5], n_volunteers=3, random_state=0)
    >>> oracle([1, 0]).tolist()
    [[3, 3], [0, 3]]
    >>> oracle.set_params(n_volunteers=40)([1]).tolist()
    [[40, 40]]
    >>> oracle.votes([1, 0]).tolist()
    [[43, 43], [0, 3]]
    >>> oracle.n_asked, oracle.cost
    (3, 46.0)
    """

    _parameter_rules = {"random_state": seed()}

    def __init__(
        self, vote_fraction, n_volunteers=40, random_state=None, cost_per_label=1.0
    ):
        self.vote_fraction = vote_fraction
        self.n_volunteers = n_volunteers
        self.random_state = random_state
        self.cost_per_label = cost_per_label

    def votes(self, indices):
        """Return all votes so far, without asking anyone.

        Parameters
        ----------
        indices : array-like of int of shape (n_indices,)
            Rows of the pool.

        Returns
        -------
        votes : ndarray of int64 of shape (n_indices, 2) or (n_indices, n_questions, 2)
            k, the yes votes, and N, all votes. Zeros for a row that was not asked
            about.
        """
        rows = self._check_indices(indices)
        return self._shaped(self._so_far()[rows])

    def _check(self):
        super()._check()
        self._volunteers()

    @property
    def n_pool(self):
        """Number of rows that the oracle can be asked about."""
        return len(self._fractions())

    @property
    def n_bought(self):
        """Number of visits of volunteers that were paid for so far."""
        return getattr(self, "_n_visits", 0)

    def answer(self, indices):
        return self._answer_and_changes(indices)[0]

    def _answer_and_changes(self, indices):
        fractions, volunteers = self._fractions(), self._volunteers()
        so_far = self._so_far().copy()
        answers = np.empty((len(indices), fractions.shape[1], 2), dtype=np.int64)
        for place, row in enumerate(indices.tolist()):
            n_before = so_far[row, :, 1]
            answers[place, :, 0] = self._yes(row, fractions[row], n_before, volunteers)
            answers[place, :, 1] = volunteers[row]
            so_far[row] += answers[place]
        n_visits = self.n_bought + int(volunteers[indices].max(axis=1).sum())
        return self._shaped(answers), {
            "_votes_so_far": so_far,
            "_n_visits": n_visits,
            "_n_asked": self.n_asked + len(indices),
        }

    def _yes(self, row, fractions, n_before, volunteers):
        """Return how many of the next volunteers say yes to each question."""
        yes = []
        for question, fraction in enumerate(fractions):
            rng = stream(self._seed(), "volunteers", row, question)
            before, now = n_before[question], volunteers[row, question]
            yes.append(np.count_nonzero(rng.random(before + now)[before:] < fraction))
        return yes

    def _seed(self):
        if not hasattr(self, "_settled_seed"):
            self._settled_seed = check_seed(self.random_state, type(self).__name__)
        return self._settled_seed

    def _so_far(self):
        """Return the votes so far, shape (n_pool, n_questions, 2)."""
        shape = (*self._fractions().shape, 2)
        votes = getattr(self, "_votes_so_far", None)
        if votes is None:
            return np.zeros(shape, dtype=np.int64)
        if votes.shape != shape:
            raise ValueError(
                f"vote_fraction of {type(self).__name__} has {shape[0]} rows and "
                f"{shape[1]} questions, but volunteers were asked already when it had "
                f"{votes.shape[0]} and {votes.shape[1]}: start with a clone."
            )
        return votes

    def _shaped(self, votes):
        """Return votes without the axis of questions if there is one question."""
        return votes if np.ndim(self.vote_fraction) == 2 else votes[:, 0]

    def _fractions(self):
        """Return the probabilities of a yes, shape (n_pool, n_questions)."""
        owner = type(self).__name__
        fractions = as_numbers(
            self.vote_fraction, f"vote_fraction of {owner} must be numbers"
        )
        if fractions.ndim not in (1, 2) or 0 in fractions.shape[1:]:
            raise ValueError(
                f"vote_fraction of {owner} must have the shape (n_pool,) or (n_pool, "
                f"n_questions), got {fractions.shape}."
            )
        if not len(fractions):
            raise ValueError(f"vote_fraction of {owner} is empty: it has no row.")
        wrong = ~((fractions >= 0) & (fractions <= 1))
        _refuse(wrong, fractions, "vote_fraction", owner, "in [0, 1]")
        return fractions if fractions.ndim == 2 else fractions[:, None]

    def _volunteers(self):
        """Return how many volunteers a call asks, shape (n_pool, n_questions)."""
        owner, shape = type(self).__name__, self._fractions().shape
        if np.ndim(self.n_volunteers) == 0:
            n = check_count(
                self.n_volunteers,
                "n_volunteers",
                owner,
                smallest=0,
                most=MOST_IN_MEMORY,
            )
            return np.full(shape, n)
        counts = as_numbers(
            self.n_volunteers, f"n_volunteers of {owner} must be numbers"
        )
        if counts.dtype.kind not in "iu":
            raise TypeError(
                f"n_volunteers of {owner} must be integers, got dtype {counts.dtype}."
            )
        if counts.shape not in (shape[:1], np.shape(self.vote_fraction)):
            raise ValueError(
                f"n_volunteers of {owner} must be a number, or have the shape of "
                f"vote_fraction, {np.shape(self.vote_fraction)}, or {shape[:1]}, got "
                f"{counts.shape}."
            )
        _refuse(counts < 0, counts, "n_volunteers", owner, ">= 0")
        counts = counts if counts.ndim == 2 else counts[:, None]
        return np.broadcast_to(counts.astype(np.int64), shape)


def _refuse(wrong, values, name, owner, rule):
    if not wrong.any():
        return
    place = tuple(np.argwhere(wrong)[0].tolist())
    question = f", question {place[1]}" if len(place) == 2 else ""
    raise ValueError(
        f"{name} of {owner} must be {rule}, but row {place[0]}{question} has "
        f"{values[place]}."
    )
