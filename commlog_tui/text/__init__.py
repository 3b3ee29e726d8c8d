"""Text from outside: what its characters are, and how many cells a terminal gives them.

Pure; for the screen and for paper.
"""
