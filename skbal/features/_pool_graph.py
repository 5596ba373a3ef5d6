"""PoolGraph: what lies near what in a pool, and the smoothest functions on it."""

import copy
import warnings

import numpy as np
from scipy.sparse.csgraph import connected_components
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import (
    check_parameters,
    count,
    either,
    having,
    jobs,
    option,
    own,
    seed,
)
from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed, stream
from skbal._utils.transactions import all_or_nothing
from skbal.exceptions import NumericalWarning
from skbal.features._affinity import affinity_matrix
from skbal.features._coordinates import Coordinates
from skbal.features._eigenfunctions import eigenfunctions
from skbal.features._field import LEAST_TAU, Field
from skbal.features._gap import n_clusters_of
from skbal.features._islands import islands_of
from skbal.features._known_rows import KnownRows, can_be_known
from skbal.features._nodes import Nodes, different
from skbal.features._places import Places
from skbal.features._row_sums import RowSums
from skbal.features._rows import check_rows, row_shape

_MOST_FIELDS = 8  # priors that are kept, since they take a look at all nodes


def _check_features(value, name, owner):
    is_kind = isinstance(value, type)
    known = callable(value) or (hasattr(value, "fit") and hasattr(value, "transform"))
    if is_kind or not known:
        shown = f"the class {value.__name__}" if is_kind else repr(value)
        raise TypeError(
            f"{name} of {owner} must be a transformer, a function of rows or None, "
            f"got {shown}."
        )


class PoolGraph(
    ClassNamePrefixFeaturesOutMixin,
    KnowsItsParameters,
    TransformerMixin,
    BaseEstimator,
):
    """The graph of nearest neighbours in a pool, and the smoothest functions on it.

    The graph is built from unlabelled rows. Each row is joined to its nearest
    neighbours. The eigenfunctions of the random walk on the graph vary slowly from
    neighbour to neighbour: the first ones separate clusters, later ones parts of
    clusters [1]_. `transform` returns their values. They are good features for a model
    that learns from very few labels, such as `skbal.models.GraphClassifier`.

    Parameters
    ----------
    features : transformer, callable or None, default=None
        The features in which distances are measured. A transformer, such as
        `GradientHistograms` or a ``Pipeline``, is cloned, fitted on at most 10,000
        random rows of the pool, and applied. A function takes rows and returns an array
        of shape (n_rows, n_features). ``None`` uses the rows themselves, flattened.
    n_neighbors : int, default=10
        Number of neighbours of each row.
    n_components : int, default=200
        Number of eigenfunctions. A pool of fewer different rows has as many as rows.
    pca_components : int or None, default=60
        If there are more features, their first ``pca_components`` principal components
        are used. ``None`` uses all features.
    neighbors : "exact", "approximate" or transformer, default="exact"
        How neighbours are found. "exact" uses scikit-learn, whose time grows with the
        square of the number of rows if there are more than about 15 features.
        "approximate" uses faiss, which ``pip install 'skbal[graph]'`` installs. A
        transformer, such as ``pynndescent.PyNNDescentTransformer()``, gives a sparse
        matrix of distances as `sklearn.neighbors.KNeighborsTransformer` does.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the choice of rows to fit ``features`` on if the pool is large, and the
        start of the search for eigenfunctions.
    batch_size : int, optional
        Number of rows whose features are computed at once. ``None`` chooses it so that
        temporaries stay near 64 MB.
    n_jobs : int, optional
        Number of parallel joblib workers that compute features. ``None`` means 1
        unless in a `joblib.parallel_config` context.

    Attributes
    ----------
    embedding_ : ndarray of shape (n_pool, n_components)
        Values of the eigenfunctions at the rows of the pool. The squares of a column
        have mean 1 over the nodes, weighted by their degrees.
    eigenvalues_ : ndarray of shape (n_components,)
        Eigenvalues of the random walk, in [-1, 1], largest first. A function with
        eigenvalue 1 is constant on each connected component.
    affinity_ : CSR matrix of shape (n_nodes, n_nodes)
        Weights of the edges, ``exp(-4 d**2 / d_k**2)`` with d_k the distance of the
        farthest neighbour; of the two directions the larger [2]_.
    node_of_row_ : ndarray of shape (n_pool,), dtype=intp
        The node of each row. Equal rows are one node.
    n_clusters_ : int
        Number of clusters, estimated from the eigenvalues, at most 20. See Notes.
    n_connected_components_ : int
        Number of connected components of the graph.
    features_ : transformer, callable or None
        The fitted transformer, or what was given.
    n_features_in_ : int
        Number of features of a row, if rows have a second axis.

    See Also
    --------
    skbal.models.GraphClassifier : Learns classes on the eigenfunctions.
    skbal.seeding.ClusterSeed : First labels, one for each cluster of the graph.

    Notes
    -----
    A row of the pool is found again by its values and keeps its own value of each
    eigenfunction. A new row gets the weighted mean over its nearest rows in the pool.

    In a cloud of points in d dimensions without clusters, ``1 - eigenvalue`` of the
    k-th function grows like ``k ** (2 / d)``. So ``k * log((1 - next) / (1 - this))``
    is about the same for all k. `n_clusters_` is the last k from 2 where it reaches two
    thirds of its largest value.

    ``clone`` returns a fitted graph itself: copies would be large, and it depends on no
    labels. For the same reason ``fit`` keeps a fitted graph if all rows are of its pool
    and no parameter was changed. So a fitted graph may be a step of a ``Pipeline`` that
    is fitted on labelled rows of the pool. `get_params` has what a graph of another
    pool needs: ``PoolGraph(**graph.get_params())``.

    Held in memory: the coordinates of the rows (at most ``pca_components``), the
    eigenfunctions in float32, and the edges. Data that are not in memory are read chunk
    by chunk.

    References
    ----------
    .. [1] M. Belkin and P. Niyogi (2003), Laplacian Eigenmaps for Dimensionality
       Reduction and Data Representation.
    .. [2] L. Zelnik-Manor and P. Perona (2004), Self-Tuning Spectral Clustering; the
       factor 4 is that of J. Calder, B. Cook, M. Thorpe and D. Slepcev (2020), Poisson
       Learning.

    Examples
    --------
    Two groups of rows: the second eigenfunction tells them apart.

    >>> import numpy as np
    >>> from skbal.features import PoolGraph
    >>> X = np.array([[0.0], [0.1], [0.2], [0.3], [9.0], [9.1], [9.2], [9.4]])
    >>> graph = PoolGraph(n_neighbors=4, n_components=2, random_state=0).fit(X)
    >>> graph.n_connected_components_
    1
    >>> second = graph.transform([[0.25], [9.05]])[:, 1]
    >>> bool(second[0] * second[1] < 0)
    True
    """

    _parameter_rules = {
        "features": own(
            _check_features, "a transformer, a function or None", 3, none=True
        ),
        "n_neighbors": count(1),
        "n_components": count(1),
        "pca_components": count(1, none=True),
        "neighbors": either(
            option("exact", "approximate"),
            having("fit", "transform", example="KNeighborsTransformer()"),
        ),
        "random_state": seed(),
        "batch_size": count(1, none=True),
        "n_jobs": jobs(),
    }

    def __init__(
        self,
        features=None,
        n_neighbors=10,
        n_components=200,
        *,
        pca_components=60,
        neighbors="exact",
        random_state=None,
        batch_size=None,
        n_jobs=None,
    ):
        self.features = features
        self.n_neighbors = n_neighbors
        self.n_components = n_components
        self.pca_components = pca_components
        self.neighbors = neighbors
        self.random_state = random_state
        self.batch_size = batch_size
        self.n_jobs = n_jobs

    # ------------------------------------------------------------------ learning

    def fit(self, X, y=None):
        """Build the graph of a pool and find its eigenfunctions.

        Parameters
        ----------
        X : array-like of shape (n_pool, ...)
            The pool, of any kind that ``features`` takes. Labels are not needed.
        y : object, optional
            Not used. It exists so that a ``Pipeline`` can pass labels.

        Returns
        -------
        self : PoolGraph
            The fitted graph. A fitted graph is left as it is if all rows of X are of
            its pool and no parameter was changed.

        Raises
        ------
        ValueError, TypeError
            If X or a parameter is invalid, or all rows are equal. The message says
            which.

        Warns
        -----
        NumericalWarning
            If the graph has more connected components than eigenfunctions.
        """
        check_parameters(self)
        if not self._keeps(X):
            with all_or_nothing(self):
                self._build(X)
            self._warn_of_components()
        return self

    def _build(self, X):
        owner = type(self).__name__
        random = stream(check_seed(self.random_state, owner), "graph")
        self._row_shape = check_rows(self, X)
        coordinates = Coordinates(self.features, self.pca_components, owner)
        points = self._points(coordinates.fit(X, random), X)
        points, rows = different(points)
        if len(points) < 2:
            raise ValueError(
                f"X given to {owner} must have at least 2 different rows, but all of "
                f"its {len(rows)} rows are equal (n_samples = {len(rows)})."
            )
        self._learn(points, random)
        self._coordinates, self.features_ = coordinates, coordinates.transformer
        self.node_of_row_, self._sums = rows, RowSums(self._functions, rows)
        self._known = KnownRows(X) if can_be_known(X) else None
        self._fitted_with = self.get_params()

    def _learn(self, points, rng):
        """Find neighbours and eigenfunctions of different points."""
        owner = type(self).__name__
        nodes = Nodes(points, self.neighbors, self.n_neighbors, self.n_jobs, owner)
        distances, indices = nodes.neighbours()
        affinity = affinity_matrix(distances, indices)
        self._islands = islands_of(affinity, distances, indices)
        del distances, indices
        n_components = min(self.n_components, len(points))
        values, functions = eigenfunctions(affinity, n_components, rng)
        self._nodes, self._functions, self._fields = nodes, functions, {}
        self.eigenvalues_, self.affinity_ = values, affinity
        self.n_connected_components_ = int(connected_components(affinity)[0])
        self.n_clusters_ = n_clusters_of(values)

    def fit_transform(self, X, y=None):
        """Build the graph and return the eigenfunctions at the rows.

        Parameters
        ----------
        X : array-like of shape (n_pool, ...)
            The pool.
        y : object, optional
            Not used.

        Returns
        -------
        values : ndarray of shape (n_pool, n_components)
        """
        return self.fit(X, y).transform(X)

    def observe_pool(self, X_pool):
        """Build the graph, as `fit` does. A loop calls this before it asks.

        So a graph that is the first step of a pipeline knows the whole pool, though
        the pipeline is fitted to the labelled rows.

        Parameters
        ----------
        X_pool : array-like of shape (n_pool, ...)
            The pool.

        Returns
        -------
        self : PoolGraph
        """
        return self.fit(X_pool)

    def _keeps(self, X):
        if not self.__sklearn_is_fitted__() or not self.is_up_to_date():
            return False
        same_form = self._row_shape in (None, row_shape(X))
        if not same_form or not 0 < n_rows(X) <= len(self.node_of_row_):
            return False
        try:
            return bool((self._places(X).nodes >= 0).all())
        except (ValueError, TypeError):
            return False  # rows that the features do not take are not of the pool

    def is_up_to_date(self):
        """Return whether the parameters are still those of the last ``fit``.

        Returns
        -------
        up_to_date : bool
        """
        check_is_fitted(self)
        now, then = self.get_params(), self._fitted_with
        return now.keys() == then.keys() and all(
            _is_same(now[name], then[name]) for name in then
        )

    def check_up_to_date(self, name, owner):
        """Raise an error if a parameter was changed after the last ``fit``.

        Parameters
        ----------
        name, owner : str
            The parameter whose value the graph is, and its owner.

        Raises
        ------
        NotFittedError
            If a parameter was changed.
        """
        if not self.is_up_to_date():
            raise NotFittedError(
                f"{name} of {owner} was fitted with other parameters than it has now. "
                "Fit it again on the pool."
            )

    def _points(self, coordinates, X):
        return coordinates(X, batch_size=self.batch_size, n_jobs=self.n_jobs)

    def _warn_of_components(self):
        n_parts, n_functions = self.n_connected_components_, len(self.eigenvalues_)
        if n_parts > n_functions:
            warnings.warn(
                f"The graph of {type(self).__name__} has {n_parts} connected "
                f"components, and n_components={n_functions} functions cannot tell "
                "them all apart. Use more components or more neighbours.",
                NumericalWarning,
                stacklevel=3,
            )

    # ------------------------------------------------------------------ using

    @property
    def embedding_(self):
        """Values of the eigenfunctions at the rows of the pool."""
        return self._functions[self.node_of_row_]

    def transform(self, X):
        """Return the values of the eigenfunctions at rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``. They may be of the pool, or new ones.

        Returns
        -------
        values : ndarray of shape (n_samples, n_components)
            Of a row of the pool, its own; of a new row, the weighted mean over its
            nearest rows in the pool.

        Raises
        ------
        ValueError, TypeError
            If X is of another form than the pool, or not finite.
        """
        return self.locate(X).means(self._functions)

    def locate(self, X):
        """Return where rows are on the graph.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        places : Places
            Its ``means(values)`` gives any function of the nodes at the rows.
        """
        check_is_fitted(self)
        check_rows(self, X, self._row_shape, reset=False)
        return self._places(X)

    def field(self, tau=None, alpha=3.0):
        """Return the prior of a random smooth function on the graph.

        Parameters
        ----------
        tau : float, optional
            As `skbal.models.GraphClassifier` takes it, but for "evidence".
        alpha : float, default=3.0
            As `skbal.models.GraphClassifier` takes it.

        Returns
        -------
        field : Field
            The prior: variances of the eigenfunctions, and how much a function changes
            between rows and their neighbours.
        """
        check_is_fitted(self)
        key = (tau, alpha)
        if key not in self._fields:
            if len(self._fields) >= _MOST_FIELDS:
                self._fields.pop(next(iter(self._fields)))
            self._fields[key] = Field.on(self, self._functions, self._sums, tau, alpha)
        return self._fields[key]

    def count_clusters(self, most):
        """Return `n_clusters_` if no more than ``most`` clusters are allowed.

        Parameters
        ----------
        most : int
            Largest number allowed.

        Returns
        -------
        n_clusters : int
        """
        check_is_fitted(self)
        return n_clusters_of(self.eigenvalues_, most)

    def tau_behind(self, n_clusters):
        """Return the ``tau`` of a field that varies between so many clusters.

        Parameters
        ----------
        n_clusters : int
            Number of clusters.

        Returns
        -------
        tau : float
            One minus the first eigenvalue behind those of the clusters.
        """
        check_is_fitted(self)
        behind = min(n_clusters, len(self.eigenvalues_) - 1)
        return float(max(1 - self.eigenvalues_[behind], LEAST_TAU))

    def islands(self, places):
        """Return which rows are in small clusters far from all others.

        Such a cluster has from 5 to ``2 * n_neighbors`` nodes. They are neighbours of
        each other, and of no other node. A step of the random walk leaves it with a
        probability below 0.1. Connected components are none: they have eigenfunctions.

        Parameters
        ----------
        places : Places
            Where the rows are, as `locate` returns it.

        Returns
        -------
        islands : ndarray of shape (n_rows,), dtype=int
            The number of the island, or -1.
        leaves : ndarray of shape (n_islands,)
            Probability that a step of the random walk leaves each island.
        """
        check_is_fitted(self)
        islands, leaves = self._islands
        nodes = places.nodes
        return np.where(nodes >= 0, islands[nodes], -1), leaves

    def _places(self, X):
        nodes = self._known_nodes(X)
        new = np.flatnonzero(nodes < 0)
        if not new.size:
            return Places(nodes)
        part = X if len(new) == len(nodes) else X[new]
        nodes[new], *nearest = self._nodes.nearest(
            self._points(self._coordinates, part)
        )
        return Places(nodes, new, *nearest)

    def _known_nodes(self, X):
        rows = None if self._known is None else self._known.find(X)
        if rows is None:
            return np.full(n_rows(X), -1)
        return np.where(rows >= 0, self.node_of_row_[rows], -1)

    def __sklearn_clone__(self):
        return self if self.__sklearn_is_fitted__() else super().__sklearn_clone__()

    def __deepcopy__(self, memo):
        """Copy the parameters, and share what was learned, which no method changes."""
        copied = type(self).__new__(type(self))
        memo[id(self)] = copied
        own = {"_fitted_with", *self._get_param_names()}
        for name, value in vars(self).items():
            vars(copied)[name] = copy.deepcopy(value, memo) if name in own else value
        return copied

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_functions")

    @property
    def _n_features_out(self):
        return self._functions.shape[1]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        # Whether a value may be missing is then the business of the features.
        tags.input_tags.allow_nan = self.features is not None
        return tags


def _is_same(now, then):
    """Return whether a parameter is what it was."""
    if now is then:
        return True
    try:
        # NaN, as of SimpleImputer(), is another object in a copy, and not equal to it.
        return bool(np.all((now == then) | ((now != now) & (then != then))))
    except ValueError:  # lists of arrays
        return False
