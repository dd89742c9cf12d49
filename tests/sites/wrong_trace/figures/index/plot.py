import plotly.graph_objects as go

from timeless.figures import Figure

ARTIFACTS = ()


def figure(results):
    return Figure(go.Figure(go.Scattergl()), "t", "c", "a", {"x": [1]})
