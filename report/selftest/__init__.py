# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings from which it is told how often compare errs."""
