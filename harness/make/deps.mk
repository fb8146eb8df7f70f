# SPDX-License-Identifier: GPL-2.0-or-later
# What make deps installs: what the other goals on the command line need, or everything. Included by
# the Makefile after all that compiles. `a|b`: either; harness/make/deps.names has what they hold.

DEPS_BUILD := gcc g++ make pkg-config|pkgconf git libbenchmark-dev libhwloc-dev libjansson-dev \
	      zlib1g-dev
# Without it only the kernel's generic events can be counted.
DEPS_BUILD += $(if $(filter x86_64 aarch64 ppc64,$(ARCH)),libpfm4-dev)
DEPS_REPORT := python3-matplotlib python3-numpy python3-scipy python3-jsonschema \
	       python3-fastjsonschema python3-sqlalchemy python3-jinja2
DEPS_DASHBOARD := curl openssl ca-certificates
DEPS_TESTS := libcmocka-dev
DEPS_PYTHON_TESTS := $(DEPS_TESTS) $(DEPS_DASHBOARD) valgrind libbenchmark-tools jq python3-pytest \
		     python3-pytest-xdist python3-psycopg2 postgresql python3-prometheus-client xz-utils
# Formatting is checked with clang-format 14 alone, where there is one.
DEPS_LINT := clang-format-14|clang-format cppcheck shellcheck mandoc black flake8 mypy python3-pytest \
	     python3-jsonschema
DEPS_FUZZ := clang libclang-rt-dev

# By goal; the others measure and report.
deps_all := $(DEPS_BUILD)
deps_install := $(DEPS_BUILD) $(DEPS_DASHBOARD)
deps_smoke := $(DEPS_BUILD)
deps_check-build := $(DEPS_BUILD) $(DEPS_TESTS)
deps_check-c := $(DEPS_BUILD) $(DEPS_TESTS)
deps_check-report := $(DEPS_BUILD) $(DEPS_REPORT) $(DEPS_PYTHON_TESTS)
deps_check-python := $(deps_check-report)
deps_fuzz := $(DEPS_BUILD) $(DEPS_FUZZ)
deps_lint := $(DEPS_BUILD) $(DEPS_REPORT) $(DEPS_LINT)
deps_check := $(sort $(deps_check-python) $(DEPS_FUZZ) $(DEPS_LINT))
deps_dashboard := $(DEPS_BUILD) $(DEPS_REPORT) $(DEPS_DASHBOARD)
# Instructions are counted by valgrind, where that is asked for.
DEPS_MEASURE := $(DEPS_BUILD) $(DEPS_REPORT) \
		$(if $(filter --counters=count count,$(ARGS)),valgrind)

# DEPS_FOR: as if these were the goals.
DEPS_FOR ?= $(filter-out deps,$(MAKECMDGOALS))
DEPS = $(sort $(if $(DEPS_FOR),$(foreach g,$(DEPS_FOR),$(or $(deps_$(g)),$(DEPS_MEASURE))),$(deps_check)))

## Installing
.PHONY: deps
deps: ## install what the other goals need: make deps bench, make deps check
	$(Q)PYTHON='$(PYTHON)' CC='$(CC)' harness/make/deps.sh $(patsubst %,'%',$(DEPS))

# With `deps` among the goals nothing is compiled before it is done, with -j too.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(ALL_OBJS) $(SIM) $(SIM_OBJS) $(SIM_CHECKED) $(SIM_KERNELS) $(SIM_SUBJECTS) \
	$(foreach v,$(VARIANTS) sim,$(patsubst %.c,$(B)/$(v)/%.o,$(TEST_FILES))) $(B)/gbench_example \
	$(GENERATED) $(B)/gen/cc.flags $(B)/gen/cxx.flags check: | deps
endif
