"""An invented wholesaler's book, drawn from a seed: the same rows on every machine."""
