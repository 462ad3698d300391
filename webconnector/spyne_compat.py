"""Makes spyne 2.14.0 importable on Python 3.12 and later, and fit for a server.

Owns everything process-wide about spyne: the import hook, its garbage collection knob and its
loggers. Must not know our service. `prepare` has to run before the first import of spyne;
`webconnector.soap_protocol` sees to that.

spyne's last release (February 2022) carries a copy of six whose lazy `six.moves` importer has no
`find_spec`, which Python 3.12 requires and other importers (pytest's) already ask for on 3.11,
so it is replaced on every Python; from Python 3.13 on it also needs the package
`legacy-cgi`. A test fails as soon as a spyne release makes the hook superfluous.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import operator
import sys
import warnings

BUNDLED_SIX = "spyne.util.six"

SPYNE_MODULES = (
    "spyne",
    "spyne.const",
    "spyne.protocol.soap.soap11",
    "spyne.server.wsgi",
)

# Each of these writes bodies, parameters or results: with them customers' records and passwords.
TELLTALE_LOGGERS = (
    "spyne",
    "spyne.application",
    "spyne.application.server",
    "spyne.model.complex",
    "spyne.protocol._base",
    "spyne.protocol._inbase",
    "spyne.protocol._outbase",
    "spyne.protocol.soap.mime",
    "spyne.protocol.soap.soap11",
    "spyne.protocol.soap.soap11.invalid",
    "spyne.protocol.xml",
    "spyne.protocol.xml.invalid",
    "spyne.server._base",
    "spyne.server.wsgi",
)


def prepare() -> None:
    """Load spyne so that it works on this Python; safe to call more than once.

    Raises ImportError, naming the package to install, when the `cgi` module is missing.
    """
    with warnings.catch_warnings():
        # cgi is deprecated on 3.11 and 3.12; spyne's sources hold invalid string escapes.
        warnings.simplefilter("ignore")
        _require_cgi()
        _replace_bundled_six()
        for name in SPYNE_MODULES:
            importlib.import_module(name)
    _stop_garbage_collection_in_requests()
    silence()


def silence() -> None:
    """Switch off spyne's loggers that would write message bodies and passwords."""
    for name in TELLTALE_LOGGERS:
        logging.getLogger(name).disabled = True


def _require_cgi() -> None:
    try:
        importlib.import_module("cgi")
    except ImportError as missing:
        raise ImportError(
            "spyne needs the module cgi, gone from Python 3.13: install legacy-cgi"
        ) from missing


def _replace_bundled_six() -> None:
    """Load PyPI's six under the name of spyne's private copy.

    An alias in sys.modules is not enough: six's importer of `six.moves` is bound to the name
    that the module is loaded by.
    """
    if BUNDLED_SIX in sys.modules:
        return
    found = importlib.util.find_spec("six")
    if found is None or found.origin is None:
        raise ImportError("spyne needs the package six: install six")
    spec = importlib.util.spec_from_file_location(BUNDLED_SIX, found.origin)
    if spec is None or spec.loader is None:
        raise ImportError(f"six cannot be loaded from {found.origin}: install six again")
    module = importlib.util.module_from_spec(spec)
    sys.modules[BUNDLED_SIX] = module
    spec.loader.exec_module(module)
    # The one thing that spyne's copy has and six has not.
    module.__dict__["get_function_name"] = operator.attrgetter("__name__")


def _stop_garbage_collection_in_requests() -> None:
    """Keep spyne from running a full collection each second in a request (12-20 ms)."""
    const = importlib.import_module("spyne.const")
    const.__dict__["MIN_GC_INTERVAL"] = float("inf")
