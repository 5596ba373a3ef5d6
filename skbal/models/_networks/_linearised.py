"""A trained network to first order in its weights.

Around the trained weights w*, the outputs are f(x; w) ~ f(x; w*) + J(x) (w - w*), where
the Jacobian J(x) has one row per output and one column per weight. Dropout is off and
batch normalisation is in evaluation mode, so that f(x; w) depends on no other row.
"""

import torch
from torch import nn
from torch.func import functional_call, jacrev, vmap

from skbal._utils.chunks import MAX_MEMORY, rows_within
from skbal.models._networks._calm import drops_in_evaluation
from skbal.models._networks._extractor import find_last_dense
from skbal.models._networks._few_rows import filled_up
from skbal.models._networks._modes import no_grad
from skbal.models._networks._sizes import LIVE_TENSORS, largest_bytes
from skbal.models._networks._twin import evaluation_twin, network_output

# A Jacobian, its parts before they are joined, and what torch holds meanwhile.
_LIVE_JACOBIANS = 3
# The Jacobian of one row may have megabytes. Few rows at once would be slow.
_MEMORY = 4 * MAX_MEMORY


def trained_sizes(module):
    """Return the names and the sizes of the parameters that are trained.

    Parameters
    ----------
    module : torch.nn.Module
        The network. Parameters with ``requires_grad=False`` are left out.

    Returns
    -------
    sizes : dict of str to int
        The number of weights of each parameter, in the order of
        ``module.named_parameters()``.
    """
    parameters = module.named_parameters()
    return {name: w.numel() for name, w in parameters if w.requires_grad}


def trained_weights(module):
    """Return the weights that are trained, in float64.

    Parameters
    ----------
    module : torch.nn.Module
        The network.

    Returns
    -------
    weights : ndarray of shape (n_weights,), dtype=float64
        In the order of `trained_sizes`.
    """
    parameters = [w.detach() for w in module.parameters() if w.requires_grad]
    flat = torch.cat([w.reshape(-1).double().cpu() for w in parameters])
    return flat.numpy()


class LinearisedNetwork:
    """The outputs of a network, and their derivatives with respect to its weights.

    The network is not changed: a twin runs that shares its weights. No random number is
    drawn.

    Parameters
    ----------
    module : torch.nn.Module
        The trained network.
    names : list of str
        The names of the parameters in the Jacobian. The others are constants.
    chosen : ndarray of shape (n_chosen,) or None
        Which of their weights are columns of the Jacobian. None takes all.
    example : torch.Tensor of shape (1, ...)
        A row, to measure what a pass needs.
    owner : str
        The estimator's name, for messages.
    as_logits : bool, default=False
        Whether to leave out a softmax or a sigmoid at the end of a ``Sequential``.

    Attributes
    ----------
    twin : torch.nn.Module
        The twin.
    names : list of str
        The parameters in the Jacobian.
    n_outputs : int
        The number of outputs.
    dtype : torch.dtype
        The precision of the outputs.
    pass_bytes : int
        Temporaries of a pass, in bytes per row.

    Raises
    ------
    ValueError
        If the network does not take the row, gives no row of outputs for it, or asks
        for dropout in evaluation mode.
    """

    def __init__(self, module, names, chosen, example, owner, *, as_logits=False):
        self._owner = owner
        twin = evaluation_twin(module)
        self.twin = without_probabilities(twin) if as_logits else twin
        self.names = list(names)
        self._chosen = None if chosen is None else torch.from_numpy(chosen)
        self._refuse_dropout(example)
        with torch.inference_mode(False):
            parameters = {n: w.detach() for n, w in self.twin.named_parameters()}
        self._moving = {name: parameters.pop(name) for name in self.names}
        self._fixed = {**parameters, **dict(self.twin.named_buffers())}
        self.pass_bytes = 2**30  # no further rows beside the example
        values = self.outputs(example)
        self.n_outputs, self.dtype = values.shape[1], values.dtype
        self.pass_bytes = LIVE_TENSORS * largest_bytes(self.outputs, example.clone())
        self._takes_vmap = None  # tried with the first Jacobian

    @property
    def n_chosen(self):
        """The number of columns of the Jacobian."""
        if self._chosen is not None:
            return len(self._chosen)
        return sum(w.numel() for w in self._moving.values())

    def rows_beside(self, bytes_per_row):
        """Return the number of rows whose Jacobians stay within 256 MB, at least 1.

        Parameters
        ----------
        bytes_per_row : int
            What the caller needs for each row.
        """
        n_weights = sum(w.numel() for w in self._moving.values())
        jacobian = self.n_outputs * n_weights * self.dtype.itemsize
        bytes_per_row += _LIVE_JACOBIANS * jacobian + self.n_outputs * self.pass_bytes
        return rows_within(bytes_per_row, max_memory=_MEMORY)

    def outputs(self, x):
        """Return the outputs, shape (n_rows, n_outputs).

        Parameters
        ----------
        x : torch.Tensor of shape (n_rows, ...)
            A chunk of rows.
        """
        filled = filled_up(x, rows_within(self.pass_bytes))
        with torch.inference_mode(False), no_grad():
            result = self.twin(filled.clone())
        return self.rows_of_outputs(result, len(filled))[: len(x)]

    def jacobian(self, x):
        """Return the derivatives, shape (n_rows, n_outputs, n_weights).

        Parameters
        ----------
        x : torch.Tensor of shape (n_rows, ...)
            A chunk of rows.
        """
        filled = filled_up(x, self.rows_beside(0))
        with torch.inference_mode(False):
            if self._takes_vmap is None:
                self._takes_vmap = self._can_be_mapped(x[:1])
            if self._takes_vmap:
                parts = self._by_vmap(filled.clone())
            else:
                parts = self._by_rows(x)
        jacobian = torch.cat(parts, dim=2)[: len(x)]
        return jacobian if self._chosen is None else jacobian[:, :, self._chosen]

    # ------------------------------------------------------------------ two ways

    def _by_vmap(self, x):
        found = vmap(jacrev(self._outputs_at), in_dims=(None, 0))(self._moving, x)
        # (n_rows, n_outputs, *shape of the parameter) -> (n_rows, n_outputs, n_weights)
        shape = (len(x), self.n_outputs, -1)
        return [found[name].detach().reshape(shape) for name in self.names]

    def _outputs_at(self, moving, row):
        result = functional_call(self.twin, {**self._fixed, **moving}, (row[None],))
        return self.rows_of_outputs(result, 1)[0]

    def _by_rows(self, x):
        """Return the parts by one backward pass for each row and output."""
        rows = []
        with torch.enable_grad():
            for row in x:
                moving = [self._moving[name].clone() for name in self.names]
                moving = [w.requires_grad_() for w in moving]
                values = self._outputs_at(dict(zip(self.names, moving)), row.clone())
                rows.append([_gradients(value, moving) for value in values])
        # rows -> outputs -> parameters, to one tensor for each parameter
        return [
            torch.stack([torch.stack([output[i] for output in row]) for row in rows])
            for i in range(len(self.names))
        ]

    def _can_be_mapped(self, example):
        try:
            with torch.inference_mode(False):
                self._by_vmap(example.clone())
        except RuntimeError:  # such as recurrent layers
            return False
        return True

    # -------------------------------------------------------------------- checks

    def rows_of_outputs(self, result, n_rows):
        """Return the tensor of shape (n_rows, n_outputs) in the result of a pass."""
        values = network_output(result)
        is_tensor = isinstance(values, torch.Tensor)
        if not is_tensor or values.shape[:1] != (n_rows,):
            got = f"shape {tuple(values.shape)}" if is_tensor else type(values).__name__
            raise ValueError(
                f"The network of {self._owner} must give a row of outputs for each of "
                f"the {n_rows} rows that enter, got {got}."
            )
        return values.reshape(n_rows, -1)

    def _refuse_dropout(self, example):
        try:
            drops = drops_in_evaluation(self.twin, example)
        except RuntimeError as error:
            raise ValueError(
                f"X given to {self._owner} has rows that enter the network as "
                f"{tuple(example.shape[1:])}, which {type(self.twin).__name__} does "
                f"not take: {error}"
            ) from error
        if drops:
            raise ValueError(
                f"The network of {self._owner} drops values in evaluation mode, which "
                "weights='all' does not take. Pass training=self.training to its "
                "dropout function, or use nn.Dropout."
            )


def _gradients(value, weights):
    """Return the derivatives of one number, flattened, one tensor per parameter."""
    found = torch.autograd.grad(value, weights, retain_graph=True, allow_unused=True)
    pairs = zip(found, weights)
    return [(torch.zeros_like(w) if g is None else g).reshape(-1) for g, w in pairs]


_PROBABILITIES = (nn.Softmax, nn.LogSoftmax, nn.Sigmoid, nn.LogSigmoid)


def without_probabilities(twin):
    """Return a twin that ends before its softmax or sigmoid, if it has one.

    Parameters
    ----------
    twin : torch.nn.Module
        A copy of a network. A ``Sequential`` is changed.
    """
    found = find_last_dense(twin)
    after = [] if found is None else found.after
    if len(after) == 1 and isinstance(after[0], _PROBABILITIES):
        for part in list(twin.modules()):
            for name, child in list(part.named_children()):
                if child is after[0]:
                    setattr(part, name, nn.Identity())
    return twin
