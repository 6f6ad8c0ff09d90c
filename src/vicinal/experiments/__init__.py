"""The paper, section by section: what is run, what is claimed, what is found."""

from vicinal.experiments._by_seed import effect, gains
from vicinal.experiments._checkpoints import checkpoints
from vicinal.experiments._comparison import (
    AlphaGain,
    Chosen,
    ComparedWord,
    Comparison,
    DataTold,
    MethodRow,
    Metric,
    Scenario,
)
from vicinal.experiments._experiment import Claim, Evidence, Experiment
from vicinal.experiments._figures import Figures
from vicinal.experiments._mixes import mixes
from vicinal.experiments._names import ERM, label, labels, mixup
from vicinal.experiments._picture import (
    Curve,
    Curves,
    Gain,
    Gains,
    Mixes,
    Panel,
    Picture,
    Plane,
    Planes,
    Reliability,
)
from vicinal.experiments._recipe import recipe, recipe_alpha, recipe_mixup
from vicinal.experiments._result import (
    Cell,
    Column,
    Counts,
    ExperimentResult,
    Finding,
    Machine,
    Measured,
    Repetition,
    Results,
    Table,
)
from vicinal.experiments._setup import SCALES, Scale, Setup
from vicinal.experiments._sheet import Chapter, Fact, Sheet
from vicinal.experiments._stages import Film, Sampled, Stages
from vicinal.experiments.ablation import ABLATION
from vicinal.experiments.adversarial import ADVERSARIAL
from vicinal.experiments.between_points import BETWEEN_POINTS
from vicinal.experiments.cifar import CIFAR
from vicinal.experiments.corrupted_labels import CORRUPTED_LABELS
from vicinal.experiments.decision_boundary import DECISION_BOUNDARY
from vicinal.experiments.gan import GAN
from vicinal.experiments.imagenet import IMAGENET
from vicinal.experiments.speech import SPEECH
from vicinal.experiments.tabular import TABULAR

EXPERIMENTS: dict[str, Experiment] = {
    each.name: each
    for each in (
        DECISION_BOUNDARY,
        BETWEEN_POINTS,
        IMAGENET,
        CIFAR,
        SPEECH,
        CORRUPTED_LABELS,
        ADVERSARIAL,
        TABULAR,
        GAN,
        ABLATION,
    )
}
"""Every experiment by its name on the command line, in the order of the report."""

__all__ = [
    "ERM",
    "EXPERIMENTS",
    "SCALES",
    "AlphaGain",
    "Cell",
    "Chapter",
    "Chosen",
    "Claim",
    "Column",
    "ComparedWord",
    "Comparison",
    "Counts",
    "Curve",
    "Curves",
    "DataTold",
    "Evidence",
    "Experiment",
    "ExperimentResult",
    "Fact",
    "Figures",
    "Film",
    "Finding",
    "Gain",
    "Gains",
    "Machine",
    "Measured",
    "MethodRow",
    "Metric",
    "Mixes",
    "Panel",
    "Picture",
    "Plane",
    "Planes",
    "Reliability",
    "Repetition",
    "Results",
    "Sampled",
    "Scale",
    "Scenario",
    "Setup",
    "Sheet",
    "Stages",
    "Table",
    "checkpoints",
    "effect",
    "gains",
    "label",
    "labels",
    "mixes",
    "mixup",
    "recipe",
    "recipe_alpha",
    "recipe_mixup",
]
