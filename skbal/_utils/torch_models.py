"""Models of torch and skorch, and the estimators of skbal that take them.

None of them can be here before its package is imported, so nothing is imported to find
out.
"""

import sys


def torch_hint(model, kind="Classifier"):
    """Return which estimators of skbal take a model of torch or skorch.

    Parameters
    ----------
    model : object
        Anything, also a class.
    kind : {"Classifier", "Regressor"}, default="Classifier"
        What the names of the estimators end in.

    Returns
    -------
    hint : str
        A sentence. An empty string for other models.

    Examples
    --------
    >>> from torch import nn
    >>> torch_hint(nn.Linear(2, 3))
    'Give skbal.models.MCDropoutClassifier(module), or without dropout
    DeepEnsembleClassifier(module).'
    >>> torch_hint("forest")
    ''
    """
    if _is_a(model, "skorch", "NeuralNet"):
        module = "net.module"
    elif _is_a(model, "torch.nn", "Module"):
        module = "module"
    else:
        return ""
    return (
        f"Give skbal.models.MCDropout{kind}({module}), or without dropout "
        f"DeepEnsemble{kind}({module})."
    )


def _is_a(model, package, name):
    base = getattr(sys.modules.get(package), name, object())
    if not isinstance(base, type):
        return False
    return issubclass(model if isinstance(model, type) else type(model), base)
