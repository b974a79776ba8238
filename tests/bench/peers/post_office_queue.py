"""python -m tests.bench.peers.post_office_queue FILE: makes the tables and queues the letters.

The file is a pickle of (sender, recipient, subject, text, html). Sending is
post_office's own command, `django send_queued_mail`.
"""

import pickle
import sys
from pathlib import Path

import django  # type: ignore[import-not-found]
from django.core.management import call_command  # type: ignore[import-not-found]


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    # Only now: models need the settings.
    from post_office.models import (  # type: ignore[import-not-found]
        PRIORITY,
        STATUS,
        Email,
    )

    letters = pickle.loads(Path(sys.argv[1]).read_bytes())
    Email.objects.bulk_create(
        (
            Email(
                from_email=sender,
                to=[recipient],
                subject=subject,
                message=text,
                html_message=html,
                priority=PRIORITY.medium,
                status=STATUS.queued,
            )
            for sender, recipient, subject, text, html in letters
        ),
        batch_size=1000,
    )


if __name__ == "__main__":
    main()
