# SPDX-License-Identifier: GPL-2.0-or-later
# iommubench. `make help` lists what can be made; B chooses where.

B ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin CXX),default)
CXX := g++
endif
PYTHON ?= /usr/bin/python3
prefix ?= /usr/local
OPT ?= -O2 -g
# Sanitizers and the like; WERROR=-Werror makes warnings errors, as `make check` does.
SAN ?=
WERROR ?=

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

# The architecture's headers come from harness/arch/ARCH, what it lacks from generic.
# The kernel's name for it serves where the compiler is still to be installed.
machine := $(or $(shell $(CC) -dumpmachine 2>/dev/null),$(shell uname -m))
known_arch := $(patsubst ppc64le,ppc64,$(subst powerpc,ppc,$(firstword $(subst -, ,$(machine)))))
ARCH := $(if $(wildcard harness/arch/$(known_arch)),$(known_arch),generic)

WARN := -Wall -Wextra -Wshadow -Wconversion $(WERROR)
ARCH_INCLUDES := -Iharness/arch/$(ARCH) -Iharness/arch/generic
# Found when a recipe runs, not before: `make deps bench` installs them first.
PKGS := hwloc jansson
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS = $(shell pkg-config --libs $(PKGS)) -lbenchmark -lpthread -lm
CPPFLAGS_ALL = -D_GNU_SOURCE -Iinclude -Isrc -Iharness -Ibench $(ARCH_INCLUDES) -I$(B)/gen $(CPPFLAGS)
CFLAGS_ALL = -std=c11 $(OPT) $(WARN) $(SAN) $(CFLAGS)
CXXFLAGS_ALL = -std=c++17 $(OPT) $(WARN) $(SAN) $(CXXFLAGS)

# Wildcards: a new allocator, workload or profile is one new file.
SRC := $(wildcard src/*.c)
BENCH := $(wildcard bench/*.c)
HARNESS := $(filter-out harness/main.c,$(wildcard harness/*.c))
PROFILES := $(sort $(notdir $(wildcard harness/profiles/*)))
TESTS := $(sort $(patsubst tests/test_%.c,%,$(wildcard tests/test_*.c)))

# ---- the program, in variants of the same sources: plain (timing), checked, stat -----------

VARIANTS := plain checked stat
CPPFLAGS_checked := -DIOMMU_CHECKED
# Thread-local variables without a detour: the program is never a shared library.
CPPFLAGS_stat := -DIOMMU_STAT -ftls-model=local-exec

objs = $(patsubst %.c,$(B)/$(1)/%.o,$(SRC) $(BENCH) $(HARNESS)) $(B)/$(1)/gen/profiles.o \
       $(B)/cxx/gbench.o
ALL_OBJS := $(foreach v,$(VARIANTS),$(call objs,$(v)) $(B)/$(v)/harness/main.o)

define variant_rules
$(B)/$(1)/%.o: %.c $(B)/gen/version.h
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS_ALL) $$(CPPFLAGS_$(1)) $$(PKG_CFLAGS) $$(CFLAGS_ALL) -MMD -MP -c $$< -o $$@

$(B)/$(1)/gen/profiles.o: $(B)/gen/profiles.c
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS_ALL) $$(CFLAGS_ALL) -c $$< -o $$@

$(B)/iommubench$(patsubst %,-%,$(filter-out plain,$(1))): $(B)/$(1)/harness/main.o $(call objs,$(1))
	$$(CXX) $$(OPT) $$(SAN) $$(LDFLAGS) $$^ $$(PKG_LIBS) -o $$@
endef
$(foreach v,$(VARIANTS),$(eval $(call variant_rules,$(v))))

# Measures what the harness itself costs a pair.
$(B)/overhead: $(B)/plain/harness/tools/overhead.o $(call objs,plain)
	$(CXX) $(OPT) $(SAN) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

$(B)/hist_bench: $(B)/plain/harness/tools/hist_bench.o $(B)/plain/harness/hist.o $(B)/cxx/gbench.o
	$(CXX) $(OPT) $(SAN) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

PROGRAMS := $(addprefix $(B)/,iommubench iommubench-checked iommubench-stat)

.PHONY: all
all: $(PROGRAMS)

$(B)/cxx/gbench.o: harness/gbench.cc
	@mkdir -p $(@D)
	$(CXX) -Iinclude $(CXXFLAGS_ALL) -MMD -MP -c $< -o $@

# Rewritten only when something changed, so that not everything is compiled each time.
.PHONY: FORCE
$(B)/gen/version.h: FORCE
	@mkdir -p $(@D)
	@CC="$(CC)" FLAGS="$(strip $(CFLAGS_ALL) $(CPPFLAGS))" harness/version.sh >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(B)/gen/profiles.c: harness/profiles.sh $(addprefix harness/profiles/,$(PROFILES)) harness/profiles
	@mkdir -p $(@D)
	harness/profiles.sh $(PROFILES) >$@

-include $(shell find $(B) -name cache -prune -o -name '*.d' -type f -print 2>/dev/null)

# With `deps` among the goals nothing is compiled before it is done, with -j too.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(ALL_OBJS) $(B)/gen/version.h: | deps
endif

# ---- tests ---------------------------------------------------------------------------------

# Every tests/test_NAME.c is linked with the program's objects, plain and checked; the one of the
# Google Benchmark API with that alone, as it must stand by itself.
HARNESS_TESTS := $(filter-out gbench,$(TESTS))
TEST_LIBS := -lcmocka
CPPFLAGS_TESTS = -Itests -DTEST_DATA='"$(CURDIR)/tests"'

define test_rules
$(B)/$(1)/tests/%.o: tests/%.c $(B)/gen/version.h
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS_ALL) $$(CPPFLAGS_TESTS) $$(CPPFLAGS_$(1)) $$(PKG_CFLAGS) $$(CFLAGS_ALL) -MMD -MP -c $$< -o $$@

$(B)/test-$(1)-%: $(B)/$(1)/tests/test_%.o $(call objs,$(1))
	$$(CXX) $$(OPT) $$(SAN) $$(LDFLAGS) $$^ $$(PKG_LIBS) $$(TEST_LIBS) -o $$@
endef
$(foreach v,$(VARIANTS),$(eval $(call test_rules,$(v))))
# The statistics build differs in the locks alone.
STAT_TESTS := $(filter locks lockstat threads,$(HARNESS_TESTS))

$(B)/test-gbench: $(B)/plain/tests/test_gbench.o $(B)/cxx/gbench.o
	$(CXX) $(OPT) $(SAN) $(LDFLAGS) $^ $(PKG_LIBS) $(TEST_LIBS) -o $@

$(B)/gbench_example: docs/examples/gbench_example.c $(B)/cxx/gbench.o
	$(CC) -Iinclude $(CFLAGS_ALL) $^ $(SAN) -lbenchmark -lpthread -lstdc++ -lm -o $@

TEST_PROGRAMS := $(foreach v,plain checked,$(addprefix $(B)/test-$(v)-,$(HARNESS_TESTS))) \
		 $(addprefix $(B)/test-stat-,$(STAT_TESTS)) $(B)/test-gbench
.SECONDARY:

# The C tests alone; B, CC and SAN say of which build.
.PHONY: check-c
check-c: $(PROGRAMS) $(TEST_PROGRAMS) $(B)/gbench_example
	tests/run-tests.sh $(TEST_PROGRAMS)

# Every workload on every variant, tiny, in the plain and the checked build: fails where no
# pair is done, an entry leaks, or the checked build finds a bad free.
.PHONY: smoke
smoke: $(PROGRAMS)
	$(B)/iommubench run --smoke --out $(B)/smoke.json >$(B)/smoke.txt
	$(B)/iommubench-checked run --smoke --out $(B)/smoke-checked.json >$(B)/smoke-checked.txt
	@echo "smoke: every workload on every variant did its work"

.PHONY: check-python
check-python: $(PROGRAMS)
	IOMMUBENCH=$(B)/iommubench $(PYTHON) -B -m pytest -q -p no:cacheprovider tests

FUZZ_SECONDS ?= 10
.PHONY: fuzz
fuzz: $(B)/gen/profiles.c $(B)/gen/version.h
	B=$(B) tests/fuzz/run.sh $(FUZZ_SECONDS)

.PHONY: lint
lint: $(B)/gen/version.h
	cppcheck -q --std=c11 --error-exitcode=1 --inline-suppr --suppress=missingIncludeSystem \
		--suppress=ctuuninitvar --include=tests/cppcheck.h \
		--enable=warning,performance,portability -Iinclude -Isrc -Iharness -Ibench \
		$(ARCH_INCLUDES) -I$(B)/gen src bench harness/*.c harness/tools tests/*.c \
		tests/guest/*.c
	shellcheck -x harness/*.sh tests/*.sh tests/fuzz/*.sh tests/cross/*.sh tests/guest/*.sh .ci/run
	$(PYTHON) -m black -q --check report tests
	$(PYTHON) -m flake8 report tests
	$(PYTHON) -m mypy report tests
	mandoc -T lint -W warning docs/iommubench.1

# All of it: with gcc and clang, warnings being errors, and under the sanitizers.
.PHONY: check
check: all
	+$(MAKE) B=$(B)/gcc WERROR=-Werror check-c smoke check-python
	+$(MAKE) B=$(B)/asan WERROR=-Werror SAN="-fsanitize=address,undefined -fno-sanitize-recover=all" check-c
	+$(MAKE) B=$(B)/tsan WERROR=-Werror SAN=-fsanitize=thread check-c
	+$(MAKE) B=$(B)/clang WERROR=-Werror CC=clang CXX=clang++ check-c
	+$(MAKE) B=$(B)/clang CC=clang CXX=clang++ fuzz
	+$(MAKE) lint
	@echo "make check: passed"

# ---- other architectures: cross-check, guest-check -----------------------------------------

include tests/cross/cross.mk
include tests/guest/guest.mk

# ---- for users -----------------------------------------------------------------------------

DEPS_BENCH := gcc g++ make pkg-config git libbenchmark-dev libhwloc-dev libjansson-dev \
	      python3-matplotlib python3-numpy python3-scipy
DEPS_CHECK := libcmocka-dev libbenchmark-tools clang libclang-rt-dev cppcheck shellcheck \
	      mandoc python3-pytest python3-jsonschema black flake8 mypy

.PHONY: deps
deps:
	harness/deps.sh $(DEPS_BENCH) $(DEPS_CHECK)

# ARGS: more options for the run; OUT: where the results go.
.PHONY: bench
bench: $(PROGRAMS)
	PYTHON=$(PYTHON) harness/bench.sh $(B)/iommubench $(OUT) -- --locks $(ARGS)

# RUN: a results file, or several.
.PHONY: plots
plots:
	$(PYTHON) -B -m report plot $(RUN)

.PHONY: doctor
doctor: $(PROGRAMS)
	$(B)/iommubench doctor

.PHONY: audit
audit: $(PROGRAMS)
	$(B)/iommubench audit $(ARGS)

.PHONY: overhead
overhead: $(B)/overhead
	$(B)/overhead

.PHONY: hist-bench
hist-bench: $(B)/hist_bench
	$(B)/hist_bench

.PHONY: install
install: $(PROGRAMS)
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(prefix)/share/man/man1 \
		$(DESTDIR)$(prefix)/share/iommubench/report
	install -m 755 $(PROGRAMS) $(DESTDIR)$(prefix)/bin
	install -m 644 docs/iommubench.1 $(DESTDIR)$(prefix)/share/man/man1
	install -m 644 report/*.py $(DESTDIR)$(prefix)/share/iommubench/report
	install -m 644 results/schema.json results/README.md $(DESTDIR)$(prefix)/share/iommubench

.PHONY: clean
clean:
	rm -rf $(B)

.PHONY: help
help:
	@echo "make deps bench    install what is needed, measure this host, draw it (the main job)"
	@echo "make deps check    all tests"
	@echo "make               build $(B)/iommubench"
	@echo "make bench         ARGS='--cpus 1,2 ...' passes options, OUT=FILE says where to"
	@echo "make smoke         every workload on every variant, a few milliseconds each"
	@echo "make audit         which allocators hand out entries the IOTLB may still hold"
	@echo "make doctor        what this host can measure, and what disturbs it"
	@echo "make overhead      what the harness adds to a pair"
	@echo "make hist-bench    what recording a time in a histogram costs"
	@echo "make plots RUN=F   draw a results file again"
	@echo "make check-c check-python fuzz lint    the parts of check"
	@echo "make cross-check   the tests on sparc64, ppc64, ppc64le and aarch64, emulated"
	@echo "make topology-check  the pinning order on recorded machines"
	@echo "make guest-check   a small ladder under their kernels, in virtual machines"
	@echo "make install       DESTDIR and prefix as usual"
	@echo "make clean"
