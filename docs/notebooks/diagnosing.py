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
# # Diagnosing a model
#
# Two nets whose test errors are alike may differ in all the rest: how sure they are when they are wrong, what they say
# between their training points, how little it takes to mislead them. `vicinal.measure.diagnose` says it of any net that
# gives logits, whoever trained it.

# %%
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from vicinal import Dirac, Mixup
from vicinal.measure import diagnose

digits = load_digits()
images = torch.tensor(digits.images / 16, dtype=torch.float32)[:, None]  # in [0, 1], as the attacks need them
labels = torch.tensor(digits.target)
known, unknown = train_test_split(range(len(labels)), test_size=0.5, stratify=labels, random_state=0)


def loader(rows):
    return DataLoader(TensorDataset(images[rows], labels[rows]), batch_size=100)


# %%
def trained(vicinity, epochs=30):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 10))
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(epochs):
        for rows in torch.tensor(known)[torch.randperm(len(known))].split(64):
            x, y = vicinity(images[rows], labels[rows])
            optimiser.zero_grad()
            y.loss(F.cross_entropy, net(x)).backward()
            optimiser.step()
    return net


nets = {"ERM": trained(Dirac()), "mixup": trained(Mixup(alpha=0.2))}

# %% [markdown]
# ## All there is to say of each
#
# `train` gives the examples that the net was trained on: between those it is measured, as the paper does. Attacks change
# every pixel by at most `eps`, in units of 1/255.

# %%
found = {
    name: diagnose(net, loader(unknown), train=loader(known), eps=[4, 8, 16], steps=5, sample=200, pairs=200)
    for name, net in nets.items()
}
found["ERM"]

# %%
found["mixup"]

# %% [markdown]
# ## The same as figures

# %%
figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.2), layout="constrained")
for (name, each), colour in zip(found.items(), ("#444444", "#c0392b"), strict=True):
    left.plot(each.calibration.confidence, each.calibration.accuracy, "o-", color=colour, label=name)
    middle.plot(each.between.lam, each.between.miss, color=colour)
    right.plot(each.robustness.eps, each.robustness.ifgsm, "o-", color=colour)
left.plot([0, 1], [0, 1], ":", color="grey")
left.set(xlabel="confidence", ylabel="share that is right", title="calibration")
middle.set(xlabel="λ", ylabel="misses, %", title="between training points")
right.set(xlabel="eps, units of 1/255", ylabel="error, %", title="under attack (I-FGSM)")
_ = left.legend()

# %% [markdown]
# ## How to read it
#
# - **Calibration**: points below the dotted line are answers that the net was too sure of, above it too unsure. mixup
#   makes a net less sure of itself; on data as easy as these that can be too little.
# - **Misses**: how often the net says, between two points, a class that is neither of theirs.
# - **Under attack**: how the error grows with what is allowed to change. Neither net was trained against attacks, and
#   neither withstands them; the question is which of them gives way later.
#
# The same of a run of `vicinal train`, or of a file of weights, on the command line: `vicinal diagnose run photos`.
