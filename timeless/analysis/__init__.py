"""Analysis: what trained networks compute, from their weights: transforms, measures, circuits.

Stands on `training` and `results`. What reads arrays alone (fourier, progress, published) needs no
torch, so that figures and instruments use it as well.
"""
