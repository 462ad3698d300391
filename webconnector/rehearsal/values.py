"""Values as records keep them: texts in QuickBooks' form, nested in dictionaries.

Owns the passage from the bookkeeper's Python values and from request elements to such
dictionaries, and money arithmetic. Knows no kind of record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from lxml import etree

from webconnector.rehearsal.grammar import Element, MisfitError, check_text
from webconnector.rehearsal.refusals import StatusError

Fields = dict[str, Any]
"""Element name -> text, nested Fields (a group or reference), or a list of either (repeats)."""


class MacroName(str):
    """Stands for the TxnID that an earlier Add of the same message set will get."""

    __slots__ = ()


CENT = Decimal("0.01")
ZERO = Decimal("0.00")
_FORMS = ("Add", "Mod", "Ret")


def cents(value: Decimal) -> Decimal:
    """Rounded to the cent, half away from zero, as QuickBooks does."""
    return value.quantize(CENT, ROUND_HALF_UP)


def money(value: Decimal) -> str:
    """An amount with exactly two decimals."""
    return f"{cents(value):.2f}"


def number(fields: Mapping[str, Any], name: str) -> Decimal | None:
    """The number under a name; None when absent or empty."""
    text = fields.get(name)
    return Decimal(str(text)) if text not in (None, "") else None


def amount(fields: Mapping[str, Any], name: str) -> Decimal:
    """The amount under a name, zero when absent."""
    return cents(number(fields, name) or ZERO)


def is_true(fields: Mapping[str, Any], name: str) -> bool:
    """Whether a flag is set."""
    return fields.get(name) == "true"


def storage_name(element: str) -> str:
    """`ExpenseLineAdd`, `ExpenseLineMod` and `ExpenseLineRet` are all kept as `ExpenseLine`."""
    return element[:-3] if element.endswith(_FORMS) else element


def from_element(node: etree._Element, grammar: Element) -> Fields:
    """A judged request element as Fields."""
    found: Fields = {}
    for child in node:
        inner = grammar.by_name[str(child.tag)]
        value: Any = from_element(child, inner) if inner.parts else (child.text or "")
        macro = child.get("useMacro")
        if macro is not None:
            value = MacroName(macro)
        name = storage_name(inner.name) if inner.parts else inner.name
        if inner.repeats:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def from_bookkeeper(fields: Mapping[str, Any], grammars: Sequence[Element]) -> Fields:
    """What the bookkeeper typed as Fields, held against all the grammars that know the record.

    Raises StatusError naming the element for an unknown name, a wrong type or a text too long.
    """
    known: dict[str, list[Element]] = {}
    for grammar in grammars:
        for name, child in grammar.by_name.items():
            known.setdefault(storage_name(name) if child.parts else name, []).append(child)
    found: Fields = {}
    for name, value in fields.items():
        if name not in known:
            raise StatusError(
                3110, f"{grammars[0].name} has no element {name!r}; it knows {sorted(known)}"
            )
        if value is None:
            continue
        children = known[name]
        if children[0].repeats:
            many = value if isinstance(value, (list, tuple)) else [value]
            found[name] = [_typed(one, children) for one in many]
        else:
            found[name] = _typed(value, children)
    return found


def _typed(value: Any, grammars: Sequence[Element]) -> Any:
    grammar = grammars[0]
    if grammar.parts:
        if isinstance(value, str) and grammar.is_ref:
            value = {"FullName": value}
        if value == "":
            return value
        if not isinstance(value, Mapping):
            raise StatusError(3110, f"{grammar.name} must be a dictionary, not {value!r}")
        return from_bookkeeper(value, grammars)
    text = as_text(value, grammar.type)
    try:
        if text:
            check_text(text, grammar)
    except MisfitError as error:
        raise StatusError(3070 if "longer" in str(error) else 3110, str(error)) from error
    return text


def as_text(value: Any, kind: str) -> str:
    """A Python value in QuickBooks' form: `Decimal(5)` as amount is `5.00`, True is `true`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if kind == "amt" and value != "":
        try:
            return money(Decimal(str(value)))
        except InvalidOperation:
            return str(value)
    return str(value)


def clean_copy(value: Any) -> Any:
    """A deep copy of Fields (texts, dictionaries, lists only), faster than copy.deepcopy."""
    if isinstance(value, dict):
        return {name: clean_copy(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [clean_copy(inner) for inner in value]
    return value


def as_list(fields: Mapping[str, Any], name: str) -> Sequence[Any]:
    """The repeated value under a name; empty when absent."""
    found = fields.get(name) or []
    return found if isinstance(found, list) else [found]


def merged(old: Fields, sent: Mapping[str, Any]) -> Fields:
    """A Mod's effect: absent stays, empty clears, a group merges, a repeated value is replaced."""
    result = dict(old)
    for name, value in sent.items():
        if value in ("", [], {}):
            result.pop(name, None)
        elif isinstance(value, dict) and not name.endswith("Ref"):
            inner = merged(result.get(name) or {}, value)
            result[name] = inner
            if not inner:
                result.pop(name)
        else:
            result[name] = value
    return result


def plain_flag(value: bool) -> str:  # noqa: FBT001 - the value itself
    """A truth as QuickBooks writes it."""
    return "true" if value else "false"
