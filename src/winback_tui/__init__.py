"""winback-tui: triage for customers who are drifting away."""

__version__ = "0.1.0"
