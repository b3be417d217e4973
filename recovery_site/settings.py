"""The console's settings, all from the environment. docs/reference/settings lists them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from . import env
from .databases import database, sqlite_file
from .keys import keep, kept_key
from .layers import channel_layer
from .logs import logging_config
from .retention import retention

# Where a console on one machine keeps its database and its key.
DATA_FOLDER = env.folder("RECOVERY_DATA", "recovery-data")

# In a checkout templates/ and static/ lie beside manage.py; a wheel carries them inside the package, as an app's own.
_TREE = Path(__file__).resolve().parents[1]
_CHECKOUT = [_TREE] if (_TREE / "manage.py").is_file() else []

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY_FILE: Path = DATA_FOLDER / "secret.key"
SECRET_KEY_GIVEN = env.secret("SECRET_KEY")
SECRET_KEY = SECRET_KEY_GIVEN or kept_key(SECRET_KEY_FILE)
KEEP_SECRET_KEY = partial(keep, SECRET_KEY_FILE, SECRET_KEY)  # `up` calls it once the folder is there
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")

ROOT_URLCONF = "recovery_site.urls"
ASGI_APPLICATION = "recovery_site.asgi.application"
INSTALLED_APPS = [
    "recovery",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "django_htmx",
]

# The last one is synchronous only, which makes the whole chain run in one thread: one hop a request and not seven.
MIDDLEWARE = [
    "recovery.middleware.request_id.request_id",
    "recovery.middleware.headers.security_headers",
    "recovery.middleware.healthz.healthz",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "recovery.middleware.doorway.Doorway",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [tree / "templates" for tree in _CHECKOUT],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "recovery.views.context.console",
            ],
        },
    },
]

DATABASE_URL = env.secret("DATABASE_URL")
DATABASES = {"default": database(DATABASE_URL) if DATABASE_URL else sqlite_file(DATA_FOLDER / "console.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# How many console processes share this database; more than one needs REDIS_URL.
CONSOLE_PROCESSES = env.number("CONSOLE_PROCESSES", 1, least=1, most=1_000)
CHANNEL_LAYERS = {"default": channel_layer(env.secret("REDIS_URL"))}

# Days that everything is kept.
RETENTION = retention()

# Networks beside the public ones that health checks may look at: 10.1.0.0/16, 127.0.0.1
HEALTH_ALLOWED_NETWORKS = env.words("HEALTH_ALLOWED_NETWORKS")

# People
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Cookies and HTTPS: behind a proxy that ends TLS set HTTPS=yes, and let it send X-Forwarded-Proto.
HTTPS = env.flag("HTTPS", default=False)
SESSION_COOKIE_NAME = "recovery_session"
SESSION_COOKIE_AGE = env.number("SESSION_HOURS", 12, least=1, most=24 * 90) * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "recovery_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "recovery.views.refusals.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# Proxies whose X-Forwarded-For is believed: who is throttled, and from where the audit says that somebody came.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
HSTS_SECONDS = env.number("HSTS_SECONDS", 0, least=0, most=63_072_000)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Static files: from the package by finders (nothing to collect), or collected and hashed when STATIC_ROOT is named.
STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT") or None
STATICFILES_DIRS = [tree / "static" for tree in _CHECKOUT]
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

# Everything is kept and computed in UTC; the browser puts it into words.
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

LOG_FORMAT = env.choice("LOG_FORMAT", "text", ("text", "json"))
LOG_LEVEL = env.choice("LOG_LEVEL", "info", ("debug", "info", "warning", "error")).upper()
LOGGING = logging_config(LOG_FORMAT, LOG_LEVEL)
