"""How long reading and explaining take. Run it with `make bench`."""
