"""Small sheets over a screen that ask one thing."""
