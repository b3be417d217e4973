"""The product's settings for tests: a throw-away SQLite file, or what TEST_DATABASE_URL and TEST_REDIS_URL name."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="recovery-tests-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

# The developer's own console must not leak into the tests, nor the tests into it.
for name in (
    "DATABASE_URL",
    "REDIS_URL",
    "ALLOWED_HOSTS",
    "DEBUG",
    "HTTPS",
    "STATIC_ROOT",
    "SECRET_KEY_FILE",
    "LOG_FORMAT",
):
    os.environ.pop(name, None)
os.environ["RECOVERY_DATA"] = str(FOLDER)
os.environ["SECRET_KEY"] = "a key of the tests, which is long enough"
if "TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
if "TEST_REDIS_URL" in os.environ:
    os.environ["REDIS_URL"] = os.environ["TEST_REDIS_URL"]

from recovery_site.settings import *  # noqa: E402, F403
from recovery_site.settings import DATABASES  # noqa: E402

# A file and not memory: threads and consumers must see the same tables.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(FOLDER / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
