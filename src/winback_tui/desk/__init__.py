"""What a manager does: each deed once, called by both faces."""
