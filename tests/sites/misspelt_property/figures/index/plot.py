import plotly.graph_objects as go

from timeless.figures import Figure

ARTIFACTS = ()


def figure(results):
    plot = go.Figure(go.Scatter(x=[1]))
    plot.update_xaxes(tickformt=".0%")
    return Figure(plot, "t", "c", "a", {"x": [1]})
