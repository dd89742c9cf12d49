"""The figures of the page fourier."""
