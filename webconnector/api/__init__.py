"""The JSON API of the CashFlow store under /api/v1: what the CashFlow app reads and writes.

`blueprint.api` makes it; `operations.py` is the table of all that can be asked, from which the
routes, the OpenAPI document and the reference pages follow.
"""
