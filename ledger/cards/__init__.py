"""The card rail: top-ups, saved cards, fees, refunds, disputes and payouts through an acquirer.

News comes through an inbox that is committed before it is applied; calls go out under keys that
were stored before the call.
"""
