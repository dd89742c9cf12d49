"""The figures of the page scarcity."""
