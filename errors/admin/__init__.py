"""The staff's desk: what customers are told is edited here."""

from errors.admin import entries, others

__all__ = ["entries", "others"]
