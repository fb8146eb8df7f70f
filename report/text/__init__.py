# SPDX-License-Identifier: GPL-2.0-or-later
"""What is written in numbers and tables: units, percentages, columns, medians."""
