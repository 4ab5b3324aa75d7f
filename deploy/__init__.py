"""How the site goes to production, and the rehearsal of it."""
