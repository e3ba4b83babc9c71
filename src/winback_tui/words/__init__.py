"""Codes and values become sentences, numbers, dates and money for people."""
