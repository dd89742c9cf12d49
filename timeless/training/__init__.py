"""Training: the task, the network, plain and fast, and the loop that trains many runs at once.

Stands on `config`, `rules` and `results`; experiments train through it, publishing never does.
"""
