"""What tests and longer runs find around them: settings' facts and the machine's programs."""

import os
from pathlib import Path

from helpdesk.embedded.environment import read_env

ROOT = Path(__file__).resolve().parent.parent
# Servers lie where the PATH of an ordinary account does not look.
SYSTEM_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
# What the settings read here: the example's values, never those of an installation or of a desk
# that runs in this checkout.
FACTS = {
    **read_env(ROOT / ".env.example"),
    "SECRET_KEY": "only-for-tests",
    "DESK_SEAL_KEY": "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMTI=",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
}
