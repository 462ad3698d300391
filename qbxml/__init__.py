"""qbXML for CashFlow: plain records in, request text out; reply text in, plain records out.

Pure: no files, no network, no database, and nothing of the other packages.
"""
