"""The staff's desk: what customers are told is edited here, and what they tell us is read."""

from errors.admin import entries, feedback, logins, others, tallies, unexplained

__all__ = ["entries", "feedback", "logins", "others", "tallies", "unexplained"]
