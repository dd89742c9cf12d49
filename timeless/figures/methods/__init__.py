"""The figures of the page methods."""
