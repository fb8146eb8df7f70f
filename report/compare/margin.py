# SPDX-License-Identifier: GPL-2.0-or-later
"""The change that counts as none where the user does not say another."""

MARGIN = 0.01
