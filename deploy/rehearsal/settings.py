"""The site's own settings, with the yardsticks' addresses beside its own."""

from pathlib import Path

from faqsite.settings import *  # noqa: F403 - all of them: server and middleware are the site's
from faqsite.settings import TEMPLATES

ROOT_URLCONF = "deploy.rehearsal.urls"
TEMPLATES[0]["DIRS"] = [Path(__file__).parent / "templates", *TEMPLATES[0]["DIRS"]]
