"""Settings, all from the environment; without any it is a site to try on this machine.

`DEBUG=0` asks for production: then SECRET_KEY and ALLOWED_HOSTS are required.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from errors.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env.str("SECRET_KEY", default="try-me-only" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is required when DEBUG is off.")
if not DEBUG and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10):
    raise ImproperlyConfigured("SECRET_KEY is too short or too plain to be a secret.")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else [])
# Where the admin is, and optionally the one host on which it is; elsewhere it is missing.
ADMIN_PATH = env.str("ADMIN_PATH", default="admin/")
ADMIN_HOST = env.str("ADMIN_HOST", default="").lower()
if ADMIN_HOST:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, ADMIN_HOST]
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "modeltranslation",
    "errors.apps.DeskConfig",  # django.contrib.admin, entered in two steps
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "django_prometheus",
    "simple_history",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "errors",
]
MIDDLEWARE = [
    "errors.middleware.answer_probes",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "errors.middleware.name_request",
    # These three stand before all that may answer, so that files and refused requests get
    # their headers too.
    "errors.protection.add_headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    # Django pads what it compresses and masks its tokens anew each time: no BREACH.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "errors.protection.keep_admin_apart",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "errors.middleware.SurviveOutage",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "faqsite.urls"
WSGI_APPLICATION = "faqsite.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
    {  # the few *.jinja; see the tag `jinja`
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"trim_blocks": True, "lstrip_blocks": True},
    },
]

# --- Data ------------------------------------------------------------------------------
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
    " PRAGMA cache_size=-20000; PRAGMA foreign_keys=ON;"
)
DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": SQLITE_PRAGMAS,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # the pool keeps the connections
    # A connection that died in the pool is replaced before it is used.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A database that is away must be found out in seconds: whoever needs it is told so.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        {
            "connect_timeout": 3,
            "tcp_user_timeout": 5000,
            "pool": {
                "min_size": 1,
                "max_size": env.int("DATABASE_POOL_SIZE", default=4),
                "timeout": 2,
                # After this the pool gives up until it is asked again, so that it is back
                # at once with the database; its own patience grows to minutes.
                "reconnect_timeout": 5,
            },
        }
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Where each process leaves the published catalog, for one that starts without a database.
CATALOG_SNAPSHOT = env.str("CATALOG_SNAPSHOT", default="")
CACHE_URL = env.str("CACHE_URL", default="")
CACHES = {
    "default": (
        {
            "BACKEND": "errors.rediscache.ForgivingRedisCache",
            "LOCATION": CACHE_URL,
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
        }
        if CACHE_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# --- Languages -------------------------------------------------------------------------
# One setting rules all: the first is the site's own, the others follow where a text was
# not translated into the reader's language.
_CODES = env.list("LANGUAGES", default=["ja", "en"])
if not _CODES or not all("name_local" in LANG_INFO.get(code, {}) for code in _CODES):
    raise ImproperlyConfigured("LANGUAGES needs codes that Django knows, as in ja,en.")
LANGUAGES = [(code, LANG_INFO[code]["name_local"]) for code in _CODES]
LANGUAGE_CODE = MODELTRANSLATION_DEFAULT_LANGUAGE = _CODES[0]
MODELTRANSLATION_FALLBACK_LANGUAGES = tuple(_CODES)
LOCALE_PATHS = [BASE_DIR / "faqsite" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Tokyo")

# --- Files -----------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [BASE_DIR / "static"]
# Without a build step: files are found where they lie. Production collects them.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- What a customer may send ------------------------------------------------------------
PASTE_MAX_BYTES = env.int("PASTE_MAX_BYTES", default=1024 * 1024)
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=10 * 1024 * 1024)
# A paste arrives URL-encoded, up to three times its size; the form then measures the text.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * PASTE_MAX_BYTES
# The desk's page of an entry sends ten fields a wording, and entries have hundreds of them.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# An upload stays in memory: pastes are personal data and are never written to disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
# The handler drops a body above this without a word; the form then measures the file.
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE
# How often one client may do a thing per window; then the page asks to wait.
PASTE_RATE_LIMIT = env.int("PASTE_RATE_LIMIT", default=120)
PASTE_RATE_SECONDS = env.int("PASTE_RATE_SECONDS", default=60)
SEARCH_RATE_LIMIT = env.int("SEARCH_RATE_LIMIT", default=120)
SEARCH_RATE_SECONDS = env.int("SEARCH_RATE_SECONDS", default=60)
SUGGEST_RATE_LIMIT = env.int("SUGGEST_RATE_LIMIT", default=600)
SUGGEST_RATE_SECONDS = env.int("SUGGEST_RATE_SECONDS", default=60)
FEEDBACK_RATE_LIMIT = env.int("FEEDBACK_RATE_LIMIT", default=30)
FEEDBACK_RATE_SECONDS = env.int("FEEDBACK_RATE_SECONDS", default=3600)
HANDIN_RATE_LIMIT = env.int("HANDIN_RATE_LIMIT", default=10)
HANDIN_RATE_SECONDS = env.int("HANDIN_RATE_SECONDS", default=3600)
LOGIN_RATE_LIMIT = env.int("LOGIN_RATE_LIMIT", default=30)
LOGIN_RATE_SECONDS = env.int("LOGIN_RATE_SECONDS", default=300)

API_RATE_LIMIT = env.int("API_RATE_LIMIT", default=300)
API_RATE_SECONDS = env.int("API_RATE_SECONDS", default=60)
API_KEY_RATE_LIMIT = env.int("API_KEY_RATE_LIMIT", default=3000)
API_KEY_RATE_SECONDS = env.int("API_KEY_RATE_SECONDS", default=60)

# --- The API -----------------------------------------------------------------------------
# Who may use it: names with the hashes of their keys (manage.py makeapikey).
API_KEYS: dict[str, str] = env.dict("API_KEYS", default={})
API_KEY_REQUIRED = env.bool("API_KEY_REQUIRED", default=False)
# Whose scripts in browsers may call it; "*" is everybody. It knows no cookie.
_api_origins: list[str] = env.list("API_ORIGINS", default=[])
CORS_ALLOW_ALL_ORIGINS = _api_origins == ["*"]
CORS_ALLOWED_ORIGINS = [] if CORS_ALLOW_ALL_ORIGINS else _api_origins
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
CORS_ALLOW_HEADERS = ("accept-language", "authorization", "content-type")
CORS_EXPOSE_HEADERS = (
    *("ETag", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
    "Retry-After",
)

# --- Other pages -------------------------------------------------------------------------
# Whose pages may show the box in a frame, or post a paste from a form of their own.
EMBED_ORIGINS: list[str] = env.list("EMBED_ORIGINS", default=[])

# --- Mail --------------------------------------------------------------------------------
_mail = env.dj_email_url(
    "EMAIL_URL", default="console:" if DEBUG else "smtp://localhost:25"
)
EMAIL_BACKEND, EMAIL_FILE_PATH = _mail["EMAIL_BACKEND"], _mail["EMAIL_FILE_PATH"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 30
# Where customers forward bounces to (docs/mail-in.md); empty: no mail is answered.
MAIL_ADDRESS = env.str("MAIL_ADDRESS", default="")
MAIL_RETURN_PATH = env.str("MAIL_RETURN_PATH", default="")
# Our own mail server's name in Authentication-Results, and whether its word is needed.
MAIL_AUTHSERV_ID = env.str("MAIL_AUTHSERV_ID", default="")
MAIL_REQUIRE_AUTHENTICATION = env.bool("MAIL_REQUIRE_AUTHENTICATION", default=False)
MAIL_RATE_LIMIT = env.int("MAIL_RATE_LIMIT", default=20)
MAIL_RATE_SECONDS = env.int("MAIL_RATE_SECONDS", default=86400)
MAIL_MAX_BYTES = env.int("MAIL_MAX_BYTES", default=30 * 1024 * 1024)

# --- What is kept, and for how long --------------------------------------------------------
HANDIN_MAX_CHARS = env.int("HANDIN_MAX_CHARS", default=20_000)
# Days; 0 keeps for ever. What counters hold is no personal data.
KEEP_DAYS = {
    "handins": env.int("KEEP_HANDINS_DAYS", default=90),
    "feedback": env.int("KEEP_FEEDBACK_DAYS", default=365),
    "searches": env.int("KEEP_SEARCHES_DAYS", default=90),
    "logins": env.int("KEEP_LOGINS_DAYS", default=30),
    "figures": env.int("KEEP_FIGURES_DAYS", default=1100),
}
TALLY_SECONDS = env.int("TALLY_SECONDS", default=5)  # between two writes of the figures

# --- Safety ------------------------------------------------------------------------------
# Set when a proxy of ours stands in front: its X-Forwarded-… headers are then believed.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
CSRF_FAILURE_VIEW = "errors.views.csrf_failure"
CONTENT_SECURITY_POLICY: dict[str, dict[str, Any]] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
# What our pages never use is denied, to them and to whatever gets into them.
_DENIED = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation"
    " gyroscope hid identity-credentials-get idle-detection local-fonts magnetometer"
    " microphone midi payment picture-in-picture publickey-credentials-create"
    " publickey-credentials-get screen-wake-lock serial storage-access sync-xhr usb"
    " xr-spatial-tracking"
)
SECURITY_HEADERS = {
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _DENIED.split()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
SECURE_REFERRER_POLICY = SECURITY_HEADERS["Referrer-Policy"]
SESSION_COOKIE_HTTPONLY = True
# No cookie chooses a language: the address does, or Accept-Language. No cookie has this name.
LANGUAGE_COOKIE_NAME = ";"
if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # Browsers take these names from this host alone, not from a neighbour in its domain.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = (
        SECURE_SSL_REDIRECT
    )
    SECURE_PROXY_SSL_HEADER = (
        ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
    )
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": env.int("PASSWORD_MIN_LENGTH", default=12)},
    }
]

# --- How staff come in ---------------------------------------------------------------------
# A code of an authenticator app after the password. Who has set one up is asked for it
# in any case.
STAFF_TWO_FACTOR = env.bool("STAFF_TWO_FACTOR", default=not DEBUG)
OTP_TOTP_ISSUER = env.str("SITE_NAME", default="") or "faqsite"
# A session ends after so long without a click, and after so long in any case.
SESSION_COOKIE_AGE = 60 * env.int("STAFF_IDLE_MINUTES", default=120)
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", default=12)
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# One name from one address: nobody can lock a colleague out from elsewhere, and a typo
# does not lock the whole office out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURES", default=5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("LOGIN_LOCK_MINUTES", default=15))
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "errors.access.lockout.refuse"
AXES_CLIENT_IP_CALLABLE = "errors.throttling.address_of"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True  # the record of logins is errors.models.LoginRecord
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- The company whose site this is --------------------------------------------------------
SITE_NAME = env.str("SITE_NAME", default="")  # empty: the translated default name
SITE_URL = env.str("SITE_URL", default="").rstrip("/")  # for links in mails
SUPPORT_URL = env.str("SUPPORT_URL", default="")
# A font file with Japanese letters for the pictures beside shared links; "": looked for.
PICTURE_FONT = env.str("PICTURE_FONT", default="")
LEGAL_LINKS = env.str("LEGAL_LINKS", default="")  # "Privacy https://…; Terms https://…"
# The same for one language: SITE_NAME_JA, LEGAL_LINKS_EN …
BRAND_TEXTS = {
    (name, code): env.str(f"{name}_{code.upper().replace('-', '_')}", default="")
    for name in ("SITE_NAME", "SUPPORT_URL", "LEGAL_LINKS")
    for code, _name in LANGUAGES
}
# Colours as CSS writes them; a dark one that is not given is made from the light one.
BRAND_COLOR = env.str("BRAND_COLOR", default="")
BRAND_COLOR_DARK = env.str("BRAND_COLOR_DARK", default="")
ACCENT_COLOR = env.str("ACCENT_COLOR", default="")
ACCENT_COLOR_DARK = env.str("ACCENT_COLOR_DARK", default="")
# A folder of the operator's, and files in it.
if BRAND_DIR := env.str("BRAND_DIR", default=""):
    STATICFILES_DIRS.append(("brand", Path(BRAND_DIR)))
LOGO = env.str("LOGO", default="")
LOGO_DARK = env.str("LOGO_DARK", default="")
ICON = env.str("ICON", default="")

# --- Watching it -----------------------------------------------------------------------------
# JSON, a line an event and without personal data; mails to ADMINS about what crashed, too.
LOGGING = logging_config(
    is_json=env.bool("LOG_JSON", default=not DEBUG),
    level=env.str("LOG_LEVEL", default="INFO"),
)
addresses: list[str] = env.list("ADMINS", default=[])
ADMINS = [(address, address) for address in addresses]
# Who may see /metrics and the details of /readyz, as networks.
MONITORING_CLIENTS: list[str] = env.list(
    "MONITORING_CLIENTS", default=["127.0.0.0/8", "::1/128"]
)
PROMETHEUS_EXPORT_MIGRATIONS = False  # would ask the database at every start
