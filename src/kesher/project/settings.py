"""Django's settings. Everything that an operator may change is in `environment`."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kesher.project import environment as env
from kesher.project import logs, test_clock
from kesher.project.database import embedded_url

ROOT = Path(__file__).resolve().parent.parent
CHECKOUT = ROOT.parent.parent
HOME = env.home()
for _folder in ("uploads", "static"):
    (HOME / _folder).mkdir(mode=0o700, parents=True, exist_ok=True)


def _secret_key() -> str:
    if given := env.SECRET_KEY.text():
        return given
    path = HOME / "secret"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "kesher.lib.postgres",
        "NAME": unquote(parts.path.lstrip("/")) or "kesher",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {
                "min_size": 0,
                "max_size": env.DATABASE_POOL.number(),
                "timeout": 8,  # seconds that a request waits for a server that is being restarted
                "reconnect_timeout": 10,
            },
            # A server that is gone without a word is noticed, too.
            "connect_timeout": "10",
            "keepalives_idle": "30",
            "keepalives_interval": "10",
            "keepalives_count": "3",
            **query,
        },
        "TEST": {"NAME": env.TEST_DATABASE.text()},
    }


SECRET_KEY = _secret_key()
DEBUG = env.DEBUG.flag()
BASE_URL = env.base_url()
ALLOWED_HOSTS = [
    urlsplit(BASE_URL).hostname or "localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
    env.bind()[0],
    *env.ALLOWED_HOSTS.words(),
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
DATABASES = {"default": _database(env.DATABASE_URL.text() or embedded_url(HOME))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "kesher.accounts",
    "kesher.media",
    "kesher.events",
    "kesher.contacts",
    "kesher.content",
    "kesher.channels",
    "kesher.messages",
    "kesher.segments",
    "kesher.campaigns",
    "kesher.journeys",
    "kesher.journeys.rehearsal",
    "kesher.public",
    "kesher.api",
    "kesher.web",
    "kesher.worker",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_htmx",
    "django_vite",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kesher.web.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kesher.web.middleware.ToastMiddleware",
    "kesher.api.idempotency.IdempotencyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "kesher.project.urls"
ASGI_APPLICATION = "kesher.project.asgi.application"
WSGI_APPLICATION = "kesher.project.asgi.django_application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(folder) for folder in sorted(ROOT.glob("web/*/templates"))],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kesher.web.context.shell",
            ],
            "builtins": ["kesher.web.templatetags.ui"],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "kesher.web.accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "kesher.web.accounts.passkeys.AddPasskeyForm",
    "signup_webauthn": "kesher.web.accounts.passkeys.SignupPasskeyForm",
    "edit_webauthn": "kesher.web.accounts.passkeys.EditPasskeyForm",
}
MFA_TOTP_ISSUER = "Kesher"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or urlsplit(BASE_URL).hostname in {
    "localhost",
    "127.0.0.1",
}
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

LANGUAGE_CODE = "he"
LANGUAGES = [("he", "עברית"), ("en", "English")]
LOCALE_PATHS = [str(ROOT / part / "locale") for part in ("lib", "rules", "project")] + [
    str(folder) for folder in sorted(ROOT.glob("web/*/locale"))
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jerusalem"
USE_THOUSAND_SEPARATOR = True
LANGUAGE_COOKIE_NAME = "language"

STATIC_URL = "/static/"
STATICFILES_DIRS = (
    [str(CHECKOUT / "frontend" / "dist")] if (CHECKOUT / "frontend" / "dist").exists() else []
)
STATIC_ROOT = str(HOME / "static")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": str(CHECKOUT / "frontend" / "dist" / "manifest.json"),
    }
}
MEDIA_ROOT = str(HOME / "media")
# Beside where imports keep their files, so that a gigabyte is moved there and not copied.
FILE_UPLOAD_TEMP_DIR = str(HOME / "uploads")
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

_https = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 30 if _https else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.TRUSTED_PROXIES.number() else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
TRUSTED_PROXIES = env.TRUSTED_PROXIES.number()

EMAIL_BACKEND = "kesher.project.system_mail.SystemMail"
DEFAULT_FROM_EMAIL = env.SYSTEM_SENDER.text()
SIGN_UP_OPEN = env.SIGN_UP.flag()
WEBHOOKS_INSIDE = env.WEBHOOKS_INSIDE.flag()
TEST_CLOCK = env.TEST_CLOCK.flag()
if TEST_CLOCK:
    test_clock.install(HOME)
MAX_UPLOAD_BYTES = env.MAX_UPLOAD_MB.number() * 1024 * 1024
LOGGING = logs.logging_settings(level=env.LOG_LEVEL.text(), style=env.LOG_FORMAT.text())
SILENCED_SYSTEM_CHECKS = ["axes.W003"]
PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
