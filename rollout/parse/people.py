"""The two lists that an MSP brings along: its customers and the people there."""

from typing import BinaryIO

from campaigns.rules.records import ContactRecord, CustomerRecord, Parsed
from rollout.parse import contacts as contact_cells
from rollout.parse import customers as customer_cells
from rollout.parse.headers import headers_of
from rollout.parse.sift import sift
from rollout.parse.table import open_table


def customers(stream: BinaryIO, name: str) -> Parsed[CustomerRecord]:
    """Reads a customers CSV file; a row that cannot be used is rejected with its reason.

    Unknown columns become tags. Raises Invalid where the file is no table or has no
    column `name`.
    """
    table = open_table(stream, name)
    headers = headers_of(table, customer_cells.COLUMNS, customer_cells.REQUIRED)
    reader = customer_cells.CustomerReader(headers)
    return sift(table.rows(), reader, lambda: table.warnings)


def contacts(stream: BinaryIO, name: str) -> Parsed[ContactRecord]:
    """Reads a contacts CSV file; a row that cannot be used is rejected with its reason.

    Addresses come in lower case. Unknown columns become tags. Raises Invalid where the
    file is no table or lacks a column `customer` or `email`.
    """
    table = open_table(stream, name)
    headers = headers_of(table, contact_cells.COLUMNS, contact_cells.REQUIRED)
    reader = contact_cells.ContactReader(headers)
    return sift(table.rows(), reader, lambda: table.warnings)
