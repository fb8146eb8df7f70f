# SPDX-License-Identifier: GPL-2.0-or-later
# What `make dashboard` shows and draws with: a history, and the chart library, fetched from npm once.

# Without a history of one's own the runs that come with the suite are shown.
DEMO := $(B)/demo.db
DB ?= $(or $(wildcard results/history.db),$(DEMO))
DASHBOARD ?= $(B)/dashboard
UPLOT := $(B)/cache/npm/node_modules/uplot

$(UPLOT)/dist/uPlot.iife.min.js: report/site/package-lock.json
	$(call quiet,GET)harness/make/uplot.sh $(B)/cache/npm

.PHONY: uplot
uplot: $(UPLOT)/dist/uPlot.iife.min.js

# Made again when the report would store it otherwise.
$(DEMO): $(wildcard results/demo/*.json results/reference/*/*.json report/store/*.py)
	@mkdir -p $(@D)
	@rm -f $@
	$(call quiet,GEN)$(PYTHON) -B -m report store add --db $@ $(filter %.json,$^)
