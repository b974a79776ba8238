"""The pages, one file a station."""

from flask import Blueprint

from rollout.pages import (
    board,
    campaign_moves,
    campaign_new,
    campaigns,
    changes,
    changes_in,
    choose,
    contacts,
    customer,
    customer_dates,
    customers,
    exemptions,
    freezes,
    guide,
    guides,
    health,
    imports,
    letters,
    mailbox,
    rehearsal,
    reports,
    search,
    sending,
    sign_in,
    staff,
    tasks,
)


def blueprints() -> tuple[Blueprint, ...]:
    """Every blueprint of the pages."""
    return (
        health.pages,
        sign_in.pages,
        choose.pages,
        guide.pages,
        board.pages,
        contacts.pages,
        customer.pages,
        customer_dates.pages,
        customers.pages,
        exemptions.pages,
        freezes.pages,
        imports.pages,
        letters.pages,
        mailbox.pages,
        search.pages,
        sending.pages,
        tasks.pages,
        campaign_moves.pages,
        campaign_new.pages,
        campaigns.pages,
        changes.pages,
        changes_in.pages,
        guides.pages,
        rehearsal.pages,
        reports.pages,
        staff.pages,
    )
