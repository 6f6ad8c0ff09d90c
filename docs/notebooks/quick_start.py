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
# # mixup in twenty minutes
#
# Training usually asks a net to be right at its training points, and says nothing of what lies between them. mixup
# trains it on the lines between points: for two examples and a share λ,
#
# $$\tilde x = \lambda x_i + (1 - \lambda) x_j, \qquad \tilde y = \lambda y_i + (1 - \lambda) y_j, \qquad
# \lambda \sim \mathrm{Beta}(\alpha, \alpha).$$
#
# Everything here runs on the 1,797 handwritten digits that come with scikit-learn: nothing is downloaded. Only 200 of
# them are trained on: mixup has most to give where examples are few.

# %%
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from vicinal import Dirac, Mixup
from vicinal.measure import between
from vicinal.report import batch

digits = load_digits()
images = torch.tensor(digits.images / 16, dtype=torch.float32)[:, None]  # (1797, 1, 8, 8), from 0 to 1
labels = torch.tensor(digits.target)
train, test = train_test_split(range(len(labels)), train_size=200, stratify=labels, random_state=0)

# %% [markdown]
# ## What does a mixed batch look like?
#
# Below each image stand both labels with their shares. Try other values of `alpha`: near 0 hardly anything is mixed, at
# 1 every λ is as likely as any other.

# %%
torch.manual_seed(0)
batch(images[:8], labels[:8], alpha=1.0)

# %% [markdown]
# ## The training loop, with one line more
#
# `Dirac()` is plain training, empirical risk minimisation (ERM): it is called in the same way and mixes nothing. So the
# loop is written once, and what differs between two runs is the vicinity alone.


# %%
def trained(vicinity, epochs=50, seed=0):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(epochs):
        for rows in torch.tensor(train)[torch.randperm(len(train))].split(50):
            x, y = vicinity(images[rows], labels[rows])  # the line more
            loss = y.loss(F.cross_entropy, net(x))  # y knows both labels and their shares
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return net


def error(net):
    with torch.no_grad():
        return 100 * (net(images[test]).argmax(1) != labels[test]).float().mean().item()


erm, mixup = trained(Dirac()), trained(Mixup(alpha=1.0))
print(f"test error: ERM {error(erm):.1f} %, mixup {error(mixup):.1f} %")

# %% [markdown]
# One run of each says little: another seed may turn the order round. With four seeds there is a spread to compare the
# difference with. (`vicinal.compare(train=...)` does this properly, with an interval; see the next notebook.)

# %%
for name, vicinity in (("ERM", Dirac()), ("mixup", Mixup(alpha=1.0))):
    errors = torch.tensor([error(trained(vicinity, seed=seed)) for seed in range(4)])
    print(f"{name:5}: {errors.mean():.2f} % ± {errors.std():.2f}")

# %% [markdown]
# It does not always help: trained on 898 digits for 20 epochs, the same net had an error of 3.7 % ± 0.3 with ERM and of
# 5.4 % ± 0.4 with mixup (5 seeds, on a CPU). mixup learns more slowly, and asks the net for less certainty.
#
# ## Between the training points
#
# Figure 2 of the paper: take pairs of training points of different classes, walk from one to the other, and count how
# often the net says a class that is neither of the two: a miss.

# %%
found = {name: between(net, images[train], labels[train], pairs=300, points=11) for name, net in
         (("ERM", erm), ("mixup", mixup))}  # fmt: skip
{name: each.means() for name, each in found.items()}

# %% [markdown]
# The whole curve of one of them, as a table:

# %%
found["mixup"]

# %% [markdown]
# ## To try
#
# - `alpha=0.1`, `alpha=8`: what becomes of the errors, and of the misses?
# - Replace a fifth of the training labels by random ones (`vicinal.data.corrupt_labels(labels, 0.2, seed=0).labels`)
#   and train for 100 epochs: which net learns the wrong labels by heart?
# - Mix the hidden layer instead of the images: `with draw.at(net[1]): ...`, where
#   `draw = Mixup(alpha=1.0).draw(len(rows))` and `y = draw.targets(labels[rows])`.
