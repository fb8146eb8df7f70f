# SPDX-License-Identifier: GPL-2.0-or-later
"""How often `report compare` errs, estimated from recorded comparisons."""
