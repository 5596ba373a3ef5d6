"""The SWAG regressor."""

from skbal.models._networks._number_targets import NumberTargets
from skbal.models._swag._base import SWAG


class SWAGRegressor(NumberTargets, SWAG):
    """A neural network that draws functions by SWAG.

    After an ordinary training, stochastic gradient descent goes on at a constant rate,
    so that the weights wander around the solution. A normal distribution of all weights
    is fitted to snapshots of them: their mean, their variances, and a covariance of low
    rank [1]_. Each draw is one set of weights from it, the same for every row.
    ``predict`` is the mean of ``n_draws`` draws with a seed fixed by ``fit``, so it is
    repeatable. `predict_samples` returns the draws themselves.

    The network learns standardised y by the squared error. Draws are in the units of y.
    They are draws of the function, without the noise of a measurement. Dropout, if the
    network has it, acts in training only.

    Parameters
    ----------
    module : "auto" or torch.nn.Module class or instance, default="auto"
        The network. "auto" takes the CNN of Gal et al. (2017), `GalCNN`, for images and
        a multilayer perceptron, `DropoutMLP`, for rows of numbers. ``module__*`` sets
        their parameters, for instance ``module__hidden_units``. A module of your own
        has one output column per target. It may have dropout or not.
    image_shape : tuple of int, optional
        Shape (channels, height, width) or (height, width) of an image, if the rows of X
        are flattened images.
    standardize : "auto" or bool, default="auto"
        Whether rows are standardized: the mean of the training rows is subtracted, and
        the result divided by their standard deviation. Columns of a table are
        standardized one by one, and images by channel, over all pixels. "auto" does so
        for ``module="auto"``.
    n_draws : int, default=100
        Number of posterior draws that ``predict_samples`` returns by default and that
        predictions average.
    n_snapshots : int, default=40
        Number of snapshots of the weights. They follow the training that ``max_epochs``
        and ``lr`` describe.
    steps_per_snapshot : int, default=10
        Number of gradient steps from one snapshot to the next. The paper has an epoch.
        With few labels an epoch has few steps, and snapshots would be too much alike.
    swag_lr : float, default=0.01
        Learning rate of the steps between the snapshots, which is constant. They are
        steps of stochastic gradient descent with momentum 0.9. The larger it is, the
        wider the draws are spread. See the notes.
    rank : int, default=20
        Largest rank of the covariance beside its diagonal: the number of last snapshots
        whose deviations are kept.
    prior_length_scale : float, optional
        Length scale l of a Gaussian prior on the weights, whose variance is
        ``1 / l**2``. It sets the weight decay ``l**2 / n_samples``, in the training and
        between the snapshots. ``None`` sets no weight decay;
        ``optimizer__weight_decay`` still may.
    max_epochs : int, default=50
        Number of passes over the training rows.
    max_steps : int, optional
        Number of gradient steps, used instead of ``max_epochs``. Training may stop
        within an epoch. An epoch of 20 labels has few steps and one of 1,000 labels
        many, so this parameter suits a training set that grows.
    lr : float, default=0.001
        Learning rate. It is that of the training before the snapshots.
    batch_size : int, default=64
        Largest number of rows in a gradient step. The batches of an epoch have nearly
        equal sizes.
    optimizer : str or torch.optim.Optimizer class, default="Adam"
        A name in ``torch.optim`` or a class. ``optimizer__*`` sets its parameters.
    criterion : "auto" or torch loss class, default="auto"
        "auto" is the squared error.
    augment : callable, optional
        Called with each training batch (a tensor), returns a batch of the same shape;
        see `RandomShift`.
    train_split : float or callable, optional
        Share of the training rows that are kept for validation, for callbacks that need
        a validation set. They are drawn at random, the same share from each class. Or
        a callable as in skorch, for instance ``skorch.dataset.ValidSplit(5)``.
    callbacks : list, optional
        skorch callbacks. ``callbacks__*`` sets their parameters. They are called in the
        training before the snapshots.
    device : str, default="cpu"
        Device on which the network runs, for instance "cuda".
    precision : {"float32", "bf16"}, default="float32"
        Arithmetic of the training. "bf16" multiplies in bfloat16, which takes less time
        where the processor or the graphics card has instructions for it. Weights, their
        steps, validation and predictions stay in float32.
    warm_start : bool, default=False
        Whether ``fit`` continues from the weights of the previous ``fit``. These are
        the mean of its snapshots. The new snapshots replace the old ones.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the first weights, the training, and the draws behind predictions.
    verbose : int, default=0
        1 shows a progress bar over epochs. A second one is over snapshots.
    **kwargs : dict
        Parameters of the parts of the skorch net: ``module__*``, ``optimizer__*``,
        ``criterion__*``, ``callbacks__*``, ``iterator_train__*``, ``dataset__*``.

    Attributes
    ----------
    net_ : skorch.NeuralNetRegressor
        The trained net. ``net_.module_`` is the network with the mean weights, and
        ``net_.history`` the training before the snapshots.
    weight_mean_ : ndarray of shape (n_weights,)
        Mean of the snapshots. Weights are in the order of ``module.parameters()``;
        those with ``requires_grad=False`` are constants and left out.
    weight_variance_ : ndarray of shape (n_weights,)
        Variance of the snapshots.
    weight_deviations_ : ndarray of shape (n_deviations, n_weights)
        How far the last snapshots lie from the mean of all up to them.
    y_scaler_ : sklearn.preprocessing.StandardScaler
        The scaler that standardised y.
    n_features_in_ : int
        Number of features seen by ``fit``, if the rows are flat.
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.
    row_shape_ : tuple of int
        Shape of a row of X.
    row_mean_, row_scale_ : ndarray of shape (n_features,) or (channels, 1, 1), or None
        What is subtracted from a row, and by what it is then divided. None if rows are
        not standardized.
    n_steps_ : int
        Number of gradient steps taken before the snapshots.
    draw_seed_ : int
        Seed of the draws behind predictions.

    See Also
    --------
    MCDropoutRegressor : One network, whose dropout masks are the draws.
    DeepEnsembleRegressor : Several networks, one draw each.
    LaplaceRegressor : A normal distribution from the curvature of the loss.

    Notes
    -----
    With mean m, variances v and deviations D of K snapshots, a draw is [1]_ (eq. 1)

        m + v^(1/2) z / 2^(1/2) + D' u / (2 (K - 1))^(1/2)

    with standard normal vectors z of n_weights and u of K numbers.

    How far the weights wander depends on the noise of the gradients, thus on
    ``swag_lr``, ``batch_size`` and the weight decay. So the spread of the draws is not
    on the scale of a posterior by itself. If a network fits all its labels and has no
    weight decay, the gradients vanish, and so does the spread. Choose ``swag_lr`` by
    the log-likelihood of held-out rows, as in the paper.

    A draw with batch normalisation renews its running means and variances over the
    training rows, over 2,048 random ones if there are more. The fitted estimator keeps
    these rows, and `save_weights` refuses such a network.

    Draws hold n_draws * n_weights numbers.

    References
    ----------
    .. [1] W. J. Maddox, T. Garipov, P. Izmailov, D. Vetrov and A. G. Wilson (2019), A
       simple baseline for Bayesian uncertainty in deep learning, NeurIPS.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.models import SWAGRegressor
    >>> X = np.linspace(-1, 1, 100)[:, None]
    >>> model = SWAGRegressor(max_epochs=100, random_state=0).fit(X, X.ravel())
    >>> model.predict_samples(X, n_draws=5, random_state=0).shape
    (100, 5, 1)
    >>> bool(model.score(X, X.ravel()) > 0.9)
    True
    """
