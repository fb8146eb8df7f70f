# SPDX-License-Identifier: GPL-2.0-or-later
# How the programs are built: which files, with which flags, in which variants. sim.mk has the
# simulator, sides.mk what `make compare` links, tests/tests.mk the tests.

# The architecture's headers come from harness/host/arch/ARCH, what it lacks from generic.
# The kernel's name for it serves where the compiler is still to be installed.
machine := $(or $(shell $(CC) -dumpmachine 2>/dev/null),$(shell uname -m))
known_arch := $(patsubst ppc64le,ppc64,$(subst powerpc,ppc,$(firstword $(subst -, ,$(machine)))))
ARCH := $(if $(wildcard harness/host/arch/$(known_arch)),$(known_arch),generic)

WARN := -Wall -Wextra -Wshadow -Wconversion $(WERROR)
ARCH_INCLUDES := -Iharness/host/arch/$(ARCH) -Iharness/host/arch/generic
# Looked up once, and not before a recipe needs them: `make deps bench` installs them first.
PKGS := hwloc jansson zlib
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)) -lbenchmark \
	   $(shell cat $(B)/gen/libpfm.libs) -ldl -lpthread -lm)$(PKG_LIBS)
CPPFLAGS_ALL = -D_GNU_SOURCE -Iinclude -Isrc -Iharness -Ibench $(ARCH_INCLUDES) -I$(B)/gen $(CPPFLAGS)
CFLAGS_ALL = -std=c11 $(OPT) $(WARN) $(SAN) $(CFLAGS)
# Code that is simulated is always optimised alike, and never instrumented by a sanitizer.
CFLAGS_SIM = -std=c11 -O2 -g $(WARN)
CXXFLAGS_ALL = -std=c++17 $(OPT) $(WARN) $(SAN) $(CXXFLAGS)
OBJCOPY ?= $(shell $(CC) -print-prog-name=objcopy)

# Wildcards: a new allocator, workload, profile or PMU is one new file.
SRC := $(wildcard src/*.c)
BENCH := $(wildcard bench/*.c)
ROOMS := base host locks device counters plan measure audit output run cmd
HARNESS := $(filter-out harness/cmd/main.c harness/cmd/cmd_sim.c,$(wildcard $(ROOMS:%=harness/%/*.c)))
PROFILES := $(sort $(notdir $(wildcard harness/profiles/*)))
EVENTS := $(sort $(notdir $(wildcard harness/events/*)))
# Data that the programs have built in, as C files of these names.
BUILT_IN := profiles events figures

# ---- what makes a file older than it looks: other flags, other lists of files ----------------

$(eval $(call kept,$(B)/gen/cc.flags,$$(CC) $$(CPPFLAGS_ALL) $$(PKG_CFLAGS) $$(CFLAGS_ALL)))
$(eval $(call kept,$(B)/gen/cxx.flags,$$(CXX) $$(CXXFLAGS_ALL)))
$(eval $(call kept,$(B)/gen/ld.flags,$$(CXX) $$(OPT) $$(SAN) $$(LDFLAGS)))
$(eval $(call kept,$(B)/gen/src.list,$$(SRC)))
$(eval $(call kept,$(B)/gen/profiles.list,$$(PROFILES)))
$(eval $(call kept,$(B)/gen/events.list,$$(EVENTS)))

$(B)/gen/version.h: $(MAY_CHANGE)
	@mkdir -p $(@D)
	@CC=$(call quoted,$(CC)) FLAGS=$(call quoted,$(strip $(CFLAGS_ALL) $(CPPFLAGS))) \
		harness/make/version.sh >$@.new
	@$(renew_loudly)

# What libpfm4 adds; its words for the linker lie beside it.
$(B)/gen/have_libpfm.h: $(MAY_CHANGE)
	@mkdir -p $(@D)
	@CC=$(call quoted,$(CC) $(CFLAGS) $(LDFLAGS)) harness/make/libpfm.sh $@.new $(B)/gen/libpfm.libs
	@$(renew_loudly)

# What every object needs. Headers that are made have to be there before the first is compiled;
# afterwards the compiler's lists (*.d) say who uses them.
GENERATED := $(B)/gen/version.h $(B)/gen/have_libpfm.h
COMPILE_NEEDS := $(B)/gen/cc.flags | $(GENERATED)

# ---- the program, in variants of the same sources: plain (timing), checked, stat -------------

VARIANTS := plain checked stat
CPPFLAGS_checked := -DIOMMU_CHECKED
# Thread-local variables without a detour: the program is never a shared library.
CPPFLAGS_stat := -DIOMMU_STAT -ftls-model=local-exec

objs = $(patsubst %.c,$(B)/$(1)/%.o,$(SRC) $(BENCH) $(HARNESS)) \
       $(BUILT_IN:%=$(B)/$(1)/gen/%.o) $(B)/cxx/gbench.o
ALL_OBJS := $(foreach v,$(VARIANTS),$(call objs,$(v)) $(B)/$(v)/harness/cmd/main.o)

# The objects among what is needed, linked. The C++ compiler links, for Google Benchmark's sake.
LINK = $(call quiet,LD)$(CXX) $(OPT) $(SAN) $(LDFLAGS) $(filter %.o,$^) $(PKG_LIBS)
LINK_NEEDS = $(B)/gen/ld.flags $(B)/gen/$(1).list

define variant_rules
$(call kept,$(B)/gen/$(1).list,$$(call objs,$(1)))

$(B)/$(1)/%.o: %.c $(COMPILE_NEEDS)
	@mkdir -p $$(@D)
	$$(call quiet,CC)$$(CC) $$(CPPFLAGS_ALL) $$(CPPFLAGS_$(1)) $$(PKG_CFLAGS) $$(CFLAGS_ALL) \
		-MMD -MP -c $$< -o $$@

$(B)/$(1)/gen/%.o: $(B)/gen/%.c $(B)/gen/cc.flags
	@mkdir -p $$(@D)
	$$(call quiet,CC)$$(CC) $$(CPPFLAGS_ALL) $$(CFLAGS_ALL) -c $$< -o $$@

$(B)/iommubench$(patsubst %,-%,$(filter-out plain,$(1))): $(B)/$(1)/harness/cmd/main.o \
		$(call objs,$(1)) $(call LINK_NEEDS,$(1))
	$$(LINK) -o $$@
endef
$(foreach v,$(VARIANTS),$(eval $(call variant_rules,$(v))))

$(B)/cxx/gbench.o: harness/gbench.cc $(B)/gen/cxx.flags
	@mkdir -p $(@D)
	$(call quiet,CXX)$(CXX) -Iinclude $(CXXFLAGS_ALL) -MMD -MP -c $< -o $@

# Several objects as one, whose names are local to it and whose allocators are in the section named:
# so the same allocators can be in a program twice (harness/measure/registry.c).
define make_one
	$(call quiet,LD)$(CC) -r -nostdlib -Wl,--force-group-allocation $(filter %.o,$^) -o $@
	$(Q)$(OBJCOPY) --localize-hidden --rename-section iommu_allocators=$(1) $@
endef

# Measures what the harness itself adds to an operation.
$(B)/overhead: $(B)/plain/harness/tools/overhead.o $(call objs,plain) $(call LINK_NEEDS,plain)
	$(LINK) -o $@

$(B)/hist_bench: $(B)/plain/harness/tools/hist_bench.o $(B)/plain/harness/base/hist.o \
		$(B)/cxx/gbench.o $(B)/gen/ld.flags
	$(LINK) -o $@

$(B)/gen/profiles.c: harness/make/builtin.sh $(addprefix harness/profiles/,$(PROFILES)) $(B)/gen/profiles.list
	$(call quiet,GEN)harness/make/builtin.sh profile harness/profiles $(PROFILES) >$@

$(B)/gen/events.c: harness/make/builtin.sh $(addprefix harness/events/,$(EVENTS)) $(B)/gen/events.list
	$(call quiet,GEN)harness/make/builtin.sh event harness/events $(EVENTS) >$@

$(B)/gen/figures.c: harness/make/builtin.sh results/figures.json
	@mkdir -p $(@D)
	$(call quiet,GEN)harness/make/builtin.sh figure results figures.json >$@

# What the compiler saw each object include; not in the trees of other revisions, which compare and
# bench-commits build there.
-include $(shell find $(B) -mindepth 1 '(' -name cache -o -name tree ')' -prune -o \
	-name '*.d' -type f -print 2>/dev/null)
