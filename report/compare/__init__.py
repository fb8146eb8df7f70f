# SPDX-License-Identifier: GPL-2.0-or-later
"""Two sides of a comparison, and what is said of them."""
