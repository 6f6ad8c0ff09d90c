"""Where mixup does help real nets, a comparison finds it."""

import numpy as np
import pytest

import vicinal
from vicinal.experiments import Comparison


def noisy(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw 300 rows of two clusters in 20 columns, a fifth of whose labels are wrong, so that nets are far too sure."""
    random = np.random.default_rng(seed)
    y = np.arange(300) % 2
    x = random.normal(size=(300, 20))
    x[:, :4] += (2 * y - 1)[:, None]
    return x, np.where(random.random(300) < 0.2, 1 - y, y)


def compared(seed: int) -> Comparison:
    options = {"alphas": [1.0, 4.0], "epochs": 20, "jobs": 1, "minutes": 60, "metric": "neg_log_loss"}
    return vicinal.compare(noisy(seed), **options)


@pytest.mark.long
def test_on_few_rows_with_wrong_labels_mixup_is_said_to_lower_the_log_loss():
    """Takes a minute: four times thirty nets of 80 epochs, which real ones need to be too sure."""
    found = [compared(seed) for seed in range(4)]
    assert [each.verdict for each in found].count("helps") >= 3, [each.sentence for each in found]
