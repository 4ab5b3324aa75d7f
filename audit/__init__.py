"""Is the site light, accessible and valid? Run it with `make audit`; see it with `make screenshots`.

Looks at the site as production serves it, from outside: nothing here imports Django.
"""
