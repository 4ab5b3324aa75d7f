"""Answers to mails: a customer forwards a bounce and gets its explanation back."""
