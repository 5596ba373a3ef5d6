"""What another answer of each person tells about an item, and whom to ask."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skbal._utils.labels import label_column
from skbal._utils.named_axes import check_order
from skbal._utils.prices import as_prices
from skbal.information import annotator_information
from skbal.votes._answer_table import check_same_kind


class WhomToAskMixin:
    """Adds whom to ask to a fitted `DawidSkene`."""

    def answer_information(self, items):
        """Return what another answer of each person tells about the class of an item.

        Parameters
        ----------
        items : array-like of shape (n_asked,)
            Items. Of one that nobody answered about, ``class_prior_`` is known.

        Returns
        -------
        information : ndarray of shape (n_asked, n_annotators)
            Mutual information of answer and class, in nats, as
            `skbal.information.annotator_information` computes it. Columns in the order
            of ``annotators_``.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        """
        rows = self._rows(items)
        known = np.where(
            (rows >= 0)[:, np.newaxis], self.posterior_[rows], self.class_prior_
        )
        if len(self.classes_) == 1:
            return np.zeros((len(rows), len(self.annotators_)))
        return annotator_information(known, self.confusion_)

    def has_answered(self, items):
        """Return who has answered about which item.

        Parameters
        ----------
        items : array-like of shape (n_asked,)
            Items.

        Returns
        -------
        has_answered : ndarray of shape (n_asked, n_annotators), dtype=bool

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        """
        rows = self._rows(items)
        shape = (len(rows), len(self.annotators_), len(self.classes_))
        given = self._answers[rows].toarray().reshape(shape).any(axis=2)
        return given & (rows >= 0)[:, np.newaxis]

    def whom_to_ask(self, items, *, costs=None):
        """Return whose answer tells most about each item for its price.

        Nobody is asked again about an item that they have answered.

        Parameters
        ----------
        items : array-like of shape (n_asked,)
            Items, also some that nobody answered about.
        costs : array-like of shape (n_annotators,), optional
            Price of an answer of each person, larger than 0, in the order of
            ``annotators_``. ``None`` is 1 for all.

        Returns
        -------
        annotators : ndarray of shape (n_asked,)
            The first in ``annotators_`` among equally good ones.
        worth : ndarray of shape (n_asked,)
            The information of their answer about the class, in nats, divided by its
            price. To choose among items, take the largest.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError
            If all people have answered about an item, or a price is not larger than 0.

        Notes
        -----
        The confusion matrices are taken as they are. A person who gave few answers is
        not asked in order to learn more about the person.
        """
        worth = self.answer_information(items) / self._prices(costs)
        given = self.has_answered(items)
        if given.all(axis=1).any():
            item = np.asarray(items)[given.all(axis=1)].tolist()[0]
            raise ValueError(
                f"items given to whom_to_ask of {type(self).__name__} must be ones "
                f"that somebody has not answered about, got {item!r}."
            )
        worth[given] = -np.inf
        best = worth.argmax(axis=1)
        return self.annotators_[best], worth[np.arange(len(best)), best]

    def _prices(self, costs):
        if costs is None:
            return np.ones(len(self.annotators_))
        what = f"costs given to {type(self).__name__}"
        prices = as_prices(costs, what, "person")
        if prices.shape != self.annotators_.shape:
            raise ValueError(
                f"{what} must be one price for each of the {len(self.annotators_)} "
                f"people, got shape {prices.shape}."
            )
        check_order(costs, self.annotators_, what)
        return prices

    def _rows(self, items):
        """Return the position of each item in ``items_``, or -1."""
        check_is_fitted(self)
        what = f"items given to {type(self).__name__}"
        items = label_column(items, what)
        check_same_kind(items.tolist(), self.items_, f"{what} must be")
        places = {name: place for place, name in enumerate(self.items_.tolist())}
        return np.array([places.get(name, -1) for name in items.tolist()], dtype=int)
