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

# The architecture's headers come from harness/host/arch/ARCH, what it lacks from generic.
# The kernel's name for it serves where the compiler is still to be installed.
machine := $(or $(shell $(CC) -dumpmachine 2>/dev/null),$(shell uname -m))
known_arch := $(patsubst ppc64le,ppc64,$(subst powerpc,ppc,$(firstword $(subst -, ,$(machine)))))
ARCH := $(if $(wildcard harness/host/arch/$(known_arch)),$(known_arch),generic)

WARN := -Wall -Wextra -Wshadow -Wconversion $(WERROR)
ARCH_INCLUDES := -Iharness/host/arch/$(ARCH) -Iharness/host/arch/generic
# Found when a recipe runs, not before: `make deps bench` installs them first.
PKGS := hwloc jansson
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS = $(shell pkg-config --libs $(PKGS)) -lbenchmark $(shell cat $(B)/gen/libpfm.libs) -ldl \
	   -lpthread -lm
CPPFLAGS_ALL = -D_GNU_SOURCE -Iinclude -Isrc -Iharness -Ibench $(ARCH_INCLUDES) -I$(B)/gen $(CPPFLAGS)
CFLAGS_ALL = -std=c11 $(OPT) $(WARN) $(SAN) $(CFLAGS)
# Code that is simulated: always optimised alike, never for a sanitizer.
CFLAGS_SIM = -std=c11 -O2 -g $(WARN)
CXXFLAGS_ALL = -std=c++17 $(OPT) $(WARN) $(SAN) $(CXXFLAGS)

# Wildcards: a new allocator, workload, profile or PMU is one new file.
SRC := $(wildcard src/*.c)
BENCH := $(wildcard bench/*.c)
ROOMS := base host locks device counters plan measure audit output run cmd
HARNESS := $(filter-out harness/cmd/main.c harness/cmd/cmd_sim.c,$(wildcard $(ROOMS:%=harness/%/*.c)))
PROFILES := $(sort $(notdir $(wildcard harness/profiles/*)))
EVENTS := $(sort $(notdir $(wildcard harness/events/*)))
TEST_FILES := $(wildcard tests/unit/test_*.c tests/unit/*/test_*.c)
TESTS := $(sort $(patsubst test_%.c,%,$(notdir $(TEST_FILES))))
test_file = $(filter %/test_$(1).c,$(TEST_FILES))

# ---- the program, in variants of the same sources: plain (timing), checked, stat -----------

VARIANTS := plain checked stat
CPPFLAGS_checked := -DIOMMU_CHECKED
# Thread-local variables without a detour: the program is never a shared library.
CPPFLAGS_stat := -DIOMMU_STAT -ftls-model=local-exec

objs = $(patsubst %.c,$(B)/$(1)/%.o,$(SRC) $(BENCH) $(HARNESS)) $(B)/$(1)/gen/profiles.o \
       $(B)/$(1)/gen/events.o $(B)/$(1)/gen/figures.o $(B)/cxx/gbench.o $(filter $(B)/$(1)/%,$(B)/stat/unrecorded.o)
ALL_OBJS := $(foreach v,$(VARIANTS),$(call objs,$(v)) $(B)/$(v)/harness/cmd/main.o)

define variant_rules
$(B)/$(1)/%.o: %.c $(B)/gen/version.h $(B)/gen/have_libpfm.h
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS_ALL) $$(CPPFLAGS_$(1)) $$(PKG_CFLAGS) $$(CFLAGS_ALL) -MMD -MP -c $$< -o $$@

$(B)/$(1)/gen/%.o: $(B)/gen/%.c
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS_ALL) $$(CFLAGS_ALL) -c $$< -o $$@

$(B)/iommubench$(patsubst %,-%,$(filter-out plain,$(1))): $(B)/$(1)/harness/cmd/main.o $(call objs,$(1))
	$$(CXX) $$(OPT) $$(SAN) $$(LDFLAGS) $$^ $$(PKG_LIBS) -o $$@
endef
$(foreach v,$(VARIANTS),$(eval $(call variant_rules,$(v))))

# The allocators once more, without the recording: their names made local and their descriptors
# a section of their own, so that both live in one program (harness/measure/registry.c).
UNRECORDED := $(patsubst src/%.c,$(B)/stat/unrecorded/%.o,$(SRC))
OBJCOPY ?= $(shell $(CC) -print-prog-name=objcopy)

$(UNRECORDED): $(B)/stat/unrecorded/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CPPFLAGS_stat) -DIOMMU_UNRECORDED -fvisibility=hidden $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(B)/stat/unrecorded.o: $(UNRECORDED)
	$(CC) -r -nostdlib -Wl,--force-group-allocation $^ -o $@
	$(OBJCOPY) --localize-hidden --rename-section iommu_allocators=iommu_unrecorded $@

# The simulator: the harness of the plain build, with allocators, locks and workloads of which the
# compiler tells it each access and basic block. Beside them are the checked allocators.
SIM_PROGRAM := $(B)/iommubench-sim
SIM := $(patsubst %.c,$(B)/sim/%.o,$(wildcard harness/sim/*.c) harness/cmd/cmd_sim.c \
	 $(firstword $(wildcard harness/sim/arch/$(ARCH)/arch_switch.c) harness/sim/arch/generic/arch_switch.c))
SIM_OBJS := $(filter-out $(B)/plain/src/% $(B)/plain/bench/% %/bad_free.o,$(call objs,plain)) \
	    $(patsubst %.c,$(B)/sim/%.o,$(SRC) $(BENCH)) $(B)/sim/checked.o
SIM_INSTRUMENT := -fsanitize=thread -fsanitize-coverage=trace-pc -DIOMMU_SIM -Iharness/sim/arch
SIM_CHECKED := $(patsubst src/%.c,$(B)/sim/checked/%.o,$(SRC))
# Their memcpy would not be seen.
SIM_RENAME := --redefine-sym memcpy=sim_memcpy --redefine-sym memset=sim_memset \
	      --redefine-sym memmove=sim_memmove

$(patsubst %.c,$(B)/sim/%.o,$(SRC) $(BENCH)): $(B)/sim/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(SIM_INSTRUMENT) $(CPPFLAGS_ALL) $(CFLAGS_SIM) -MMD -MP -c $< -o $@
	$(OBJCOPY) $(SIM_RENAME) $@

$(SIM_CHECKED): $(B)/sim/checked/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(SIM_INSTRUMENT) $(CPPFLAGS_ALL) -DIOMMU_CHECKED -fvisibility=hidden $(CFLAGS_SIM) -MMD -MP -c $< -o $@
	$(OBJCOPY) $(SIM_RENAME) $@

$(B)/sim/checked.o: $(SIM_CHECKED)
	$(CC) -r -nostdlib -Wl,--force-group-allocation $^ -o $@
	$(OBJCOPY) --localize-hidden --rename-section iommu_allocators=iommu_checked $@

$(SIM): $(B)/sim/%.o: %.c $(B)/gen/version.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) -Iharness/sim/arch $(PKG_CFLAGS) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

# The calibration loops, as they are and simulated.
SIM_KERNELS := $(B)/sim/kernels/native.o $(B)/sim/kernels/simulated.o

$(B)/sim/kernels/native.o: harness/sim/kernels/kernels.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) -DKERNEL_PREFIX=native $(CFLAGS_SIM) -MMD -MP -c $< -o $@

$(B)/sim/kernels/simulated.o: harness/sim/kernels/kernels.c
	@mkdir -p $(@D)
	$(CC) $(SIM_INSTRUMENT) $(CPPFLAGS_ALL) -DKERNEL_PREFIX=simulated $(CFLAGS_SIM) -MMD -MP -c $< -o $@

$(SIM_PROGRAM): $(SIM) $(SIM_KERNELS) $(SIM_OBJS)
	$(CXX) $(OPT) $(SAN) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

# Measures what the harness itself costs a pair.
$(B)/overhead: $(B)/plain/harness/tools/overhead.o $(call objs,plain)
	$(CXX) $(OPT) $(SAN) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

$(B)/hist_bench: $(B)/plain/harness/tools/hist_bench.o $(B)/plain/harness/base/hist.o $(B)/cxx/gbench.o
	$(CXX) $(OPT) $(SAN) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

PROGRAMS := $(addprefix $(B)/,iommubench iommubench-checked iommubench-stat) \
	    $(if $(SAN),,$(SIM_PROGRAM))

.PHONY: all
all: $(PROGRAMS)

$(B)/cxx/gbench.o: harness/gbench.cc
	@mkdir -p $(@D)
	$(CXX) -Iinclude $(CXXFLAGS_ALL) -MMD -MP -c $< -o $@

# Rewritten only when something changed, so that not everything is compiled each time.
.PHONY: FORCE
$(B)/gen/version.h: FORCE
	@mkdir -p $(@D)
	@CC="$(CC)" FLAGS="$(strip $(CFLAGS_ALL) $(CPPFLAGS))" harness/make/version.sh >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# The same for what libpfm4 adds; its words for the linker lie beside.
$(B)/gen/have_libpfm.h: FORCE
	@mkdir -p $(@D)
	@CC="$(CC) $(CFLAGS) $(LDFLAGS)" harness/make/libpfm.sh $@.new $(B)/gen/libpfm.libs
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(B)/gen/profiles.c: harness/make/builtin.sh $(addprefix harness/profiles/,$(PROFILES)) harness/profiles
	@mkdir -p $(@D)
	harness/make/builtin.sh profile harness/profiles $(PROFILES) >$@

$(B)/gen/events.c: harness/make/builtin.sh $(addprefix harness/events/,$(EVENTS)) harness/events
	@mkdir -p $(@D)
	harness/make/builtin.sh event harness/events $(EVENTS) >$@

$(B)/gen/figures.c: harness/make/builtin.sh results/figures.json
	@mkdir -p $(@D)
	harness/make/builtin.sh figure results figures.json >$@

# Not those of other revisions' trees, which compare and bench-commits build there.
-include $(shell find $(B) -mindepth 1 '(' -name cache -o -name tree ')' -prune -o \
	-name '*.d' -type f -print 2>/dev/null)

# With `deps` among the goals nothing is compiled before it is done, with -j too.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(ALL_OBJS) $(UNRECORDED) $(SIM) $(SIM_OBJS) $(SIM_CHECKED) $(SIM_KERNELS) $(B)/gen/version.h \
	$(B)/gen/have_libpfm.h check: | deps
endif

include harness/make/sides.mk

# ---- tests ---------------------------------------------------------------------------------

# Every tests/test_NAME.c is linked with the program's objects, plain and checked; the one of the
# Google Benchmark API with that alone, as it must stand by itself.
HARNESS_TESTS := $(filter-out gbench sim_%,$(TESTS))
TEST_LIBS := -lcmocka
CPPFLAGS_TESTS = -Itests -DTEST_DATA='"$(CURDIR)/tests"'

define test_rules
$(B)/$(1)/tests/%.o: tests/%.c $(B)/gen/version.h
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS_ALL) $$(CPPFLAGS_TESTS) $$(CPPFLAGS_$(1)) $$(PKG_CFLAGS) $$(CFLAGS_ALL) -MMD -MP -c $$< -o $$@

$(foreach t,$(HARNESS_TESTS),$(eval $(B)/test-$(1)-$(t): $(B)/$(1)/$(patsubst %.c,%.o,$(call test_file,$(t)))))
$(addprefix $(B)/test-$(1)-,$(HARNESS_TESTS)): $(call objs,$(1))
	$$(CXX) $$(OPT) $$(SAN) $$(LDFLAGS) $$^ $$(PKG_LIBS) $$(TEST_LIBS) -o $$@
endef
$(foreach v,$(VARIANTS),$(eval $(call test_rules,$(v))))
# The statistics build differs in the locks alone.
STAT_TESTS := $(filter locks lockstat threads,$(HARNESS_TESTS))

$(B)/test-gbench: $(B)/plain/tests/unit/test_gbench.o $(B)/cxx/gbench.o
	$(CXX) $(OPT) $(SAN) $(LDFLAGS) $^ $(PKG_LIBS) $(TEST_LIBS) -o $@

$(B)/gbench_example: docs/examples/gbench_example.c $(B)/cxx/gbench.o
	$(CC) -Iinclude $(CFLAGS_ALL) $^ $(SAN) -lbenchmark -lpthread -lstdc++ -lm -o $@

# The simulator's parts that stand alone are tested under the address sanitizer too. All of it, with
# tests/unit/sim/subjects/*.c instrumented as allocators are, cannot be: its hooks are what the thread sanitizer calls.
SIM_PARTS := $(addprefix $(B)/sim/harness/,sim/vcpu.o sim/coherence.o sim/caches.o sim/parking.o sim/memory.o sim/machine.o) \
	     $(filter %/arch_switch.o,$(SIM))
SIM_PART_TESTS := sim_switch sim_vcpu sim_coherence sim_states sim_machine
SIM_TESTS := $(filter-out $(SIM_PART_TESTS),$(filter sim_%,$(TESTS)))
SIM_SUBJECTS := $(patsubst tests/%.c,$(B)/sim/tests/%.o,$(wildcard tests/unit/sim/subjects/*.c))

$(B)/sim/tests/unit/sim/test_%.o: tests/unit/sim/test_%.c $(B)/gen/version.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CPPFLAGS_TESTS) -Iharness/sim/arch $(PKG_CFLAGS) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(SIM_SUBJECTS): $(B)/sim/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(CC) $(SIM_INSTRUMENT) $(CPPFLAGS_ALL) -Itests $(CFLAGS_SIM) -MMD -MP -c $< -o $@
	$(OBJCOPY) $(SIM_RENAME) $@

$(addprefix $(B)/test-,$(SIM_PART_TESTS)): $(B)/test-%: $(B)/sim/tests/unit/sim/test_%.o $(SIM_PARTS) $(call objs,plain)
	$(CXX) $(OPT) $(SAN) $(LDFLAGS) $^ $(PKG_LIBS) $(TEST_LIBS) -o $@

$(addprefix $(B)/test-,$(SIM_TESTS)): $(B)/test-%: $(B)/sim/tests/unit/sim/test_%.o $(SIM_SUBJECTS) \
		$(filter-out %/cmd_sim.o,$(SIM)) $(SIM_KERNELS) $(SIM_OBJS)
	$(CXX) $(OPT) $(LDFLAGS) $^ $(PKG_LIBS) $(TEST_LIBS) -o $@

# The fallback, which no architecture at hand would use.
$(B)/test-sim_switch-generic: $(B)/sim/tests/unit/sim/test_sim_switch.o $(B)/plain/harness/sim/arch/generic/arch_switch.o $(call objs,plain)
	$(CXX) $(OPT) $(SAN) $(LDFLAGS) $^ $(PKG_LIBS) $(TEST_LIBS) -o $@

SIM_TEST_PROGRAMS := $(addprefix $(B)/test-,$(SIM_PART_TESTS) sim_switch-generic $(if $(SAN),,$(SIM_TESTS)))
# Stacks that it does not know of confuse it.
SKIPPED_TESTS := $(if $(SAN),$(if $(findstring thread,$(SAN)),$(SIM_PART_TESTS)) $(SIM_TESTS))
ifneq ($(findstring thread,$(SAN)),)
SIM_TEST_PROGRAMS :=
endif

TEST_PROGRAMS := $(foreach v,plain checked,$(addprefix $(B)/test-$(v)-,$(HARNESS_TESTS))) \
		 $(addprefix $(B)/test-stat-,$(STAT_TESTS)) $(B)/test-gbench $(SIM_TEST_PROGRAMS)
.SECONDARY:

# The C tests alone; B, CC and SAN say of which build.
.PHONY: check-c
check-c: $(PROGRAMS) $(TEST_PROGRAMS) $(B)/gbench_example
	tests/check/run-tests.sh $(TEST_PROGRAMS)
	$(if $(SKIPPED_TESTS),@echo "skipped with $(SAN): $(SKIPPED_TESTS)")

# Every workload on every variant, tiny, in the plain and the checked build: fails where no
# pair is done, an entry leaks, or the checked build finds a bad free.
.PHONY: smoke
smoke: $(PROGRAMS)
	$(B)/iommubench run --smoke --out $(B)/smoke.json >$(B)/smoke.txt
	$(B)/iommubench-checked run --smoke --out $(B)/smoke-checked.json >$(B)/smoke-checked.txt
	@echo "smoke: every workload on every variant did its work"

.PHONY: check-python
check-python: $(PROGRAMS)
	IOMMUBENCH=$(B)/iommubench $(PYTHON) -B -m pytest -q -p no:cacheprovider --ignore tests/browser tests

# The dashboard's pages in a real browser.
.PHONY: browser-check
browser-check:
	harness/make/deps.sh curl openssl ca-certificates
	$(MAKE) uplot
	harness/make/deps.sh chromium chromium-driver python3-selenium python3-jinja2 python3-sqlalchemy \
		python3-numpy python3-scipy python3-pytest python3-jsonschema
	UPLOT=$(UPLOT) $(PYTHON) -B -m pytest -q -rs -p no:cacheprovider tests/browser

FUZZ_SECONDS ?= 10
.PHONY: fuzz
fuzz: $(B)/gen/profiles.c $(B)/gen/events.c $(B)/gen/figures.c $(B)/gen/version.h $(B)/gen/have_libpfm.h
	B=$(B) tests/fuzz/run.sh $(FUZZ_SECONDS)

.PHONY: lint
lint: $(B)/gen/version.h $(B)/gen/have_libpfm.h
	$(PYTHON) -B tests/check/rooms.py
	clang-format --dry-run -Werror $$(git ls-files "*.c" "*.h" "*.cc")
	cppcheck -q --std=c11 --error-exitcode=1 --inline-suppr --suppress=missingIncludeSystem \
		--suppress=ctuuninitvar --include=tests/check/cppcheck.h \
		--enable=warning,performance,portability -Iinclude -Isrc -Iharness -Ibench \
		$(ARCH_INCLUDES) -I$(B)/gen src bench $(HARNESS) harness/cmd harness/tools tests/unit \
		tests/guest/*.c
	shellcheck -x harness/make/*.sh harness/jobs/*.sh tests/check/*.sh tests/cli/*.sh tests/fuzz/*.sh tests/cross/*.sh tests/guest/*.sh .ci/run
	$(PYTHON) -m black -q --check report tests
	$(PYTHON) -m flake8 report tests
	$(PYTHON) -m mypy report tests
	mandoc -T lint -W warning docs/iommubench.1

# What the C tests are built of, all CPUs compiling; the tests themselves run one after the other.
.PHONY: check-build
check-build: $(PROGRAMS) $(TEST_PROGRAMS) $(B)/gbench_example

# All of it: with gcc and clang, warnings being errors, and under the sanitizers.
ASAN := -fsanitize=address,undefined -fno-sanitize-recover=all
check_gcc := B=$(B)/gcc WERROR=-Werror
check_asan := B=$(B)/asan WERROR=-Werror SAN="$(ASAN)"
check_tsan := B=$(B)/tsan WERROR=-Werror SAN=-fsanitize=thread
check_clang := B=$(B)/clang WERROR=-Werror CC=clang CXX=clang++
# So much is compiled at a time.
JOBS ?= $(shell nproc)

.PHONY: check
check:
	+$(MAKE) -j$(JOBS) all
	+$(MAKE) -j$(JOBS) $(check_gcc) check-build
	+$(MAKE) $(check_gcc) check-c smoke check-python
	+$(MAKE) -j$(JOBS) $(check_asan) check-build
	+$(MAKE) $(check_asan) check-c
	+$(MAKE) -j$(JOBS) $(check_tsan) check-build
	+$(MAKE) $(check_tsan) check-c
	+$(MAKE) -j$(JOBS) $(check_clang) check-build
	+$(MAKE) $(check_clang) check-c fuzz
	+$(MAKE) lint
	@echo "make check: passed"

# ---- other architectures: cross-check, guest-check -----------------------------------------

include tests/cross/cross.mk
include tests/guest/guest.mk

# ---- for users -----------------------------------------------------------------------------

DEPS_BENCH := gcc g++ make pkg-config git libbenchmark-dev libhwloc-dev libjansson-dev \
	      python3-matplotlib python3-numpy python3-scipy python3-jsonschema \
	      python3-fastjsonschema python3-sqlalchemy python3-jinja2 curl openssl ca-certificates
# Without it only the kernel's generic events can be counted.
DEPS_BENCH += $(if $(filter x86_64 aarch64 ppc64,$(ARCH)),libpfm4-dev)
DEPS_CHECK := valgrind libcmocka-dev libbenchmark-tools clang libclang-rt-dev cppcheck shellcheck \
	      mandoc python3-pytest python3-jsonschema black flake8 mypy \
	      python3-psycopg2 postgresql python3-prometheus-client jq

.PHONY: deps
deps:
	harness/make/deps.sh $(DEPS_BENCH) $(DEPS_CHECK)

# ARGS: more options for the run; OUT: where the results go.
.PHONY: bench
bench: $(PROGRAMS)
	PYTHON=$(PYTHON) harness/jobs/bench.sh $(B)/iommubench $(OUT) -- --locks --counters auto $(ARGS)

# OLD and NEW: two allocators. BASE and NEW: two revisions, the work tree without NEW. harness/jobs/compare.sh
# lists the rest.
.PHONY: compare
compare: $(B)/iommubench
	+@OLD='$(OLD)' NEW='$(NEW)' BASE='$(BASE)' BUDGET='$(BUDGET)' WIDTH='$(WIDTH)' OUT='$(OUT)' \
		SIMULATE='$(SIMULATE)' WHOLE='$(WHOLE)' B='$(B)' PYTHON='$(PYTHON)' MAKE='$(MAKE)' \
		harness/jobs/compare.sh $(ARGS)

.PHONY: sim
sim: $(PROGRAMS)
	$(B)/iommubench sim $(ARGS)

# How often compare errs, and what it sees; RECORD=yes records anew what that is told from.
.PHONY: selftest-stats
selftest-stats: $(PROGRAMS)
	+@RECORD='$(RECORD)' $(if $(SELFTEST),SELFTEST='$(SELFTEST)') B='$(B)' PYTHON='$(PYTHON)' MAKE='$(MAKE)' \
		harness/jobs/selftest-stats.sh

# The simulator against this host; 1 if it is too far off. BLOCKS: how many times.
BLOCKS ?= 9
.PHONY: sim-validate
sim-validate: $(PROGRAMS)
	harness/jobs/sim-validate.sh $(B)/iommubench $(B)/validate $(BLOCKS) $(PYTHON)

# What one lock cost in 2015, on PROFILE.
PROFILE ?= sun4v-t5-2
.PHONY: sim-headline
sim-headline: $(PROGRAMS)
	harness/jobs/sim-headline.sh $(B)/iommubench $(B)/headline $(PROFILE) $(PYTHON)

# The claims of the 2015 mail, answered on this host. CLAIMS: where data and page go.
CLAIMS ?= $(B)/claims
.PHONY: claims
claims: $(PROGRAMS)
	harness/jobs/claims.sh $(B)/iommubench $(CLAIMS) $(PYTHON)

# RUN: a results file, or several.
.PHONY: plots
plots:
	$(PYTHON) -B -m report plot $(RUN)

# The same variables as compare; the text for the changelog. FORMAT=--markdown: for a pull request.
.PHONY: patch
patch: $(PROGRAMS)
	+@OLD='$(OLD)' NEW='$(NEW)' BASE='$(BASE)' BUDGET='$(BUDGET)' WIDTH='$(WIDTH)' OUT='$(OUT)' \
		SIMULATE='$(SIMULATE)' WHOLE='$(WHOLE)' B='$(B)' PYTHON='$(PYTHON)' MAKE='$(MAKE)' \
		FORMAT='$(FORMAT)' harness/jobs/patch.sh $(ARGS)

# The history in DB as a static site in DASHBOARD; its chart library comes from npm, once.
# Without a history of one's own the runs that come with the suite are shown.
DEMO := $(B)/demo.db
DB ?= $(or $(wildcard results/history.db),$(DEMO))
DASHBOARD ?= $(B)/dashboard
UPLOT := $(B)/cache/npm/node_modules/uplot

$(UPLOT)/dist/uPlot.iife.min.js: report/site/package-lock.json
	harness/make/uplot.sh $(B)/cache/npm

.PHONY: uplot
uplot: $(UPLOT)/dist/uPlot.iife.min.js

# Made again where the report would store it otherwise.
$(DEMO): $(wildcard results/demo/*.json results/reference/*/*.json report/store/*.py)
	@mkdir -p $(@D)
	rm -f $@
	$(PYTHON) -B -m report store add --db $@ $(filter %.json,$^)

.PHONY: dashboard
dashboard: uplot $(filter $(DEMO),$(DB))
	$(PYTHON) -B -m report dashboard --db "$(DB)" --out "$(DASHBOARD)" --uplot $(UPLOT) \
		--claims results "$(CLAIMS)" $(ARGS)

.PHONY: doctor
doctor: $(PROGRAMS)
	$(B)/iommubench doctor

# Each commit of RANGE, natively with NATIVE_OPTIONS and simulated with SIM_OPTIONS, into RESULTS and the store DB.
.PHONY: bench-commits
bench-commits:
	PYTHON=$(PYTHON) harness/jobs/bench-commits.sh $(B) $(RANGE)

.PHONY: audit
audit: $(PROGRAMS)
	$(B)/iommubench audit $(ARGS)

.PHONY: overhead
overhead: $(B)/overhead
	$(B)/overhead

.PHONY: hist-bench
hist-bench: $(B)/hist_bench
	$(B)/hist_bench

REPORT_DIRS := report $(patsubst %/__init__.py,%,$(wildcard report/*/__init__.py)) \
	       report/site/assets report/site/templates

.PHONY: install
install: $(PROGRAMS)
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(prefix)/share/man/man1 \
		$(addprefix $(DESTDIR)$(prefix)/share/iommubench/,results $(REPORT_DIRS))
	install -m 755 $(PROGRAMS) $(DESTDIR)$(prefix)/bin
	install -m 644 docs/iommubench.1 $(DESTDIR)$(prefix)/share/man/man1
	for dir in $(REPORT_DIRS); do \
		install -m 644 $$(find $$dir -maxdepth 1 -type f ! -name '*.pyc') \
			$(DESTDIR)$(prefix)/share/iommubench/$$dir || exit; done
	if [ -d $(UPLOT) ]; then \
		site=$(DESTDIR)$(prefix)/share/iommubench/report/site; \
		install -d $$site/uplot/dist; \
		install -m 644 $(UPLOT)/dist/uPlot.iife.min.js $(UPLOT)/dist/uPlot.min.css $$site/uplot/dist; \
		install -m 644 $(UPLOT)/LICENSE $$site/uplot; \
	fi
	install -m 644 results/schema.json results/figures.json results/README.md $(DESTDIR)$(prefix)/share/iommubench/results

.PHONY: clean
clean:
	rm -rf $(B)

.PHONY: help
help:
	@echo "make deps bench    install what is needed, measure this host, draw it (the main job)"
	@echo "make deps check    all tests"
	@echo "make               build $(B)/iommubench"
	@echo "make bench         ARGS='--cpus 1,2 ...' passes options, OUT=FILE says where to"
	@echo "make selftest-stats  how often compare errs, and how small a change it sees"
	@echo "make compare       OLD=sun4u NEW=pooled-1, or BASE=REVISION: in turn; BUDGET=5m"
	@echo "make smoke         every workload on every variant, a few milliseconds each"
	@echo "make sim           the same on simulated CPUs; ARGS='--profile power8 ...'"
	@echo "make sim-validate  the simulator against this host, cell by cell"
	@echo "make sim-headline  one lock under many CPUs, as reported in 2015"
	@echo "make claims        the claims of the 2015 mail, answered on this host; CLAIMS=DIR says where to"
	@echo "make audit         which allocators hand out entries the IOTLB may still hold"
	@echo "make patch         as compare (OLD, BASE, NEW, BUDGET); text to go with a patch"
	@echo "make dashboard     the history in DB=URL as a static site in DASHBOARD=DIR"
	@echo "make browser-check that site, in a real browser"
	@echo "make doctor        what this host can measure, and what disturbs it"
	@echo "make overhead      what the harness adds to a pair"
	@echo "make hist-bench    what recording a time in a histogram costs"
	@echo "make plots RUN=F   draw a results file again"
	@echo "make check-c check-python fuzz lint    the parts of check"
	@echo "make cross-check   the tests on sparc64, ppc64, ppc64le and aarch64, emulated"
	@echo "make topology-check  the pinning order on recorded machines"
	@echo "make guest-check   a small ladder under their kernels, in virtual machines"
	@echo "make bench-commits RANGE=a..b  measure each commit, into the store (docs/store.md)"
	@echo "make install       DESTDIR and prefix as usual"
	@echo "make clean"
