"""The web console: what admins and support staff see and do. One noun per module.

`console` is the blueprint of all its pages; a page group is a module with a blueprint `pages`.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint

from webconnector.console import (
    account,
    companies,
    conflicts,
    connection,
    diagnostics,
    entry,
    matching,
    members,
    overview,
    preferences,
    problems,
    records,
    search,
    sessions,
    showing,
    totals,
    trail,
    visit,
    weblog,
    wizard,
)

# A new page group is a new module here, and a line in `menu.py`.
GROUPS: Final = (
    entry,
    overview,
    companies,
    problems,
    records,
    sessions,
    conflicts,
    matching,
    totals,
    connection,
    preferences,
    members,
    trail,
    weblog,
    diagnostics,
    search,
    wizard,
    account,
)

console = Blueprint("console", __name__, url_prefix="/console")
console.before_request(visit.begin)
console.after_request(showing.finish)
for _group in GROUPS:
    console.register_blueprint(_group.pages)
showing.prepare(console)
