# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Does mixup help on my data?
#
# `vicinal.compare` trains with and without mixup on several random splits, lets the validation part of each split choose
# α and the length of training, and answers with an interval. Here the data are scikit-learn's breast cancer table, as a
# frame; a path of a CSV file or a folder of photos does as well.

# %%
from sklearn.datasets import load_breast_cancer

import vicinal

frame = load_breast_cancer(as_frame=True).frame
frame.iloc[:3, [0, 1, 2, -1]]

# %% [markdown]
# Few splits and short training, so that it takes seconds; leave `splits`, `epochs` and `net` out for an answer that you
# want to rely on.

# %%
found = vicinal.compare(frame, "target", splits=6, epochs=3, alphas=[0.2, 1.0], net="mlp-32", jobs=1)
found

# %% [markdown]
# The answer as Python sees it. The gain is positive where mixup is better; where the interval holds 0, the data do not
# say which is better.

# %%
print(found.sentence)
print(found.verdict, f"{found.gain.low:+.2f} to {found.gain.high:+.2f}")

# %% [markdown]
# ## My own net, my own loop
#
# Everything but the vicinity and the seed stays yours. The function returns an error on a validation part, by which α is
# chosen, and one on a test part, which alone is judged.

# %%
import torch
import torch.nn.functional as F
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from torch import nn

features, classes = load_iris(return_X_y=True)
features = torch.tensor((features - features.mean(0)) / features.std(0), dtype=torch.float32)
classes = torch.tensor(classes)


def train(vicinity, seed):
    torch.manual_seed(seed)
    rest, test = train_test_split(range(150), test_size=0.3, stratify=classes, random_state=seed)
    rows, valid = train_test_split(rest, test_size=0.3, stratify=classes[rest], random_state=seed)
    net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(60):
        x, y = vicinity(features[rows], classes[rows])
        optimiser.zero_grad()
        y.loss(F.cross_entropy, net(x)).backward()
        optimiser.step()

    def error(part):
        return 100 * (net(features[part]).argmax(1) != classes[part]).float().mean().item()

    return {"valid": error(valid), "test": error(test)}


vicinal.compare(train=train, splits=6, alphas=[0.2, 1.0], overlap=0.3 / 0.49)

# %% [markdown]
# `overlap` says that every seed divides the same 150 rows anew (45 to test on, 73 to train on): the splits overlap, and
# the interval is widened for it.
#
# ## Runs that exist already
#
# A table of finished runs, as any tracker exports it, is judged as `vicinal judge` does it.

# %%
from vicinal.evidence import judge_runs

methods = ["plain", "mixup", "cutmix"] * 4
seeds = [seed for seed in "1234" for _ in range(3)]
accuracy = [91.2, 92.0, 91.5, 90.8, 91.9, 90.9, 91.5, 92.1, 91.0, 91.0, 91.7, 91.4]
judge_runs(methods, seeds, accuracy, baseline="plain", score="accuracy")
