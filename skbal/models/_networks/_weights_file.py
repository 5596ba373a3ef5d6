"""Files of weights in the safetensors format: tensors and plain data, no pickle."""

import json

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from skbal._utils.whole_files import whole_file
from skbal._version import __version__
from skbal.models._networks._plain_data import WrongData

FORMAT = 1
_KEY = "skbal"


def write_weights(path, tensors, header):
    """Write a file, which appears whole or not at all.

    Parameters
    ----------
    path : str or os.PathLike
        An existing file is replaced.
    tensors : dict of str to torch.Tensor
        They may share memory; each is written in full.
    header : dict
        Plain data: strings, numbers, lists and dictionaries.
    """
    # safetensors refuses tensors that share memory, such as tied weights.
    alone = {name: t.detach().cpu().contiguous().clone() for name, t in tensors.items()}
    header = {"format": FORMAT, "skbal_version": __version__, **header}
    metadata = {_KEY: json.dumps(header, allow_nan=False)}
    with whole_file(path) as unfinished:
        save_file(alone, unfinished, metadata)


def read_weights(path):
    """Read a file; nothing in it is executed.

    Parameters
    ----------
    path : str or os.PathLike
        The file.

    Returns
    -------
    tensors : dict of str to torch.Tensor
    header : dict

    Raises
    ------
    WrongData
        If `write_weights` did not write the file.
    OSError
        If it cannot be opened.
    """
    with open(path, "rb"):
        pass  # a missing file has an error of its own
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            header = _header(file.metadata())
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise WrongData(f"it is not a safetensors file ({error})") from error
    return tensors, header


def _header(metadata):
    if not metadata or _KEY not in metadata:
        raise WrongData("it was not written by save_weights")
    try:
        header = json.loads(metadata[_KEY])
    except (ValueError, RecursionError) as error:
        raise WrongData(f"its header is not JSON ({error})") from error
    if not isinstance(header, dict) or not isinstance(header.get("state"), dict):
        raise WrongData("its header must be a dictionary with an entry 'state'")
    if header.get("format") != FORMAT:
        raise WrongData(
            f"its format is {header.get('format')!r}, but this version of skbal "
            f"({__version__}) reads format {FORMAT}"
        )
    return header


def check_tensors(tensors, expected):
    """Raise an error unless tensors have the names, shapes and dtypes of others.

    Parameters
    ----------
    tensors : dict of str to torch.Tensor
        The tensors of a file.
    expected : dict of str to torch.Tensor
        The tensors of a network, which may be on the device "meta".

    Raises
    ------
    WrongData
        If they differ; the message says where.
    """
    missing = [name for name in expected if name not in tensors]
    surplus = [name for name in tensors if name not in expected]
    if missing or surplus:
        raise WrongData(
            "its tensors are not those of this network: "
            f"missing are {missing[:5]}, not in the network are {surplus[:5]}"
        )
    for name, tensor in expected.items():
        if torch.nn.parameter.is_lazy(tensor):
            continue  # a lazy layer takes the shape of the file
        there, here = _described(tensors[name]), _described(tensor)
        if there != here:
            raise WrongData(f"its tensor {name!r} is {there}, in this network {here}")


def _described(tensor):
    return f"{str(tensor.dtype).removeprefix('torch.')} of shape {tuple(tensor.shape)}"
