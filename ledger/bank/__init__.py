"""The bank rail: invoices paid by transfer, statements imported and matched, payment orders.

Importing any part of a statement again changes nothing; what cannot be matched waits for a person.
"""
