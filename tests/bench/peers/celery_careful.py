"""A careful task a mail: claims its row, keeps its connection, inlines once, settles."""

import os
import smtplib
from functools import cache

import css_inline
from celery import Celery
from jinja2 import Template
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from tests.bench.peers.mail_table import Mail, engine
from tests.bench.peers.templates import FOLDER, environment, message, port

app = Celery("careful", broker=os.environ["PEER_BROKER"])
app.conf.update(task_acks_late=True, task_reject_on_worker_lost=True, task_ignore_result=True)


@cache
def _connection() -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", port)


@cache
def _html() -> Template:
    return environment.from_string(css_inline.inline((FOLDER / "letter.html").read_text()))


@app.task
def send(mail_id: int) -> None:
    with engine.begin() as connection:
        claim = text("UPDATE mail SET state = 'sending' WHERE id = :id AND state = 'due'")
        if connection.execute(claim, {"id": mail_id}).rowcount != 1:
            return
    with Session(engine) as session:
        mail = session.get_one(Mail, mail_id)
    plain = environment.get_template("letter.txt").render(name=mail.name, link=mail.link)
    made = message(mail, plain, _html().render(name=mail.name, link=mail.link))
    try:
        _connection().send_message(made)
    except smtplib.SMTPServerDisconnected:
        _connection.cache_clear()
        raise
    with engine.begin() as connection:
        connection.execute(update(Mail).where(Mail.id == mail_id).values(state="sent"))
