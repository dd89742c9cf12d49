"""Results on disk: artifacts with provenance, their hashes, weights, and all of it for the browser.

Training writes here and publishing reads here, and nowhere else do the two meet.
"""
