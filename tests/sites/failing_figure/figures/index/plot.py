"""Reads what is not there."""

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.results.artifacts import Results

ARTIFACTS = ("toy",)


def figure(results: Results) -> Figure:
    """Return nothing, for there is no such key."""
    results["toy"].summary["nothing"]
    return Figure(go.Figure(), "", "", "")
