# SPDX-License-Identifier: GPL-2.0-or-later
# What is measured out of kernel trees, on Debian's. Included by the Makefile after cross.mk, which says where CACHE is.

# Kept in CACHE; KERNEL_OLD=PATH is one before 4.1 or up to 5.10, of which Debian has none.
KERNEL_TREES := 6.1 6.12

.PHONY: kernel-trees kernel-trees-check
kernel-trees:
	$(Q)for version in $(KERNEL_TREES); do \
		tests/kernel/trees.sh '$(CACHE)' $$version || [ $$? = 77 ] || exit 1; \
	done

# Its tests make in B, a folder for each tree.
kernel-trees-check: kernel-trees $(PROGRAMS) ## Debian's kernel trees: fetched and tested; KERNEL_OLD=PATH
	$(Q)MAKEFLAGS= IOMMUBENCH=$(B)/iommubench KERNEL_CACHE=$(call quoted,$(CACHE)) \
		KERNEL_OLD=$(call quoted,$(KERNEL_OLD)) KERNEL_OPERATIONS=1000000 \
		PYTHON=$(PYTHON) JOBS=$(JOBS) tests/check/run-pytest.sh tests/kernel
