"""The figures of the page co-grokking."""
