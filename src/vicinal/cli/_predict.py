"""``vicinal predict``: class and probability of photos or sounds, by a net that ``vicinal train`` has left."""

import json as json_

from vicinal._errors import InputError, must_be
from vicinal._files import write
from vicinal.cli._places import check_places, device_named
from vicinal.cli._status import FAILED, OK
from vicinal.cli._words import Device, Files, FirstFolder, MaybeFile


def predict(run: FirstFolder, files: Files, json: MaybeFile = None, device: Device = "auto") -> int:
    """Say the class of photos or sounds, and how probable it is, by a net that vicinal train has left.

    Example: vicinal predict run x.png y.jpg

    Args:
        run: the trial's folder, the --out of vicinal train.
        files: photos, image files of any kind, or sounds where the net was trained on such; one that cannot be read is
            named and does not stop the others.
        json: write the predictions to this file as well.
        device: where to compute; auto takes a GPU where there is one.
    """
    from vicinal.studies import predict as predictions

    if not files:
        raise InputError(must_be("predict", "followed by a run and one file or more", "no file"))
    check_places(None, json)
    told = []
    for each in predictions(run, files, device=device_named(device)):
        told.append(each)
        print(each.error or f"{each.file}: {each.class_name} {100 * each.probability:.1f} %")  # errors name the file
    if json is not None:
        document = {"format": 1, "predictions": [each.document() for each in told]}
        write(json, json_.dumps(document, indent=1))  # in ASCII, which holds file names of any bytes
    return FAILED if any(each.error for each in told) else OK
