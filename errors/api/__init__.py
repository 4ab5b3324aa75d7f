"""The API for programs, version 1: explain a bounce, and read the catalog."""
