"""The figures of the page interventions."""
