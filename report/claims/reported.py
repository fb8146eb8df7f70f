# SPDX-License-Identifier: GPL-2.0-or-later
"""What was reported in 2015 of the contended lock."""

# Linux commit 10b88a4b17d3: 21M contentions of 27M acquisitions, 26 us average wait.
REPORTED_SHARE = 21 / 27
REPORTED_WAIT_US = 26
