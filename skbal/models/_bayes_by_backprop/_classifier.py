"""The classifier by Bayes by backprop."""

from skbal._utils.lazy import lazy_module
from skbal.models._bayes_by_backprop._base import BayesByBackprop
from skbal.models._networks._class_targets import ClassTargets

_variational = lazy_module("skbal.models._bayes_by_backprop._training")


class BayesByBackpropClassifier(ClassTargets, BayesByBackprop):
    """A neural network that draws class probabilities by its last layer.

    The weights of the last layer have a normal distribution, in which they are
    independent. Gradient descent finds their means and standard deviations, together
    with the weights of the other layers, by maximising the evidence lower bound [1]_.
    Each draw is one set of weights of the last layer, the same for every row.
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
        which is recognised from their values. It is a ``Sequential`` that ends in a
        dense layer and activations.
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
    prior_variance : float, default=0.1
        Prior variance of each weight and bias of the last layer.
    max_epochs : int, default=50
        Number of passes over the training rows.
    max_steps : int, optional
        Number of gradient steps, used instead of ``max_epochs``. Training may stop
        within an epoch. An epoch of 20 labels has few steps and one of 1,000 labels
        many, so this parameter suits a training set that grows.
    lr : float, default=0.001
        Learning rate. Standard deviations are learned ten times faster.
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
        skorch callbacks. ``callbacks__*`` sets their parameters.
    device : str, default="cpu"
        Device on which the network runs, for instance "cuda".
    precision : {"float32", "bf16"}, default="float32"
        Arithmetic of the training. "bf16" multiplies in bfloat16, which takes less time
        where the processor or the graphics card has instructions for it. Weights, their
        steps, validation and predictions stay in float32.
    warm_start : bool, default=False
        Whether ``fit`` continues from the weights of the previous ``fit``.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the first weights, the training, and the draws behind predictions.
    verbose : int, default=0
        1 shows a progress bar over epochs.
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
        The trained net. ``net_.module_`` is the network, ``net_.history`` the training.
    coef_mean_ : ndarray of shape (n_features_out, n_classes)
        Means of the weights of the last layer.
    coef_variance_ : ndarray of shape (n_features_out, n_classes)
        Their variances.
    intercept_mean_, intercept_variance_ : ndarray of shape (n_classes,) or None
        The same for its biases. None if it has none.
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
        Number of gradient steps taken.
    draw_seed_ : int
        Seed of the draws behind predictions.

    See Also
    --------
    LaplaceClassifier : A normal distribution around a trained network.
    LastLayerClassifier : Exact linear regression on the features of a network.
    SWAGClassifier : A normal distribution of all weights.

    Notes
    -----
    The bound is estimated with one draw per row and step. The layer draws its outputs
    and not its weights, so that the noise of rows is independent [2]_. In the loss, the
    divergence to the prior counts once per pass over the rows.

    Weights that the labels do not determine keep the variance of the prior. With few
    labels these are most of them, so ``prior_variance`` decides how sure predictions
    are. Choose it by the log-likelihood of held-out rows.

    The weights are independent in the distribution, which leaves out their
    correlations; see `MeanFieldLinearRegression`. The noise in training slows learning
    down, so several hundred steps are needed.

    ``optimizer__weight_decay`` acts on the other layers only.

    References
    ----------
    .. [1] C. Blundell, J. Cornebise, K. Kavukcuoglu and D. Wierstra (2015), Weight
       uncertainty in neural networks, ICML.
    .. [2] D. P. Kingma, T. Salimans and M. Welling (2015), Variational dropout and the
       local reparameterization trick, NeurIPS.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skbal.models import BayesByBackpropClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = BayesByBackpropClassifier(n_draws=20, random_state=0).fit(X, y)
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
        prior_variance=0.1,
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
            prior_variance=prior_variance,
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

    def _net_class(self):
        return _variational.VariationalClassifierNet
