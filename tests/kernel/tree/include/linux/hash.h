/* SPDX-License-Identifier: GPL-2.0-or-later */
#define hash_cpu(cpu) ((cpu)*5)
