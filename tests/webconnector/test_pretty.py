"""Raw qbXML is laid out for people, whatever state it is in."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from webconnector.pretty import pretty


def test_elements_stand_on_their_own_lines_and_texts_beside_their_tags() -> None:
    assert pretty('<?xml version="1.0"?><A><B>x y</B><C/><D></D></A>') == (
        '<?xml version="1.0"?>\n<A>\n  <B>x y</B>\n  <C/>\n  <D></D>\n</A>'
    )


def test_what_was_cut_off_is_shown_to_its_end() -> None:
    assert pretty("<A><B>12").endswith("<B>12")
    assert pretty("<A><B>1</B><C").endswith("<C")
    assert pretty("</A><B>") == "</A>\n<B>"
    assert pretty("no xml") == "no xml"


@given(st.text(alphabet="<>/ab &\n", max_size=60))
def test_nothing_but_white_space_is_added_or_lost(text: str) -> None:
    assert re.sub(r"\s", "", pretty(text)) == re.sub(r"\s", "", text)
