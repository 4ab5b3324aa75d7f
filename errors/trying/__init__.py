"""Trying at the desk: a bounce on the bench, a pattern while it is typed."""

from errors.trying.bounces import Trial, say_rule, try_bounce
from errors.trying.patterns import PatternTrial, try_pattern

__all__ = ["PatternTrial", "Trial", "say_rule", "try_bounce", "try_pattern"]
