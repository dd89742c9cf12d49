"""Words: how text is made of measured values, formulas, references and the project's own code.

Stands on `results`; figures, instruments, claims and pages take their words from here.
"""
