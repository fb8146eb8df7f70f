// SPDX-License-Identifier: GPL-2.0-or-later
/* Nothing here looks for a bit. */
