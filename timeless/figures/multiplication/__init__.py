"""The figures of the page multiplication."""
