"""The figures of the page architecture."""
