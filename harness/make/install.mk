# SPDX-License-Identifier: GPL-2.0-or-later
# `make install`: the programs, the report, the documents, and bash's completion of the options.

share = $(DESTDIR)$(prefix)/share
installed = $(share)/iommubench
REPORT_DIRS = $(shell find report -type d ! -name __pycache__)
RESULTS_FILES = $(wildcard results/schema.json results/figures.json results/README.md)

.PHONY: man
man: $(B)/iommubench ## write the manual's OPTIONS anew, from the table that --help is made of
	$(call quiet,GEN,docs/iommubench.1){ sed '/^\.Sh OPTIONS/,$$d' docs/iommubench.1 && \
		$(B)/iommubench options --man && \
		sed -n '/^\.Sh ENVIRONMENT/,$$p' docs/iommubench.1; } >$(B)/gen/iommubench.1
	$(Q)cp $(B)/gen/iommubench.1 docs/iommubench.1

.PHONY: install
install: $(PROGRAMS) ## copy programs, report and documents to prefix (/usr/local), below DESTDIR
	$(call quiet,INSTALL,$(DESTDIR)$(prefix)/bin)install -d "$(DESTDIR)$(prefix)/bin"
	$(Q)install -m 755 $(PROGRAMS) "$(DESTDIR)$(prefix)/bin"
	$(call quiet,INSTALL,$(installed))for dir in $(REPORT_DIRS); do \
		install -d "$(installed)/$$dir" && \
		find $$dir -maxdepth 1 -type f ! -name '*.pyc' \
			-exec install -m 644 -t "$(installed)/$$dir" '{}' + || exit; done
	$(Q)install -D -m 644 -t "$(installed)/results" $(RESULTS_FILES)
	$(Q)if [ -d $(UPLOT) ]; then \
		site="$(installed)/report/site/uplot"; \
		install -D -m 644 -t "$$site/dist" $(UPLOT)/dist/uPlot.iife.min.js $(UPLOT)/dist/uPlot.min.css && \
		install -m 644 $(UPLOT)/LICENSE "$$site"; \
	fi
	$(call quiet,INSTALL,$(share)/doc/iommubench)install -D -m 644 -t "$(share)/doc/iommubench" \
		README.md LICENSE docs/*.md docs/examples/*
	$(Q)install -D -m 644 -t "$(share)/man/man1" docs/iommubench.1
	$(Q)if $(B)/iommubench options --bash >$(B)/gen/completion 2>/dev/null; then \
		install -D -m 644 $(B)/gen/completion "$(share)/bash-completion/completions/iommubench"; \
	fi
