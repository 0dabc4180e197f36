"""Writes closed_forms.h5: what NetMF and ProNE give on the karate club, in double and densely, from their formulas.
Rows are stored as their products with each other, which no choice of signs or bases changes."""
import h5py
import numpy as np
from scipy.special import iv

EDGES = np.loadtxt("../../data/karate/edges.txt", dtype=int)
N = 34
A = np.zeros((N, N))
A[EDGES[:, 0], EDGES[:, 1]] = A[EDGES[:, 1], EDGES[:, 0]] = 1
DEGREE = A.sum(1)


def factor(matrix, dimensions):
    u, s, _ = np.linalg.svd(matrix)
    print("gap behind the last singular value kept:", s[dimensions - 1] / s[dimensions])
    return u[:, :dimensions] * np.sqrt(s[:dimensions])


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def netmf(dimensions, rank, window, negative):
    values, vectors = np.linalg.eigh(A / np.sqrt(np.outer(DEGREE, DEGREE)))
    values, vectors = values[-rank:], vectors[:, -rank:]
    mean_power = np.maximum(0, sum(values**t for t in range(1, window + 1)) / window)
    m = A.sum() / negative * (vectors * mean_power) @ vectors.T / np.sqrt(np.outer(DEGREE, DEGREE))
    return factor(np.log(np.maximum(m, 1)), dimensions)


def prone(dimensions, order, theta, mu):
    p = A / DEGREE[:, None]
    q = p.sum(0) ** 0.75 / (p.sum(0) ** 0.75).sum()
    f = np.where(A > 0, np.log(np.where(A > 0, p, 1)) - np.log(q)[None, :], 0)
    r = unit(factor(f, dimensions))
    looped = A + np.eye(N)
    shifted = (1 - mu) * np.eye(N) - looped / looped.sum(1)[:, None]
    x = shifted @ shifted / 2 - np.eye(N)
    t = [np.eye(N), x]
    while len(t) < order:
        t.append(2 * x @ t[-1] - t[-2])
    g = iv(0, theta) * t[0] + sum(2 * (-1) ** i * iv(i, theta) * t[i] for i in range(1, order))
    rows = looped @ (r - g @ r)
    u, s, _ = np.linalg.svd(rows, full_matrices=False)
    return unit(u * np.sqrt(s))


with h5py.File("closed_forms.h5", "w") as file:
    for name, make, options in (
        ("netmf", netmf, {"dimensions": 26, "rank": 16, "window": 10, "negative": 1.0}),
        ("prone", prone, {"dimensions": 26, "order": 10, "theta": 0.5, "mu": 0.2}),
    ):
        rows = make(**options)
        file[f"{name}/products"] = rows @ rows.T
        for option, value in options.items():
            file[name].attrs[option] = float(value)
