"""What is known of the files of particular systems."""
