"""The staff's desk: what customers are told is edited here, and what they tell us is read."""

from errors.admin import entries, feedback, others, tallies, unexplained

__all__ = ["entries", "feedback", "others", "tallies", "unexplained"]
