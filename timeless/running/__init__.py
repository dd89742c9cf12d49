"""Running: where experiments read and write, what trains their runs, and what that will take.

Stands on `training`; an experiment's answer is given a workspace and calls its `train`.
"""
