"""Screens own the state and the workers; what they know flows down to their widgets."""
