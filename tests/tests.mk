# SPDX-License-Identifier: GPL-2.0-or-later
# How the tests are built and run. Each tests/unit/**/test_NAME.c is linked with the program's objects,
# plain and checked, to $(B)/test-VARIANT-NAME; the one of the Google Benchmark API with that alone,
# since it must stand by itself.

TEST_FILES := $(wildcard tests/unit/test_*.c tests/unit/*/test_*.c)
TESTS := $(sort $(patsubst test_%.c,%,$(notdir $(TEST_FILES))))
test_file = $(filter %/test_$(1).c,$(TEST_FILES))
HARNESS_TESTS := $(filter-out gbench sim_%,$(TESTS))
TEST_LIBS := -lcmocka
CPPFLAGS_TESTS = -Itests -DTEST_DATA='"$(CURDIR)/tests"'

define test_rules
$(B)/$(1)/tests/%.o: tests/%.c $(COMPILE_NEEDS)
	@mkdir -p $$(@D)
	$$(call quiet,CC)$$(CC) $$(CPPFLAGS_ALL) $$(CPPFLAGS_TESTS) $$(CPPFLAGS_$(1)) $$(PKG_CFLAGS) \
		$$(CFLAGS_ALL) -MMD -MP -c $$< -o $$@

$(foreach t,$(HARNESS_TESTS),$(eval $(B)/test-$(1)-$(t): $(B)/$(1)/$(patsubst %.c,%.o,$(call test_file,$(t)))))
$(addprefix $(B)/test-$(1)-,$(HARNESS_TESTS)): $(call objs,$(1)) $(call LINK_NEEDS,$(1))
	$$(LINK) $$(TEST_LIBS) -o $$@
endef
$(foreach v,$(VARIANTS),$(eval $(call test_rules,$(v))))
CUT_TESTED := $(patsubst %,harness/kernel/cut/%.o,items lexer)
$(foreach v,$(VARIANTS),$(eval $(B)/test-$(v)-kernel_cut: $(CUT_TESTED:%=$(B)/$(v)/%)))
# Holds the maps' layouts of all builds against each other. The simulator's is compiled without the calls
# for each access, of which no struct knows.
LAYOUTS := $(patsubst %,$(B)/%/tests/unit/layouts/layouts.o,$(VARIANTS) sim)
$(B)/sim/tests/unit/layouts/layouts.o: tests/unit/layouts/layouts.c $(COMPILE_NEEDS)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) -DIOMMU_SIM -Iharness/sim/arch $(CPPFLAGS_ALL) -Itests $(CFLAGS_SIM) -MMD -MP \
		-c $< -o $@
$(VARIANTS:%=$(B)/test-%-layouts): $(LAYOUTS)
# The statistics build differs in the locks alone.
STAT_TESTS := $(filter locks lockstat paths threads,$(HARNESS_TESTS))

$(B)/test-gbench: $(B)/plain/tests/unit/test_gbench.o $(B)/cxx/gbench.o $(B)/gen/ld.flags
	$(LINK) $(TEST_LIBS) -o $@

$(B)/gbench_example: docs/examples/gbench_example.c $(B)/cxx/gbench.o $(B)/gen/cc.flags
	$(call quiet,CC)$(CC) -Iinclude $(CFLAGS_ALL) $(filter %.c %.o,$^) $(SAN) -lbenchmark -lpthread \
		-lstdc++ -lm -o $@

# The simulator's parts that stand alone are tested under the address sanitizer too. All of it, with
# tests/unit/sim/subjects/*.c instrumented as allocators are, cannot be: its hooks are what the thread
# sanitizer calls.
SIM_PARTS := $(addprefix $(B)/sim/harness/,sim/vcpu.o sim/coherence.o sim/caches.o sim/parking.o \
	     sim/memory.o sim/machine.o) \
	     $(filter %/arch_switch.o,$(SIM))
SIM_PART_TESTS := sim_switch sim_vcpu sim_coherence sim_states sim_machine
SIM_TESTS := $(filter-out $(SIM_PART_TESTS),$(filter sim_%,$(TESTS)))
SIM_SUBJECTS := $(patsubst tests/%.c,$(B)/sim/tests/%.o,$(wildcard tests/unit/sim/subjects/*.c))

$(B)/sim/tests/unit/sim/test_%.o: tests/unit/sim/test_%.c $(COMPILE_NEEDS)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CPPFLAGS_TESTS) -Iharness/sim/arch $(PKG_CFLAGS) \
		$(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(SIM_SUBJECTS): $(B)/sim/tests/%.o: tests/%.c $(COMPILE_NEEDS)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(SIM_INSTRUMENT) $(CPPFLAGS_ALL) -Itests $(CFLAGS_SIM) -MMD -MP -c $< -o $@
	$(Q)$(OBJCOPY) $(SIM_RENAME) $@

$(addprefix $(B)/test-,$(SIM_PART_TESTS)): $(B)/test-%: $(B)/sim/tests/unit/sim/test_%.o $(SIM_PARTS) \
		$(call objs,plain) $(call LINK_NEEDS,plain)
	$(LINK) $(TEST_LIBS) -o $@

$(addprefix $(B)/test-,$(SIM_TESTS)): $(B)/test-%: $(B)/sim/tests/unit/sim/test_%.o $(SIM_SUBJECTS) \
		$(filter-out %/cmd_sim.o,$(SIM)) $(SIM_KERNELS) $(SIM_OBJS) $(call LINK_NEEDS,sim)
	$(LINK) $(TEST_LIBS) -o $@

# The fallback, which no architecture at hand would use.
$(B)/test-sim_switch-generic: $(B)/sim/tests/unit/sim/test_sim_switch.o \
		$(B)/plain/harness/sim/arch/generic/arch_switch.o $(call objs,plain) $(call LINK_NEEDS,plain)
	$(LINK) $(TEST_LIBS) -o $@

SIM_TEST_PROGRAMS := $(addprefix $(B)/test-,$(SIM_PART_TESTS) sim_switch-generic $(if $(SAN),,$(SIM_TESTS)))
# Stacks that the thread sanitizer does not know of confuse it.
SKIPPED_TESTS := $(if $(SAN),$(if $(findstring thread,$(SAN)),$(SIM_PART_TESTS)) $(SIM_TESTS))
ifneq ($(findstring thread,$(SAN)),)
SIM_TEST_PROGRAMS :=
endif

TEST_PROGRAMS := $(foreach v,plain checked,$(addprefix $(B)/test-$(v)-,$(HARNESS_TESTS))) \
		 $(addprefix $(B)/test-stat-,$(STAT_TESTS)) $(B)/test-gbench $(SIM_TEST_PROGRAMS)

## Testing
# What the C tests are built of, all CPUs compiling.
.PHONY: check-build
check-build: $(PROGRAMS) $(TEST_PROGRAMS) $(B)/gbench_example

# With gcc and clang, warnings being errors, and under the sanitizers.
ASAN := -fsanitize=address,undefined -fno-sanitize-recover=all
check_gcc := B=$(B)/gcc WERROR=-Werror
check_asan := B=$(B)/asan WERROR=-Werror SAN="$(ASAN)"
check_tsan := B=$(B)/tsan WERROR=-Werror SAN=-fsanitize=thread
check_clang := B=$(B)/clang WERROR=-Werror CC=clang CXX=clang++
# So much is compiled at a time.
JOBS ?= $(shell nproc)

.PHONY: check
check: ## all tests, with gcc, clang and the sanitizers
	+$(Q)$(MAKE) -j$(JOBS) all
	+$(Q)$(MAKE) -j$(JOBS) $(check_gcc) check-build
	+$(Q)$(MAKE) $(check_gcc) check-c smoke check-python
	+$(Q)$(MAKE) -j$(JOBS) $(check_asan) check-build
	+$(Q)$(MAKE) $(check_asan) check-c
	+$(Q)$(MAKE) -j$(JOBS) $(check_tsan) check-build
	+$(Q)$(MAKE) $(check_tsan) check-c
	+$(Q)$(MAKE) -j$(JOBS) $(check_clang) check-build
	+$(Q)$(MAKE) $(check_clang) check-c fuzz
	+$(Q)$(MAKE) lint
	@echo "make check: passed"

.PHONY: check-c
check-c: $(PROGRAMS) $(TEST_PROGRAMS) $(B)/gbench_example ## the C tests; B, CC and SAN say of which build
	$(Q)JOBS=$(JOBS) tests/check/run-tests.sh $(TEST_PROGRAMS)
	$(if $(SKIPPED_TESTS),@echo "skipped with $(SAN): $(SKIPPED_TESTS)")

.PHONY: check-python
check-python: $(PROGRAMS) ## the Python tests: command line, report, store, site
	$(Q)IOMMUBENCH=$(B)/iommubench PYTHON=$(PYTHON) JOBS=$(JOBS) tests/check/run-pytest.sh tests

.PHONY: browser-check
browser-check: ## the dashboard's pages in a real browser, which it installs
	$(Q)harness/make/deps.sh curl openssl ca-certificates
	+$(Q)$(MAKE) uplot
	$(Q)harness/make/deps.sh chromium chromium-driver python3-selenium python3-jinja2 \
		python3-sqlalchemy python3-numpy python3-scipy python3-pytest \
		python3-jsonschema python3-fastjsonschema
	$(Q)UPLOT=$(UPLOT) $(PYTHON) -B -m pytest -q -rs -p no:cacheprovider tests/browser

FUZZ_SECONDS ?= 10
.PHONY: fuzz
fuzz: $(BUILT_IN:%=$(B)/gen/%.c) $(GENERATED) ## random input for the parsers; FUZZ_SECONDS=10 each
	$(Q)B=$(B) tests/fuzz/run.sh $(FUZZ_SECONDS)

.PHONY: lint
lint: $(GENERATED) ## order of the rooms, format, static checks
	$(call quiet,LINT,rooms)$(PYTHON) -B tests/check/rooms.py
	$(call quiet,LINT,clang-format)tests/check/format.sh
	$(call quiet,LINT,cppcheck)cppcheck -q --std=c11 --error-exitcode=1 --inline-suppr \
		--suppress=missingIncludeSystem --suppress=ctuuninitvar --suppress=normalCheckLevelMaxBranches \
		--suppress=preprocessorErrorDirective:include/bits.h --include=tests/check/cppcheck.h \
		--enable=warning,performance,portability -Iinclude -Isrc -Iharness -Ibench \
		$(ARCH_INCLUDES) -I$(B)/gen src bench $(HARNESS) harness/cmd harness/tools harness/kernel/cut \
		harness/kernel/check tests/unit \
		tests/guest/*.c
	$(call quiet,LINT,shellcheck)shellcheck -x harness/make/*.sh harness/jobs/*.sh tests/check/*.sh \
		tests/cli/*.sh tests/fuzz/*.sh tests/cross/*.sh tests/guest/*.sh tests/suite/*.sh tests/kernel/*.sh \
		harness/kernel/*.sh .ci/run
	$(call quiet,LINT,black)$(PYTHON) -m black -q --check report tests
	$(call quiet,LINT,flake8)$(PYTHON) -m flake8 report tests
	$(call quiet,LINT,mypy)$(PYTHON) -m mypy report tests
	$(call quiet,LINT,mandoc)mandoc -T lint -W warning docs/iommubench.1
