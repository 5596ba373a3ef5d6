"""The SWAG classifier."""

from skbal.models._networks._class_targets import ClassTargets
from skbal.models._swag._base import SWAG


class SWAGClassifier(ClassTargets, SWAG):
    """A neural network that draws class probabilities by SWAG.

    After an ordinary training, stochastic gradient descent goes on at a constant rate,
    so that the weights wander around the solution. A normal distribution of all weights
    is fitted to snapshots of them: their mean, their variances, and a covariance of low
    rank [1]_. Each draw is one set of weights from it, the same for every row.
    ``predict_proba`` is the mean of ``n_draws`` draws with a seed fixed by ``fit``, so
    it is repeatable. `predict_samples` returns the draws themselves.

    Dropout, if the network has it, acts in training only.

    Parameters
    ----------
    module : "auto" or torch.nn.Module class or instance, default="auto"
        The network. "auto" takes the CNN of Gal et al. (2017), `GalCNN`, for images and
        a multilayer perceptron, `DropoutMLP`, for rows of numbers. ``module__*`` sets
        their parameters, for instance ``module__hidden_units``. A module of your own
        has one output column per class: logits, probabilities or log-probabilities,
        which is recognised from their values. It may have dropout or not.
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
        "auto" is the cross-entropy.
    classes : array-like of shape (n_classes,), optional
        All classes, if the first labels may lack some. The network has an output for
        each from the start, and ``classes_`` is sorted. ``None`` takes the classes in
        y.
    class_weight : "balanced" or dict, optional
        Weights of the classes in the loss, ``{label: weight}``. "balanced" gives rare
        classes more weight, so that all classes count alike. ``None`` lets all rows
        count alike.
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
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    taught_classes_ : ndarray of shape (n_taught,)
        Those of them that the network has seen a label of.
    net_ : skorch.NeuralNetClassifier
        The trained net. ``net_.module_`` is the network with the mean weights, and
        ``net_.history`` the training before the snapshots.
    weight_mean_ : ndarray of shape (n_weights,)
        Mean of the snapshots. Weights are in the order of ``module.parameters()``;
        those with ``requires_grad=False`` are constants and left out.
    weight_variance_ : ndarray of shape (n_weights,)
        Variance of the snapshots.
    weight_deviations_ : ndarray of shape (n_deviations, n_weights)
        How far the last snapshots lie from the mean of all up to them.
    n_features_in_ : int
        Number of features seen by ``fit``, if the rows are flat.
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.
    row_shape_ : tuple of int
        Shape of a row of X.
    row_mean_, row_scale_ : ndarray of shape (n_features,) or (channels, 1, 1), or None
        What is subtracted from a row, and by what it is then divided. None if rows are
        not standardized.
    output_kind_ : {"logits", "probabilities", "log_probabilities"}
        The outputs of the module.
    n_steps_ : int
        Number of gradient steps taken before the snapshots.
    draw_seed_ : int
        Seed of the draws behind predictions.

    See Also
    --------
    MCDropoutClassifier : One network, whose dropout masks are the draws.
    DeepEnsembleClassifier : Several networks, one draw each.
    LaplaceClassifier : A normal distribution from the curvature of the loss.

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
    >>> from sklearn.datasets import load_iris
    >>> from skbal.models import SWAGClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = SWAGClassifier(n_draws=20, random_state=0).fit(X, y)
    >>> draws = model.predict_samples(X, random_state=0)
    >>> draws.shape
    (150, 20, 3)
    >>> bool(model.score(X, y) > 0.9)
    True
    """

    def __init__(
        self,
        module="auto",
        *,
        image_shape=None,
        standardize="auto",
        n_draws=100,
        n_snapshots=40,
        steps_per_snapshot=10,
        swag_lr=0.01,
        rank=20,
        prior_length_scale=None,
        max_epochs=50,
        max_steps=None,
        lr=0.001,
        batch_size=64,
        optimizer="Adam",
        criterion="auto",
        classes=None,
        class_weight=None,
        augment=None,
        train_split=None,
        callbacks=None,
        device="cpu",
        precision="float32",
        warm_start=False,
        random_state=None,
        verbose=0,
        **kwargs,
    ):
        super().__init__(
            module,
            image_shape=image_shape,
            standardize=standardize,
            n_draws=n_draws,
            n_snapshots=n_snapshots,
            steps_per_snapshot=steps_per_snapshot,
            swag_lr=swag_lr,
            rank=rank,
            prior_length_scale=prior_length_scale,
            max_epochs=max_epochs,
            max_steps=max_steps,
            lr=lr,
            batch_size=batch_size,
            optimizer=optimizer,
            criterion=criterion,
            augment=augment,
            train_split=train_split,
            callbacks=callbacks,
            device=device,
            precision=precision,
            warm_start=warm_start,
            random_state=random_state,
            verbose=verbose,
            **kwargs,
        )
        self.classes = classes
        self.class_weight = class_weight
