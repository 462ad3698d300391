"""The limits of the API. It must not know what they are for beyond their names."""

from __future__ import annotations

from typing import Final

BODY_BYTES_MAX: Final = 10 * 1024 * 1024
BULK_RECORDS_MAX: Final = 500
PAGE_RECORDS_MAX: Final = 500
PAGE_RECORDS: Final = 100
PARAMETER_CHARACTERS_MAX: Final = 500
KEY_CHARACTERS_MAX: Final = 200
GZIP_BYTES_MIN: Final = 1400
