# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics of comparisons: numbers in, numbers out, no I/O.

docs/methodology.md says what is done and why. All of it is repeatable: what draws at
random takes a seed.
"""
