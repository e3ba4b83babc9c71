"""How good the score is beside other programs, how fast, and in how much memory."""
