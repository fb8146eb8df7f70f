# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads results files: what a run, a sample and a cell are."""
