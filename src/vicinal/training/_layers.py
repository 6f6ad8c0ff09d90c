"""At which modules of its net a trial's vicinity mixes: found once, on the net as it was built."""

from typing import Any

from torch import nn

from vicinal._errors import InputError, must_be
from vicinal.models import latents
from vicinal.vicinity import Latent, MixPoint, members_of


def layers_mixed(vicinity: Any, net: nn.Module, *, name: str, compiled: bool) -> tuple[nn.Module, ...]:
    """Return the modules whose outputs are mixed, that of layer 1 first; none for a vicinity of inputs alone.

    Args:
        vicinity: whose draws, or whose members' draws, are for layers.
        net: neither wrapped nor compiled; wrapping it leaves its modules what they are.
        name: of the net, for the message.
        compiled: whether it will be compiled.

    Raises:
        InputError: the net has no such layer, or its layers are not known, or cannot be mixed at once it is compiled.
    """
    wanted = [each for each in members_of(vicinity) if isinstance(each, Latent)]
    if not wanted:
        return ()
    layers = latents(net)
    for each in wanted:
        if each.layer > len(layers):
            raise InputError(must_be(f"the layer of {each!r}", f"from 1 to {len(layers)} in {name}", each.layer))
    if compiled and not all(isinstance(layers[each.layer - 1], MixPoint) for each in wanted):
        raise InputError(must_be(f"{name} with {wanted[0]!r}", "trained without --compile", "with it"))
    return layers
