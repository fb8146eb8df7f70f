# SPDX-License-Identifier: GPL-2.0-or-later
"""Change points: where the series of a store changed, and what moved with them.

    with open_store() as store:
        for alert in alerts_of(store, changes_of(store)):
            print(alert.lead.first.commit.short, alert.lead.size.ratio)

``detect`` finds places in numbers, ``size`` says how much, ``alerts`` knows the store.
"""
