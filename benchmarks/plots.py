"""Pictures in one style: few lines, named where they end, readable without colours and in print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#333333"
OWN = "#1b7f79"
OTHERS = ("#b35806", "#542788", "#5e5e5e", "#b2182b")
_STYLE: Any = {
    "svg.hashsalt": "election-bot",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.edgecolor": "#999999",
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.7,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
}


def drawn(
    columns: int = 1, width: float = 8.0, height: float = 3.4, sharey: bool = False, rows: int = 1
) -> tuple[Figure, list[Axes]]:
    """An empty picture of one row of panels, or of several."""
    plt.rcParams.update(_STYLE)
    figure, axes = plt.subplots(rows, columns, figsize=(width, height), squeeze=False, sharey=sharey)
    return figure, list(axes.flat)


def save(figure: Figure, folder: Path, name: str) -> None:
    """Write a picture; the same figures give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)
