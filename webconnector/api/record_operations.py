"""What can be asked of each resource of records, the same for all.

Owns their paths and texts; what the App may do to which, `store.rules` says, and the fields come
from `store.shapes`. It must not know any record type.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from store.rules import acts_of
from store.shapes import Shape
from webconnector.api import records
from webconnector.api.fixed_models import Bulk, BulkResults, Page
from webconnector.api.limits import BULK_RECORDS_MAX
from webconnector.api.models import models_of
from webconnector.api.operation import Operation
from webconnector.api.parameters import DELETED, PAGING, filters


def operations_of(shape: Shape) -> Iterator[Operation]:
    """Everything that the App may do to records of this kind."""
    entity, models = shape.entity, models_of(shape.entity.resource)
    resource, one = entity.resource, _a(entity.singular)
    many = resource.replace("-", " ")
    acts = acts_of(entity)
    place = f"/{resource}/{{record_id}}"
    shown = {"answer": models.shown, "tag": resource, "gives_version": True}
    yield Operation(
        f"{resource}_list",
        "GET",
        f"/{resource}",
        f"List {many}",
        records.listing(resource),
        Page[models.shown],  # type: ignore[name-defined]
        resource,
        parameters=(*filters(shape), DELETED, *PAGING),
    )
    if "create" in acts:
        yield Operation(
            f"{resource}_create",
            "POST",
            f"/{resource}",
            f"Make {one}",
            records.creating(resource),
            status=201,
            body=models.new,
            **shown,  # type: ignore[arg-type]
        )
        yield Operation(
            f"{resource}_bulk",
            "POST",
            f"/{resource}/bulk",
            f"Make up to {BULK_RECORDS_MAX} {many} at once",
            records.creating_many(resource),
            BulkResults[models.shown],  # type: ignore[name-defined]
            resource,
            body=Bulk[models.new],  # type: ignore[name-defined]
            description="Each has its own result. They do not see each other.",
        )
    yield Operation(
        f"{resource}_get",
        "GET",
        place,
        f"Read {one}, also a deleted one",
        records.reading(resource),
        missing=True,
        **shown,  # type: ignore[arg-type]
    )
    yield from _changes(shape, place, shown)


def _changes(shape: Shape, place: str, shown: dict[str, Any]) -> Iterator[Operation]:
    resource, one = shape.entity.resource, _a(shape.entity.singular)
    acts = acts_of(shape.entity)
    if "change" in acts:
        yield Operation(
            f"{resource}_change",
            "PATCH",
            place,
            f"Change {one}",
            records.changing(resource),
            body=models_of(resource).change,
            versioned=True,
            missing=True,
            description="Fields left out stay. Lines are given as the complete list.",
            **shown,
        )
    if "delete" in acts:
        yield Operation(
            f"{resource}_delete",
            "DELETE",
            place,
            f"Delete {one}",
            records.deleting(resource),
            versioned=True,
            missing=True,
            **shown,
        )
    for act, doing in (("void", records.voiding), ("approve", records.approving)):
        if act in acts:
            yield Operation(
                f"{resource}_{act}",
                "POST",
                f"{place}/{act}",
                f"{act.capitalize()} {one}",
                doing(resource),
                missing=True,
                **shown,
            )


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
