"""Pictures of a data set as a net takes them that was trained on others."""

from collections.abc import Sequence
from dataclasses import replace

from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data._feed import Batches, Part
from vicinal.data._images import ImageFeed, resized
from vicinal.data._photos import PhotoFeed
from vicinal.data._preparation import Preparation
from vicinal.data._reader import Reader
from vicinal.vicinity import send


def prepared(feed: ImageFeed | PhotoFeed, part: Part, picked: Sequence[Tensor], preparation: Preparation) -> Batches:
    """Yield batches of a part without augmentation, of a size, channels and a scale that are not the feed's own.

    Args:
        feed: whose pictures they are; pictures in memory have their own size there.
        part: which part the numbers are of.
        picked: for each batch the numbers of its pictures, int64 on the host.
        preparation: of the net that takes them. Shades of grey become colours where it wants such.

    Raises:
        InputError: the pictures are coloured and the net takes shades of grey, or one cannot be read.
    """
    if isinstance(feed, PhotoFeed):
        reader = Reader(feed.reader.root, feed.reader.paths, preparation, flip=False, seed=0)
        yield from replace(feed, preparation=preparation, reader=reader).plain(part, picked)
        return
    if feed.shape[0] not in (1, preparation.channels):
        raise InputError(must_be("the pictures", "in shades of grey, as the net takes them", "coloured ones"))
    pixels = feed.pixels[part]
    for numbers in picked:
        x = resized(pixels.index_select(0, send(numbers, pixels.device)), preparation.size)
        yield preparation.normalise(x.expand(-1, preparation.channels, -1, -1)), feed.targets[part][numbers]
