"""Coverage-guided fuzzing of reading and explaining; run it with `make fuzz`."""
