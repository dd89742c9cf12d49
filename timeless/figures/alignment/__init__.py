"""The figures of the page alignment."""
