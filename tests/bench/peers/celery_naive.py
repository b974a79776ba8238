"""What most people write first: a task a mail that loads, renders, connects, sends and marks."""

import os
import smtplib

import css_inline
from celery import Celery
from sqlalchemy.orm import Session

from tests.bench.peers.mail_table import Mail, engine
from tests.bench.peers.templates import environment, message, port

app = Celery("naive", broker=os.environ["PEER_BROKER"])


@app.task
def send(mail_id: int) -> None:
    with Session(engine) as session:
        mail = session.get_one(Mail, mail_id)
        text = environment.get_template("letter.txt").render(name=mail.name, link=mail.link)
        html = environment.get_template("letter.html").render(name=mail.name, link=mail.link)
        made = message(mail, text, css_inline.inline(html))
        with smtplib.SMTP("127.0.0.1", port) as connection:
            connection.send_message(made)
        mail.state = "sent"
        session.commit()
