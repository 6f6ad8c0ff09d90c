"""A net for weights that lie in a file: as many classes and channels as they are of."""

from pathlib import Path

from torch import nn

from vicinal._errors import InputError, must_be
from vicinal.models._build import build
from vicinal.models._weights import put, read_weights, without_prefix


def net_of_weights(name: str, path: Path, *, size: int) -> tuple[nn.Module, int, int]:
    """Return a net with the weights of a file, and of how many classes and channels they are.

    Args:
        name: of the net that the weights were saved from, as :func:`build` knows it.
        path: its file, as :func:`load_weights` takes it.
        size: height and width of the images in pixels.

    Raises:
        InputError: no net is called so, there is no such file, it is no file of weights, or they do not fit.
    """
    model = build(name, classes=2, channels=3, size=size, seed=0).state_dict()
    state = without_prefix(read_weights(path), model)
    stem = next((key for key, tensor in model.items() if tensor.ndim == 4), "")
    head = list(model)[-1]
    fits = stem in state and head in state and state[stem].ndim == 4 and state[head].ndim > 0
    classes, channels = (len(state[head]), state[stem].shape[1]) if fits else (2, 3)
    if classes < 2 or channels < 1:
        raise InputError(must_be(str(path), "weights of a net that tells two classes or more apart", f"{classes}"))
    net = build(name, classes=classes, channels=channels, size=size, seed=0)
    put(net, state, source=str(path))  # which says what does not fit
    return net, classes, channels
