# SPDX-License-Identifier: GPL-2.0-or-later
"""What was reported in 2015 of the contended lock."""

# Linux commit 10b88a4b17d3: 21M contentions of 27M acquisitions, 26 us average wait.
REPORTED_SHARE = 21 / 27
REPORTED_WAIT_US = 26
# What would have been rounded to these: 20.5M of 27.5M to 21.5M of 26.5M.
REPORTED_SHARES = (20.5 / 27.5, 21.5 / 26.5)
