"""What is wrong with this installation, and how to mend it."""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import migrations
from campaigns import extra_letter, headcount, journal, rezone
from campaigns.facts import VOCABULARY
from campaigns.models import Staff, Step
from campaigns.playbooks import names, shipped
from campaigns.rules.spans import count
from campaigns.store import Store
from guides import library
from guides.errors import GuideError
from rollout.pulse import look
from rollout.settings import BadSettings, Loaded
from rollout.wiring import build_clock, build_runtime, build_store, machine_now, pin_time_zones
from workers.runtime import Clock


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is ok, note or wrong; `mend` says what to do."""

    level: str
    what: str
    mend: str = ""


def examine(loaded: Loaded) -> list[Finding]:
    """Everything worth knowing, the grave things first."""
    findings = [*_time_zones(), *_letters(), *_mail(loaded)]
    store = build_store(loaded.settings)
    try:
        findings += _database(loaded, store)
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        findings.append(
            Finding(
                "wrong", f"The database cannot be used: {reason}", "Check ROLLOUT_DATABASE_URL."
            )
        )
    finally:
        store.close()
    order = ("wrong", "note", "ok")
    return sorted(findings, key=lambda finding: order.index(finding.level))


def letters_of_playbooks() -> set[str]:
    """Every letter that a shipped playbook asks for."""
    asked = {step.letter for name in names() for step in shipped(name).steps if step.letter}
    return asked | set(extra_letter.TITLES)


def _time_zones() -> list[Finding]:
    pin_time_zones()
    # British Columbia stays on UTC-7 from 2026 on; older data would say UTC-8.
    probe = machine_now().replace(year=2026, month=12, day=1, hour=20)
    offset = probe.astimezone(ZoneInfo("America/Vancouver")).utcoffset()
    if offset == timedelta(hours=-7):
        return [Finding("ok", "Time-zone data is the packaged one.")]
    return [Finding("wrong", "Time-zone data is older than the package's.", "Reinstall tzdata.")]


def _letters() -> list[Finding]:
    try:
        problems = library.check(library.load(), VOCABULARY, letters_of_playbooks())
    except GuideError as error:
        problems = [str(error)]
    if problems:
        return [Finding("wrong", problem, "Mend the letter or guide.") for problem in problems]
    return [Finding("ok", "Letters, guides and playbooks fit together.")]


def _mail(loaded: Loaded) -> list[Finding]:
    settings = loaded.settings
    findings = []
    if settings.mail.startswith("mailbox:"):
        findings.append(
            Finding("note", "Mail stays in the dev mailbox.", "Set ROLLOUT_MAIL to send for real.")
        )
    if parseaddr(settings.mail_from)[1].endswith("@localhost"):
        findings.append(
            Finding("note", "The sender is rollout@localhost.", "Set ROLLOUT_MAIL_FROM.")
        )
    if not settings.provider_phone:
        findings.append(
            Finding("note", "Letters show no phone number.", "Set ROLLOUT_PROVIDER_PHONE.")
        )
    return findings


def _database(loaded: Loaded, store: Store) -> list[Finding]:
    pending = migrations.pending(store.engine)
    if pending:
        return [
            Finding("wrong", f"{len(pending)} migrations are pending.", "Run `rollout migrate`.")
        ]
    with store.reading() as session:
        findings = [Finding("ok", f"Database: {store.dialect}, up to date.")]
        if not session.scalar(select(func.count()).select_from(Staff)):
            findings.append(Finding("note", "Nobody can sign in yet.", "Run `rollout staff add`."))
        findings += [Finding("wrong", problem) for problem in journal.verify(session)]
        findings += [_counters(session), _promises(session, build_clock(loaded.settings, store))]
        findings += _missing_letters(set(session.scalars(select(Step.letter).distinct())))
    return findings + _sending(loaded, store)


def _counters(session: Session) -> Finding:
    wrong = len(headcount.differing(session))
    if not wrong:
        return Finding("ok", "The counters of people equal a recount.")
    what = count(
        wrong, "customer's counters of people differ", "customers' counters of people differ"
    )
    return Finding("wrong", f"{what} from a recount.", "Run `rollout customers recount`.")


def _promises(session: Session, clock: Clock) -> Finding:
    found = rezone.moved(session, clock.now())
    if not found.dates and not found.touches:
        return Finding("ok", "Every planned instant is what its local date and time mean.")
    return Finding(
        "wrong",
        f"The rules of time zones have changed: {found.sentence()} lie at other instants now.",
        "Look with `rollout rezone --preview`, then run `rollout rezone`.",
    )


def _sending(loaded: Loaded, store: Store) -> list[Finding]:
    try:
        found = look(build_runtime(loaded.settings, store))
    except BadSettings as error:
        return [Finding("wrong", str(error))]
    findings = [
        Finding("wrong" if alarm.grave else "note", alarm.what, alarm.mend)
        for alarm in found.alarms
    ]
    if not findings:
        findings = [Finding("ok", found.line)]
    if found.uncertain:
        findings.append(
            Finding("note", f"{found.uncertain} letters are uncertain.", "Decide on the board.")
        )
    return findings


def _missing_letters(asked: set[str | None]) -> list[Finding]:
    known = {source.name for source in library.load().letters()}
    return [
        Finding("wrong", f'A campaign asks for the letter "{name}", which is missing.')
        for name in sorted(letter for letter in asked if letter)
        if name not in known
    ]
