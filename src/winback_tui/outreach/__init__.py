"""What leaves the book: packets and exports."""
