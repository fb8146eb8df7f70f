# SPDX-License-Identifier: GPL-2.0-or-later
# The suite on another release of Debian, with that one's compiler, libraries and checkers. Included
# by the Makefile after cross.mk, which says where CACHE is.

SUITE ?= trixie
# Goals of this Makefile, and variables for it; `check` is all there is.
SUITE_GOALS ?= B=build/gcc WERROR=-Werror check-c

.PHONY: check-report
check-report: $(PROGRAMS) ## the report's tests alone
	$(Q)IOMMUBENCH=$(B)/iommubench $(PYTHON) -B -m pytest -q -p no:cacheprovider tests/report

# SUITE: trixie, sid ... The chroot is kept in CACHE; SUITE_FRESH=yes makes it anew, SUITE_MIRROR names
# another mirror than the one that apt uses here.
.PHONY: suite-check
suite-check: ## the build and tests on another Debian; SUITE=trixie or sid
	@MAKEFLAGS= SUITE_FRESH='$(SUITE_FRESH)' SUITE_MIRROR='$(SUITE_MIRROR)' JOBS='$(JOBS)' \
		tests/suite/suite.sh '$(CACHE)' '$(SUITE)' $(SUITE_GOALS)
