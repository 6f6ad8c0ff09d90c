"""Names that a shell completes, written out: importing what makes them takes seconds, and a key press must not.

A test holds each tuple to the registry that it repeats.
"""

EXPERIMENT_NAMES = (
    *("decision-boundary", "between-points", "imagenet", "cifar", "speech", "corrupted-labels", "adversarial"),
    *("tabular", "gan", "ablation"),
)
"""Of ``vicinal.experiments.EXPERIMENTS``."""
DATA_SETS = (
    *("cifar10", "cifar100", "digits", "sklearn-breast-cancer", "sklearn-digits", "sklearn-iris", "sklearn-wine"),
    *("digit-folders", "imagenet", "imagenette", "fashion-mnist", "mnist", "speech", "speech-commands"),
    *("speech-commands-10", "speech-commands-12", "speech-commands-v1", "speech-commands-v1-12", "synthetic-words"),
    *("abalone", "arcene", "arrhythmia", "htru2", "iris", "phishing"),
    *("grid", "ring", "ring-and-blob", "swiss-roll"),
)
"""Of ``vicinal.data.SETS``, and ``speech``, which is whichever Speech Commands is here."""
NET_NAMES = (
    *("small", "preact-resnet-18", "wrn-28-10", "densenet-bc-190-40", "lenet", "lenet-half", "vgg-11"),
    *("vgg-11-quarter", "resnet-18", "resnet-34", "resnet-50", "resnet-101", "resnext-101-32x4d"),
    "resnext-101-64x4d",
)
"""Of ``vicinal.models.NETS``."""
METHODS = (
    *("erm", "mixup", "cutmix", "gaussian", "cmixup", "dirichlet", "latent", "outside", "choice", "warmup", "until"),
    "dirac",
)
"""Of ``vicinal.vicinity.VICINITIES``."""
