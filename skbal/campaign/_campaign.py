"""The campaign: what people are asked, what they said, and what follows from it."""

import time

from skbal._utils.observers import wants_pool
from skbal._utils.unanswered import unanswered
from skbal._utils.validation import check_count
from skbal.campaign._answers import (
    check_answers,
    record,
    undo_last,
)
from skbal.campaign._asking import lease_items
from skbal.campaign._checks import check_all, rebuild_items
from skbal.campaign._creating import new_campaign
from skbal.campaign._history import history_of
from skbal.campaign._learning import (
    check_chooses,
    check_learns,
    check_strategy,
    learner_of,
    prepared,
    read_votes,
)
from skbal.campaign._parts import made_part
from skbal.campaign._people import BY_HAND, check_name, check_person
from skbal.campaign._settings import Settings
from skbal.campaign._status import status_of
from skbal.campaign._store import Store
from skbal.campaign._texts import check_storable
from skbal.campaign._training import train
from skbal.campaign._views import number_of, told_answers, vote_counts


class Campaign:
    """Weeks of labelling by several people, kept in a database.

    When `tell` returns, the answer is on disk: a crash or a power cut does not lose it.
    Several people may be asked at once, several processes may open the campaign, and
    one may retrain meanwhile. Counts and retirements are computed from the answers.

    Use `Campaign.create` for a new campaign and `Campaign.open` to continue one. They
    call the class.

    Parameters
    ----------
    store : Store
        The database.
    settings : Settings
        What the campaign is about.
    estimator, query_strategy : object or None
        Given by the user, in place of those in the settings.
    clock : callable, default=time.time
        Gives the time in seconds since 1970.

    Attributes
    ----------
    url : str
        Where the campaign is kept, without a password.
    settings : Settings
        What the campaign is about.
    store : Store
        The database, for queries of your own: ``store.read`` calls a function with an
        open connection of SQLAlchemy. Write only by the methods of the campaign.
    clock : callable
        Gives the time in seconds since 1970.

    Notes
    -----
    The database is a file of SQLite, or PostgreSQL if several machines serve the
    campaign. A file of SQLite must lie on a local disk: network file systems do not
    lock it reliably.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.campaign import Campaign
    >>> folder = tempfile.TemporaryDirectory()
    >>> X, y = load_digits(return_X_y=True)
    >>> campaign = Campaign.create(
    ...     f"{folder.name}/digits.db", X[:300], range(10),
    ...     estimator=RandomForestClassifier(20, random_state=0),
    ... )
    >>> for item in campaign.ask(40, "ann"):
    ...     told = campaign.tell(item.id, int(y[item.id]), "ann")
    >>> campaign.retrain()
    1
    >>> campaign.status()
    Status(300 items, 260 open, 40 answers, model 1)
    >>> campaign.close()
    >>> folder.cleanup()
    """

    def __init__(self, store, settings, estimator, query_strategy, clock=time.time):
        self.store = store
        self.clock = clock
        self.settings = settings
        self._estimator = estimator
        self._query_strategy = query_strategy
        self._has_seen = None  # an estimator that looked at the pool

    # ------------------------------------------------------------------ life

    @classmethod
    def create(
        cls,
        url,
        items,
        answers,
        estimator=None,
        query_strategy=None,
        min_votes=1,
        max_votes=None,
        *,
        names=None,
        rules=(),
        enhanced=None,
        gold=None,
        gold_every=20,
        lease_seconds=900,
        random_state=0,
    ):
        """Make a new campaign.

        Parameters
        ----------
        url : str or os.PathLike
            A path such as "votes.db" for a file of SQLite, or the address of a
            database of PostgreSQL, "postgresql://user:password@host/name". It must not
            hold anything yet.
        items : array-like, data frame, list of str, or path of a folder
            What people are asked about: an array of shape (n_items, ...), a data frame
            or a list of texts, which the database keeps; or a folder of images or a
            list of image files, which must stay where they are.
        answers : list
            The possible answers, as strings or numbers. For several questions, one
            tuple (name, answers) or (name, answers, asked_of) each, in which
            ``asked_of`` is the answer that leads to the question.
        estimator : estimator, optional
            Learns from the answers, see `retrain`: a classifier, a regressor, a model
            of votes, or a `skbal.votes.VoteAllocation`. ``None`` trains nothing. The
            ``classes`` of a network, if given, must be the answers.
        query_strategy : strategy, optional
            Chooses the items. ``None`` uses the strategy that suits the estimator, as
            `skbal.ActiveLearner` does, and `skbal.query.MaxEntropy` for a classifier
            that makes no posterior draws.
        min_votes : int, default=1
            Number of people who are asked about every item.
        max_votes : int, optional
            Number of answers after which an item is retired: nobody is asked about it
            any more. ``None`` means ``min_votes``.
        names : list of str, optional
            The names of the items. ``None`` uses the names of the files, or numbers.
        rules : list of dict, default=()
            What retires an item earlier, once it has ``min_votes`` answers. Each rule
            has a "name" and its numbers: "consensus" (``share`` of at least ``votes``
            answers that agree), "chance_wrong" (the probability ``chance`` that the
            leading answer of at least ``votes`` is wrong, for a `VoteAllocation`),
            "cannot_tell" (``votes`` people could not tell; also before ``min_votes``).
        enhanced : float, optional
            Share of the questions that the model chooses, in [0, 1]. The rest is chosen
            at random, so that every item is seen. ``None`` means 0.6 with an estimator
            and more than one vote an item, otherwise 1.
        gold : dict, optional
            The right answers of some items, by number or name. They show how good each
            person is. Answers about them are not counted, and no model learns from
            them.
        gold_every : int, default=20
            One question of this many is about a gold item, as long as there are any.
        lease_seconds : float, default=900
            Seconds for which an item is kept for the person who is asked.
        random_state : int, default=0
            Seed of the random order of the items and of all training.

        Returns
        -------
        campaign : Campaign

        Raises
        ------
        CampaignError
            If there is something at ``url`` already, or it cannot be written. Nothing
            is overwritten.
        NoDrawsError
            If a classifier gives no probabilities. If the estimator makes no posterior
            draws and ``query_strategy`` needs them, or a regressor makes none and there
            is no ``query_strategy``.
        TypeError, ValueError
            If an argument is invalid.
        """
        settings, fill = new_campaign(
            items,
            answers,
            estimator,
            query_strategy,
            names=names,
            rules=rules,
            min_votes=min_votes,
            max_votes=max_votes,
            enhanced=enhanced,
            gold=gold,
            gold_every=gold_every,
            lease_seconds=lease_seconds,
            random_state=random_state,
        )
        store = Store.create(url, fill)
        return cls(store, settings, estimator, query_strategy)

    @classmethod
    def open(cls, url, *, estimator=None, query_strategy=None, clock=time.time):
        """Open an existing campaign, to continue it.

        Parameters
        ----------
        url : str or os.PathLike
            As `create` took it.
        estimator : estimator, optional
            Another estimator to retrain. It must be given if the first one was no class
            of scikit-learn, skbal or torch: others are not made from a database.
        query_strategy : strategy, optional
            Another strategy.
        clock : callable, default=time.time
            Gives the time in seconds since 1970.

        Returns
        -------
        campaign : Campaign

        Raises
        ------
        CampaignError
            If there is no campaign, its database is damaged, or it was made by a newer
            skbal. Nothing is overwritten.
        NoDrawsError
            As in `create`.
        """
        store = Store.open(url)
        try:
            store.read(check_answers)
            settings = store.read(Settings.read)
            if query_strategy is not None:
                check_strategy(query_strategy)
            if estimator is not None:
                check_learns(estimator, settings.questions)
                check_chooses(estimator, query_strategy or settings.query_strategy)
        except BaseException:
            store.close()
            raise
        return cls(store, settings, estimator, query_strategy, clock)

    @property
    def url(self):
        """Where the campaign is kept, without a password."""
        return self.store.url.render_as_string(hide_password=True)

    def close(self):
        """Close the connections to the database."""
        self.store.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def __repr__(self):
        return f"Campaign({self.url!r}, {self.settings.n_items} items)"

    # ------------------------------------------------------------------ people

    def ask(self, n=1, annotator="me"):
        """Return the items that a person is to be asked about next.

        The items are kept for the person until ``until``: others are asked about them
        only if nothing else is left and they need several answers. Asking again
        returns the items that are still unanswered first, for instance after a page
        was reloaded.

        Parameters
        ----------
        n : int, default=1
            Number of items, together with those that the person still has.
        annotator : str, default="me"
            Name of the person.

        Returns
        -------
        items : list of Item
            In the order in which to ask. Fewer than ``n`` if there are no more for this
            person, and none at the end.

        Raises
        ------
        TypeError, ValueError
            If an argument is invalid.
        """
        n = min(check_count(n, "n", "ask of Campaign"), self.settings.n_items)
        person = check_person(annotator)
        return self.store.write(
            lambda connection: lease_items(
                connection, self.settings, n, person, self.clock()
            )
        )

    def tell(self, item_id, answer, annotator="me", *, key=None):
        """Keep the answer of a person. When this returns, it is on disk.

        The same answer again changes nothing, so it is safe to tell again after a
        failure whose outcome is unknown.

        Parameters
        ----------
        item_id : int or str
            The ``id`` of the item, or its name.
        answer : str, number, dict or None
            One of the answers. For several questions, a dict with an answer to each
            question that applies. None, NaN and `skbal.oracles.SKIP` mean "I cannot
            tell".
        annotator : str, default="me"
            Name of the person.
        key : str, optional
            A name of this answer that you choose. Under one key, one answer is kept.

        Returns
        -------
        told : Told
            The answer, and whether the item is now retired.

        Raises
        ------
        ValueError
            If there is no such item or answer, or the person has answered differently
            before: `undo` takes an answer back.
        CampaignError
            If it could not be written, for instance on a full disk.
        """
        if isinstance(answer, dict) or not unanswered([answer])[0]:
            kind, answer = "answer", self.settings.questions.check(answer)
        else:
            kind, answer = "cannot_tell", None
        return self._record(item_id, annotator, kind, answer, key)

    def skip(self, item_id, annotator="me"):
        """Leave an item to others. The person is not asked about it again.

        Parameters
        ----------
        item_id : int or str
            The ``id`` of the item, or its name.
        annotator : str, default="me"
            Name of the person.

        Returns
        -------
        told : Told
        """
        return self._record(item_id, annotator, "skip", None, None)

    def undo(self, annotator="me", *, expected=None):
        """Take back the last answer of a person, who is asked about the item again.

        Parameters
        ----------
        annotator : str, default="me"
            Name of the person.
        expected : int, optional
            The ``id`` of the answer that must be the last one. If it is not, nothing is
            taken back: a request that is sent twice takes back one answer.

        Returns
        -------
        told : Told or None
            What was taken back. None if nothing was.
        """
        person, now = check_person(annotator), self.clock()
        until = now + self.settings.lease_seconds
        return self.store.write(
            lambda connection: undo_last(
                connection, self.settings, person, now, until, expected
            )
        )

    def retire(self, item_id, reason="by hand"):
        """Ask nobody about an item any more.

        Parameters
        ----------
        item_id : int or str
            The ``id`` of the item, or its name.
        reason : str, default="by hand"
            Why, in words.

        Returns
        -------
        told : Told
        """
        reason = check_storable(str(reason), "reason of Campaign.retire")
        return self._record_as(BY_HAND, item_id, "retire", ["by_hand", reason], None)

    def _record(self, item_id, annotator, kind, content, key):
        person = check_person(annotator)
        key = None if key is None else check_name(key, "key")
        return self._record_as(person, item_id, kind, content, key)

    def _record_as(self, person, item_id, kind, content, key):
        number, now = self.id_of(item_id), self.clock()
        return self.store.write(
            lambda connection: record(
                connection,
                self.settings,
                number,
                person,
                kind,
                content,
                key=key,
                now=now,
            )
        )

    # ------------------------------------------------------------------ care

    def check(self):
        """Compare everything that is kept with its checksum and with the answers.

        `open` checks each page and each answer. This method also reads all items and
        computes their counts again, which takes some seconds for 100,000 items.

        Raises
        ------
        CampaignError
            If something differs from what was written, or does not agree with the
            answers.
        """
        self.store.read(lambda connection: check_all(connection, self.settings))

    def rebuild(self):
        """Compute the counts and the retirement of each item again, from the answers.

        Returns
        -------
        n_changed : int
            Number of items that changed.
        """
        now = self.clock()
        return self.store.write(
            lambda connection: rebuild_items(connection, self.settings, now)
        )

    # ------------------------------------------------------------------ models

    def retrain(self):
        """Train on all that was told, and order the items anew.

        People may be asked and answer meanwhile. If it is interrupted, the previous
        order remains.

        Returns
        -------
        version : int
            The number of the model, from 1.

        Raises
        ------
        ValueError
            If the campaign has no estimator, or the answers do not suffice, for
            instance since all are equal.
        TypeError
            If the estimator cannot learn from such answers.
        """
        estimator, strategy = self._parts()
        if wants_pool(estimator):  # looking takes long, so it is done once
            if self._has_seen is None:
                self._has_seen = prepared(self.store, self.settings, estimator)
            estimator = self._has_seen
        else:
            estimator = prepared(self.store, self.settings, estimator)
        return train(self.store, self.settings, estimator, strategy, self.clock)

    def learner(self):
        """Return an `ActiveLearner` that was taught all answers, to use in a notebook.

        Returns
        -------
        learner : skbal.ActiveLearner

        Raises
        ------
        ValueError
            As `retrain`.
        TypeError
            As `retrain`, or if the estimator is a `skbal.votes.VoteAllocation`.
        """
        estimator, strategy = self._parts()
        votes = self.store.read(
            lambda connection: read_votes(connection, self.settings)
        )
        estimator = prepared(self.store, self.settings, estimator)
        return learner_of(self.store, self.settings, estimator, strategy, votes)

    def _parts(self):
        estimator = self._part("estimator")
        if estimator is None:
            raise ValueError(
                "The campaign has no estimator, so there is nothing to train. Give one "
                "to Campaign.open, or name one with skbal campaign retrain --model."
            )
        return estimator, self._part("query_strategy")

    def _part(self, name):
        given = getattr(self, f"_{name}")
        if given is not None:
            return given
        stored = getattr(self.settings, name)
        try:
            return None if stored is None else made_part(stored)
        except ValueError as error:
            raise ValueError(
                f"{name} of the campaign is {stored['described']!s:.200}, which is not "
                f"made from a database: {error}. Give it to Campaign.open({name}=...)."
            ) from error

    # ------------------------------------------------------------------ views

    def id_of(self, item_id):
        """Return the number of an item.

        Parameters
        ----------
        item_id : int or str
            The ``id`` of the item, or its name.

        Returns
        -------
        number : int
            From 0, in the order in which the items were given to `create`.

        Raises
        ------
        ValueError
            If there is no such item.
        TypeError
            If it is neither an integer nor a string.
        """
        return number_of(self.store, self.settings, item_id)

    def answers(self):
        """Return all answers that were not taken back, as a data frame.

        Returns
        -------
        answers : pandas.DataFrame
            With the columns ``item`` (the id), ``name``, ``answer`` (None for "I cannot
            tell"), ``annotator``, ``kind`` ("answer" or "cannot_tell"), ``queue``,
            ``at`` (seconds since 1970) and ``late``, in the order in which they were
            told.
        """
        return told_answers(self.store)

    def counts(self):
        """Return how many people gave each answer to each item.

        Returns
        -------
        counts : ndarray of int of shape (n_items, n_answers)
            One column for each answer of each question, in their order.
        """
        return vote_counts(self.store, self.settings)

    def status(self):
        """Return where the campaign stands.

        Returns
        -------
        status : Status
        """
        now = self.clock()
        return self.store.read(
            lambda connection: status_of(connection, self.settings, now)
        )

    def history(self):
        """Return one record for each model.

        Returns
        -------
        history : skbal.loop.History
            The score of a model is the share of answers about randomly chosen items,
            told after it was trained, that it had expected.
        """
        return self.store.read(lambda connection: history_of(connection, self.settings))
