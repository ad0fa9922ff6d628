"""The real settings, made quick and quiet."""

from helpdesk.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
CELERY_TASK_ALWAYS_EAGER = False
LANGUAGE_CODE = "en"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DESK_UNDO_SECONDS = 0
# Nothing is collected for the tests; WhiteNoise only wants the folder to be there.
STATIC_ROOT = BASE_DIR / "static"  # noqa: F405
# Every client of a test builds the middleware anew: it need not read all files for that.
WHITENOISE_AUTOREFRESH = True
