// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree's lib/rbtree.c. */
//k roots rb_insert_color rb_erase rb_next rb_prev rb_first rb_last rb_first_postorder rb_next_postorder
//k from include/linux/rbtree_types.h?
//k from include/linux/rbtree.h
//k from include/linux/rbtree_augmented.h
//k from lib/rbtree.c
#include "kernel/shim/shim.h"
#include <cut.c>
