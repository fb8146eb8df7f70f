# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of ``python3 -m report``, a module each."""
