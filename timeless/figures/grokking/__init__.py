"""The figures of the page grokking."""
