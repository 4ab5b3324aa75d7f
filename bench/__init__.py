"""How long reading, explaining and searching take. Run it with `make bench`.

Importing this package starts Django on a database in memory, never the site's own.
"""

import os

import django

os.environ["DATABASE_URL"] = "sqlite://:memory:"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faqsite.settings")
django.setup()
