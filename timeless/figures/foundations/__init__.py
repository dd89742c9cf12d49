"""The figures of the page foundations."""
