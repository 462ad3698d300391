"""The .qwc file that adds CashFlow to the QuickBooks Web Connector: built, checked, read.

Pure: no files, no network, and nothing of the other packages.
"""
