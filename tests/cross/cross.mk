# SPDX-License-Identifier: GPL-2.0-or-later
# The suite for other architectures: built with cross compilers, and run under qemu-user by
# cross-check. Included by the Makefile. It installs what it needs with apt and keeps the rest in
# CACHE: sources and libraries.

CACHE ?= $(B)/cache
KNOWN_ARCHS := sparc64 ppc64 ppc64le aarch64
CROSS_ARCHS ?= $(KNOWN_ARCHS)
CROSS_DIR := $(B)/cross

DEPS_CROSS := cmake dpkg-dev qemu-user python3-jsonschema python3-fastjsonschema
triplet_sparc64 := sparc64-linux-gnu
triplet_ppc64 := powerpc64-linux-gnu
triplet_ppc64le := powerpc64le-linux-gnu
triplet_aarch64 := aarch64-linux-gnu
deps_sparc64 := gcc-sparc64-linux-gnu g++-sparc64-linux-gnu
deps_ppc64 := gcc-powerpc64-linux-gnu g++-powerpc64-linux-gnu
deps_ppc64le := gcc-powerpc64le-linux-gnu g++-powerpc64le-linux-gnu
deps_aarch64 := gcc-aarch64-linux-gnu g++-aarch64-linux-gnu

# The plain build's tests, and of the other variants those of what differs there.
CROSS_TESTS := $(addprefix test-plain-,$(filter-out checked,$(HARNESS_TESTS))) \
	       $(addprefix test-checked-,checked golden model replay) \
	       $(addprefix test-stat-,$(STAT_TESTS)) test-gbench

LIB_SOURCES := hwloc jansson zlib benchmark cmocka libpfm4
# A cache that was kept lacks what the list has got since.
$(CACHE)/src/.fetched: tests/cross/apt.sh tests/cross/cross.mk
	$(call quiet,GET)tests/cross/apt.sh $(CACHE) source $(LIB_SOURCES)
	@touch $@

# A make of its own for each architecture: the same Makefile, another compiler. The libraries'
# headers are the system's to the compiler: their warnings are not ours.
define cross_rules
$(CACHE)/$(1)/.built: tests/cross/libs.sh tests/cross/arch.sh $(CACHE)/src/.fetched
	+tests/cross/libs.sh $(CACHE) $(1)
	@touch $$@

.PHONY: cross-libs-$(1) cross-build-$(1) cross-tests-$(1)
cross-libs-$(1): $(CACHE)/$(1)/.built

cross_make_$(1) = PKG_CONFIG_LIBDIR=$(CACHE)/$(1)/lib/pkgconfig $$(MAKE) \
	B=$(CROSS_DIR)/$(1) CC=$(triplet_$(1))-gcc CXX=$(triplet_$(1))-g++ WERROR=-Werror \
	CFLAGS="-isystem $(CACHE)/$(1)/include" \
	CXXFLAGS="-isystem $(CACHE)/$(1)/include" \
	LDFLAGS="-static -L$(CACHE)/$(1)/lib"

cross-build-$(1): cross-libs-$(1)
	+$$(cross_make_$(1)) all
cross-tests-$(1): cross-build-$(1)
	+$$(cross_make_$(1)) $(addprefix $(CROSS_DIR)/$(1)/,$(CROSS_TESTS))

.PHONY: cross-deps-$(1)
cross-deps-$(1):
	$(Q)harness/make/deps.sh $(DEPS_CROSS) $(deps_$(1))
endef
$(foreach a,$(KNOWN_ARCHS),$(eval $(call cross_rules,$(a))))

# hwloc's source has recordings of real machines: do we pin on those as we should?
RECORDED := $(CACHE)/src/hwloc/tests/hwloc/linux
.PHONY: topology-check
topology-check: $(PROGRAMS) $(CACHE)/src/.fetched ## the pinning order on recorded machines
	$(Q)RECORDED_TOPOLOGIES='$(abspath $(RECORDED))' IOMMUBENCH=$(B)/iommubench $(PYTHON) -B -m pytest \
		-q -p no:cacheprovider tests/cli/test_cli_recorded.py

.PHONY: cross-check
cross-check: $(PROGRAMS) ## the tests on other architectures, emulated; CROSS_ARCHS='sparc64 ...'
	$(Q)CROSS_TESTS="$(CROSS_TESTS)" MAKEFLAGS= PYTHONPATH=.:tests/cli:tests/cross:tests/guest $(PYTHON) -B \
		tests/cross/cross_check.py --build $(B) --cache $(CACHE) \
		--jobs $(JOBS) $(CROSS_ARCHS)
