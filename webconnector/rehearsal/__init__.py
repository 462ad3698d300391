"""The stand-in QuickBooks company file, and the stand-in Web Connector beside it.

An independent referee: it imports none of our own qbXML, store or SOAP code, only lxml and the
standard library, and it is stricter than QuickBooks.
"""
