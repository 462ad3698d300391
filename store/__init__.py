"""The CashFlow store: the ledger, what syncing must remember, and the rules on both."""
