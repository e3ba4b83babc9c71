"""Numbered steps that bring a book to the current schema."""
