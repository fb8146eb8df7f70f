# SPDX-License-Identifier: GPL-2.0-or-later
# iommubench: the goals for its users, and what they may set. How things are built is in
# harness/make/*.mk, how they are tested in tests/tests.mk.
#
# `make help` prints the ## comments of these files.
##
##   make deps bench        install what is needed, measure this host, draw it: the main job
##   make deps check        install what is needed, run all tests

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

include harness/make/quiet.mk
include harness/make/programs.mk
include harness/make/sim.mk
include harness/make/sides.mk
include harness/make/kernel.mk
include harness/make/site.mk

PROGRAMS := $(addprefix $(B)/,iommubench iommubench-checked iommubench-stat) \
	    $(if $(SAN),,$(SIM_PROGRAM))

## Building
.PHONY: all clean help
all: $(PROGRAMS) ## build/iommubench and its variants; what make does without a goal

include harness/make/install.mk

clean: ## remove the build folder
	$(Q)rm -rf $(B)

HELP_FILES := Makefile harness/make/deps.mk harness/make/install.mk tests/tests.mk \
	      tests/cross/cross.mk tests/guest/guest.mk tests/suite/suite.mk tests/kernel/kernel.mk
help: ## this list
	@awk -f harness/make/help.awk $(HELP_FILES)

# With KERNEL the programs are those that have the allocators of that tree too.
MEASURED := $(if $(KERNEL),kernel-programs,$(PROGRAMS))
MEASURES := $(if $(KERNEL),$(KSIDE),$(B))

## Measuring; ARGS='--cpus 1,2 ...' passes options on; KERNEL=PATH adds that tree's allocators
.PHONY: bench smoke sim audit claims doctor overhead hist-bench plots dashboard
bench: $(MEASURED) ## time, counters, locks on this host, with pictures; OUT=FILE, PLATFORM=all
	$(Q)$(call given,PYTHON PLATFORM) harness/jobs/bench.sh $(MEASURES)/iommubench $(if $(OUT),$(call quoted,$(OUT))) -- \
		--locks --counters auto $(ARGS)

smoke: $(PROGRAMS) ## every workload on every variant, a few milliseconds each
	$(Q)$(B)/iommubench run --smoke --out $(B)/smoke.json >$(B)/smoke.txt
	$(Q)$(B)/iommubench-checked run --smoke --out $(B)/smoke-checked.json >$(B)/smoke-checked.txt
	@echo "smoke: every workload on every variant did its work"

sim: $(MEASURED) ## the same on simulated CPUs; ARGS='--profile power8 ...'
	$(Q)harness/jobs/kernel-run.sh $(MEASURES)/iommubench sim $(ARGS)

audit: $(MEASURED) ## which allocators hand out entries that the IOTLB may still hold
	$(Q)harness/jobs/kernel-run.sh $(MEASURES)/iommubench audit $(ARGS)

CLAIMS ?= $(B)/claims
claims: $(PROGRAMS) ## the claims of the 2015 mail, answered on this host; CLAIMS=DIR
	$(Q)harness/jobs/claims.sh $(B)/iommubench $(call quoted,$(CLAIMS)) $(PYTHON)

doctor: $(PROGRAMS) ## what this host can measure, and what disturbs it
	$(Q)$(B)/iommubench doctor $(if $(KERNEL),--kernel $(call quoted,$(KERNEL)))

overhead: $(B)/overhead ## what the harness adds to an operation
	$(Q)$(B)/overhead

hist-bench: $(B)/hist_bench ## what recording a time in a histogram costs
	$(Q)$(B)/hist_bench

plots: ## draw results files again; RUN='FILE ...'
	$(Q)$(PYTHON) -B -m report plot $(RUN)

dashboard: uplot $(filter $(DEMO),$(DB)) ## the history as a static site; DB=URL, DASHBOARD=DIR
	$(Q)$(PYTHON) -B -m report dashboard --db "$(DB)" --out "$(DASHBOARD)" --uplot $(UPLOT) \
		--claims results "$(CLAIMS)" $(ARGS)

## Comparing; harness/jobs/compare.sh lists all variables, and KERNEL=PATH's (docs/kernel-trees.md)
.PHONY: compare patch bench-commits selftest-stats kernel-check
COMPARE_GIVEN := OLD NEW BASE KERNEL MBOX BUDGET WIDTH OUT SIMULATE WHOLE SITTINGS PAUSE B PYTHON MAKE
compare: $(B)/iommubench ## OLD=sun4u NEW=pooled-1, or BASE=REVISION [NEW=REVISION]; SITTINGS=1
	+$(Q)$(call given,$(COMPARE_GIVEN)) harness/jobs/compare.sh $(ARGS)

patch: $(B)/iommubench ## the same as text for a changelog; FORMAT=--markdown for a pull request
	+$(Q)$(call given,$(COMPARE_GIVEN) FORMAT) harness/jobs/patch.sh $(ARGS)

kernel-check: $(B)/iommubench ## KERNEL=PATH: are ours still what it has, and as fast? BUDGET=0: no times
	+$(Q)$(call given,KERNEL REV KSIDE OPERATIONS SEED BUDGET B PYTHON MAKE) harness/jobs/kernel-check.sh

bench-commits: ## RANGE=a..b: measure each commit, into the store (docs/store.md)
	$(Q)$(call given,PYTHON) harness/jobs/bench-commits.sh $(B) $(RANGE)

selftest-stats: $(PROGRAMS) ## how often compare errs, how small a change it sees; RECORD=yes: anew
	+$(Q)$(call given,RECORD $(if $(SELFTEST),SELFTEST) B PYTHON MAKE) harness/jobs/selftest-stats.sh

## The simulator
.PHONY: sim-validate sim-headline lock-sampling
BLOCKS ?= 9
sim-validate: $(PROGRAMS) ## the simulator against this host, cell by cell; BLOCKS=9 times
	$(Q)harness/jobs/sim-validate.sh $(B)/iommubench $(B)/validate $(BLOCKS) $(PYTHON)

lock-sampling: $(PROGRAMS) ## what lock figures of drawn acquisitions are worth, simulated
	$(Q)harness/jobs/lock-sampling.sh $(B)/iommubench $(B)/lock-sampling $(PYTHON)

PROFILE ?= sun4v-t5-2
sim-headline: $(PROGRAMS) ## one lock under many CPUs, as reported in 2015; PROFILE=sun4v-t5-2
	$(Q)harness/jobs/sim-headline.sh $(B)/iommubench $(B)/headline $(PROFILE) $(PYTHON)

include tests/tests.mk
include tests/cross/cross.mk
include tests/guest/guest.mk
include tests/suite/suite.mk
include tests/kernel/kernel.mk
# Behind all that compiles, which it has wait.
include harness/make/deps.mk
