"""Every setting of the help desk, read top to bottom.

Facts of one installation come from the environment, from `.env` beside `manage.py`, or, while
`desk up` runs its embedded services, from `var/run.env`. Policies (targets, rules, departments,
mailboxes) are rows in the admin. `.env.example` lists every variable read here.
"""

import re
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.FileAwareEnv()
# The first to name a variable wins, and `.env` may name one and leave it empty.
env.read_env(VAR_DIR / "run.env")
env.read_env(BASE_DIR / ".env")


# Identity

VERSION = re.search(r"^## (\S+)", (BASE_DIR / "CHANGELOG.md").read_text(), re.M)[1]  # type: ignore[index]
SECRET_KEY = env.str("SECRET_KEY")
DEBUG = env.bool("DEBUG", default=False)
DESK_URL = env.str("DESK_URL", default="http://127.0.0.1:8000").rstrip("/")
DESK_NAME = env.str("DESK_NAME", default="Help desk")
DESK_TRIAL = env.bool("DESK_TRIAL", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(DESK_URL).hostname or "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = [DESK_URL]
WSGI_APPLICATION = "helpdesk.wsgi.application"
ROOT_URLCONF = "helpdesk.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# Apps

INSTALLED_APPS = [
    "helpdesk.apps.HelpdeskConfig",
    "mailgateway.apps.MailgatewayConfig",
    "tickets.apps.TicketsConfig",
    "knowledge.apps.KnowledgeConfig",
    "departments.apps.DepartmentsConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "csp",
    "helpdesk.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    # For FORM_RENDERER below: the widgets' own templates.
    "django.forms",
]


# Doors

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "helpdesk.middleware.OneCharsetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "helpdesk.middleware.KeptTextMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "helpdesk.middleware.ReaderMiddleware",
    "helpdesk.middleware.RefusalMiddleware",
]
CSRF_FAILURE_VIEW = "helpdesk.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = DESK_URL.startswith("https://")
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        # The nonce stands in the answers of pages that ask for one: those with the editor.
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Letters are shown in sandboxed frames that carry their HTML in srcdoc.
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}


# Templates

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "helpdesk.lib.templates.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["helpdesk.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "helpdesk.context.desk",
                "helpdesk.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


# Database

DATABASE_URL = env.str("DATABASE_URL", default="") or "postgres://postgres@127.0.0.1:5432/helpdesk"
_database = env.db_url_config(DATABASE_URL)
DATABASES = {
    "default": {
        **_database,
        # A Unix socket's folder stands percent-encoded where other addresses have a host.
        "HOST": unquote(_database["HOST"]),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Compiling a plan costs more than any of our questions does.
        "OPTIONS": {
            "options": "-c jit=off",
            **_database.get("OPTIONS", {}),
            "connect_timeout": 10,
        },
    }
}


# Redis: broker, cache, locks

REDIS_URL = env.str("REDIS_URL", default="") or "redis://127.0.0.1:6379/0"
if REDIS_URL.startswith("unix://"):
    _socket = unquote(urlsplit(REDIS_URL).path)
    CELERY_BROKER_URL = f"redis+socket://{quote(_socket)}?virtual_host=0"
    _cache_url = f"unix://{quote(_socket)}?db=1"
else:
    CELERY_BROKER_URL = REDIS_URL
    _cache_url = (
        f"{REDIS_URL.rsplit('/', 1)[0]}/1" if REDIS_URL.count("/") > 2 else f"{REDIS_URL}/1"
    )
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _cache_url}
}


# People

AUTH_USER_MODEL = "departments.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "departments.signin.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "departments.forms.SignupNameForm"
ACCOUNT_FORMS = {
    "request_login_code": "departments.signin_forms.SignInByCodeForm",
    "reset_password": "departments.signin_forms.ForgottenPasswordForm",
    "signup": "departments.signin_forms.NewAccountForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# Mail may take its time; a code still dies with the third wrong guess.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
# How often, by address on the net (ip) and by what was typed (key); the rest is allauth's own.
ACCOUNT_RATE_LIMITS = {
    "signup": "20/m/ip,60/h/ip",
    "login_failed": "10/m/ip,5/5m/key,30/d/key",
    "request_login_code": "20/m/ip,3/m/key,12/h/key",
    "reset_password": "20/m/ip,3/m/key,12/h/key",
    "confirm_email": "1/10s/key,12/h/key",
}
# A person may have several addresses; letters go to the main one.
ACCOUNT_MAX_EMAIL_ADDRESSES = 20
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(DESK_URL).scheme
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]


# Languages and time

LANGUAGE_CODE = env.str("DESK_LANGUAGE", default="en")
LANGUAGES = [
    ("uk", _("Ukrainian")),
    ("ru", _("Russian")),
    ("en", _("English")),
    ("de", _("German")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Kyiv")
USE_I18N = USE_TZ = True


# Files

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("DESK_FILES_DIR", default="") or VAR_DIR / "files")
# Uploads are never served from a public address; tickets hand them out after asking permission.
MEDIA_URL = ""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "helpdesk.lib.statics.StaticStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "helpdesk.lib.uploading.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Somebody chose a whole album: they are told how many fit, and their text comes back.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000
DESK_MAX_FILE_MB = env.int("DESK_MAX_FILE_MB", default=25)


# Mail

EMAIL_BACKEND = "mailgateway.backend.TrayBackend"
DEFAULT_FROM_EMAIL = env.str("DESK_FROM_EMAIL", default="support@localhost")
# Fernet keys for what is stored sealed (mailbox passwords), newest first; old ones still open.
DESK_SEAL_KEYS = env.list("DESK_SEAL_KEY")
DESK_POLL_SECONDS = env.int("DESK_POLL_SECONDS", default=60)


# Clockwork

CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 240, 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A nudge that cannot be delivered is found again by a sweep, so a web page never waits for Redis.
CELERY_TASK_PUBLISH_RETRY = False
# Must exceed the hard time limit above; nothing waits in the broker longer than that: rows do.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "poll mailboxes": {
        "task": "mailgateway.tasks.poll_mailboxes",
        "schedule": DESK_POLL_SECONDS,
        "options": {"expires": DESK_POLL_SECONDS},
    },
    "sweep the ledger": {
        "task": "mailgateway.tasks.sweep_ledger",
        "schedule": 15,
        "options": {"expires": 15},
    },
    "sweep the tray": {
        "task": "mailgateway.tasks.sweep_tray",
        "schedule": 15,
        "options": {"expires": 15},
    },
    "sound alarms": {
        "task": "mailgateway.tasks.sound_alarms",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "check escalations": {
        "task": "tickets.tasks.check_escalations",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "wake held tickets": {
        "task": "tickets.tasks.wake_held",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "send what leaves later": {
        "task": "tickets.tasks.send_later",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "sweep acts on many tickets": {
        "task": "tickets.tasks.sweep_bulk",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "forget old bells": {
        "task": "tickets.tasks.forget_old_bells",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "sweep uploads": {
        "task": "tickets.tasks.sweep_uploads",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "ask for ratings": {
        "task": "tickets.tasks.ask_for_ratings",
        "schedule": 600,
        "options": {"expires": 600},
    },
    "forget posts of forms": {
        "task": "tickets.tasks.forget_form_posts",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "forget ended sessions": {
        "task": "departments.tasks.forget_ended_sessions",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "close solved tickets": {
        "task": "tickets.tasks.close_solved",
        "schedule": 600,
        "options": {"expires": 600},
    },
}


# Safety

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"without_keys": {"()": "helpdesk.lib.logs.WithoutKeys"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["without_keys"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
        "pymorphy3": {"level": "WARNING"},
    },
}


# Our own knobs

# Seconds in which a sent reply can still be taken back.
DESK_UNDO_SECONDS = env.int("DESK_UNDO_SECONDS", default=10)
