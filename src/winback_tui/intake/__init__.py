"""Foreign files become rows that the book understands."""
