# SPDX-License-Identifier: GPL-2.0-or-later
# The suite under real kernels of other architectures, in virtual machines. Included by the Makefile
# after cross.mk, whose builds it takes. Kernels are kept in CACHE.

# Debian's own kernels first; those of the other two are built here.
GUEST_ARCHS ?= ppc64le aarch64 sparc64 ppc64

DEPS_GUEST := cmake dpkg-dev python3-jsonschema python3-fastjsonschema
deps_guest_sparc64 := qemu-system-sparc flex bison bc
deps_guest_ppc64 := qemu-system-ppc flex bison bc
deps_guest_ppc64le := qemu-system-ppc
deps_guest_aarch64 := qemu-system-arm

define guest_rules
.PHONY: guest-deps-$(1) guest-init-$(1) guest-kernel-$(1)
guest-deps-$(1):
	$(Q)harness/make/deps.sh $(DEPS_GUEST) $(deps_$(1)) $(deps_guest_$(1))

guest-init-$(1): $(CROSS_DIR)/$(1)/guest-init
$(CROSS_DIR)/$(1)/guest-init: tests/guest/init.c
	@mkdir -p $$(@D)
	$$(call quiet,CC)$(triplet_$(1))-gcc -D_GNU_SOURCE -std=c11 -O2 $(WARN) -Werror -static $$< -o $$@

guest-kernel-$(1): $(CACHE)/kernel-$(1)
$(CACHE)/kernel-$(1): tests/guest/kernel.sh $(wildcard tests/guest/$(1).config)
	+tests/guest/kernel.sh $(CACHE) $(1)
	@touch $$@
endef
$(foreach a,$(KNOWN_ARCHS),$(eval $(call guest_rules,$(a))))

.PHONY: guest-check
guest-check: ## a few cells in virtual machines of those; GUEST_ARCHS='ppc64le ...'
	$(Q)MAKEFLAGS= PYTHONPATH=.:tests/cli:tests/cross:tests/guest $(PYTHON) -B tests/guest/guest_check.py \
		--build $(B) --cache $(CACHE) --jobs $(JOBS) $(GUEST_ARCHS)
