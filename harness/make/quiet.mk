# SPDX-License-Identifier: GPL-2.0-or-later
# How much make prints: one short line a file; with V=1 the commands themselves; with -s nothing.
# Also two small functions that the other files use: quoted and kept.

ifneq ($(V),1)
Q := @
# The first word of MAKEFLAGS has the one-letter options.
SHORT_LINES := $(if $(findstring s,$(firstword -$(MAKEFLAGS))),,yes)
endif
# $(call quiet,CC) before a command: the line to print instead of it. A second word replaces the
# name of the file.
quiet = $(Q)$(if $(SHORT_LINES),printf '  %-7s %s\n' $(1) $(call quoted,$(or $(2),$(@:$(B)/%=%)));)
MAKEFLAGS += --no-print-directory

# $(call quoted,TEXT): one word to the shell, whatever is in it.
quoted = '$(subst ','\'',$(1))'
# $(call given,NAME...): these variables, as the environment of a command.
given = $(foreach v,$(1),$(v)=$(call quoted,$($(v))))

# $(call renew,TARGET.new): the target is replaced only if its content changes.
renew = if cmp -s $@.new $@; then rm $@.new; else $(1) mv $@.new $@; fi
renew_loudly = $(call renew,$(if $(SHORT_LINES),printf '  %-7s %s\n' GEN '$(@:$(B)/%=%)';))

# With AS_BUILT=yes what is built stays as it is though flags or commit are others now: compare
# measures with the programs that are there.
MAY_CHANGE := $(if $(AS_BUILT),,FORCE)

# $(call kept,FILE,TEXT): a rule for FILE, which holds TEXT: what depends on it is made again when
# the text is another. In TEXT a variable is written $$(NAME).
define kept
$(1): $(MAY_CHANGE)
	@mkdir -p $$(@D)
	@printf '%s\n' $$(call quoted,$(2)) >$$@.new
	@$$(call renew)
endef
.PHONY: FORCE
