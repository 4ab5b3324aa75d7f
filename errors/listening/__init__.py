"""What customers tell us: notices that we could not explain, and whether we helped."""

from errors.listening.handing_in import offer, receive, recheck

__all__ = ["offer", "receive", "recheck"]
