"""Files about customers, people, consents, signals and contracts: anything but transactions."""
