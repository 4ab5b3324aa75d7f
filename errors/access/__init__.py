"""How staff come into the admin: password, then a code; kept out, and kept on record."""
