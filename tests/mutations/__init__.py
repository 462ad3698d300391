"""Deliberate bugs, one line each, that the tests must catch: `make mutants`."""
