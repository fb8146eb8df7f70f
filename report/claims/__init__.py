# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers the claims of the mail of 2015 from results files.

``data`` reads them and ``measure`` makes figures of them. The modules with "claim" in
their names judge cell by cell; ``condition`` and ``crossing`` say where an answer
changes, and ``page`` has it all.
"""
