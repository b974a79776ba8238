"""django-post_office at the best settings found: two processes, batches of 2,000, no logs."""

import os
from urllib.parse import parse_qs, urlsplit

_parts = urlsplit(os.environ["PEER_DATABASE"])
_query = {name: values[0] for name, values in parse_qs(_parts.query).items()}

SECRET_KEY = "bench"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes", "post_office"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _parts.path.lstrip("/"),
        "USER": _parts.username or "",
        "PASSWORD": _parts.password or "",
        "HOST": _parts.hostname or _query.get("host", ""),
        "PORT": str(_parts.port or _query.get("port", "")),
    }
}
EMAIL_BACKEND = "post_office.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ.get("PEER_PORT", "25"))
POST_OFFICE = {
    "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
    "BATCH_SIZE": 2000,
    "THREADS_PER_PROCESS": int(os.environ.get("PEER_THREADS", "5")),
    "LOG_LEVEL": 0,
    "MESSAGE_ID_ENABLED": True,
    "MESSAGE_ID_FQDN": "harbor.example",
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
