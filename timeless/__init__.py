"""Timeless: an honest, offline study of grokking, from training runs to a static site."""

__version__ = "0.1.0"
