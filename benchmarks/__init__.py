"""What the program costs, measured beside what its parts cost without it."""
