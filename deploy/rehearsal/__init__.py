"""The production stack on this machine, for a rehearsal: under load, and under misfortune."""
