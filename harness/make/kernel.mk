# SPDX-License-Identifier: GPL-2.0-or-later
# The programs with allocators of a kernel tree in them. KERNEL is the tree; KSIDE the folder, which
# harness/kernel/prepare.sh fills and the programs go to: KSIDE/iommubench and its variants, or as a side of a
# comparison KSIDE/iommubench-1 to -3 and KSIDE/iommubench-sim (sides.mk says why there are three). Those of the tree
# that was built last are $(B)/kernel/iommubench and its variants, too.

KERNEL_CUT := $(B)/kernel-cut
KERNEL_CUT_SOURCES := $(wildcard harness/kernel/cut/*.c)
$(KERNEL_CUT): $(KERNEL_CUT_SOURCES) harness/kernel/cut/items.h harness/kernel/cut/lexer.h $(B)/gen/cc.flags
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) -D_GNU_SOURCE $(CFLAGS_ALL) $(LDFLAGS) $(KERNEL_CUT_SOURCES) -o $@

# As the kernel is compiled; what it does not declare is an error, or it would be guessed.
KERNEL_STRICT := -Werror=implicit-function-declaration -Werror=incompatible-pointer-types \
		 -Werror=int-conversion -Werror=implicit-int -Wno-pointer-sign
KERNEL_CFLAGS = -std=gnu11 -O2 -g $(KERNEL_STRICT) -fno-strict-aliasing -fno-strict-overflow \
		-fno-delete-null-pointer-checks -fno-common -ffunction-sections -fdata-sections \
		-fvisibility=hidden -ftls-model=local-exec
KERNEL_CPPFLAGS = -D_GNU_SOURCE -Iinclude -Isrc -Iharness
# What kernel code may call that is not the kernel's.
KERNEL_KNOWN := ^area_ ^iommu_ ^lockstat_ ^kernel_ ^mem(cpy|set|move|cmp)$$ ^abort$$ ^_GLOBAL_OFFSET_TABLE_$$ \
		^__stack_chk ^\.TOC\.$$

.PHONY: kernel-needs
kernel-needs: $(KERNEL_CUT) $(GENERATED)

# $(call kernel_id,PATH REVISION): names the folder of a tree.
kernel_id = $(shell printf '%s' $(call quoted,$(1)) | cksum | cut -d ' ' -f 1)
ifneq ($(KERNEL),)
KSIDE ?= $(B)/kernel/$(call kernel_id,$(KERNEL) $(REV))

.PHONY: kernel-prepare kernel-programs
kernel-prepare: kernel-needs
	$(Q)CC=$(call quoted,$(CC)) KERNEL_CUT='$(KERNEL_CUT)' KERNEL_KNOWN='$(KERNEL_KNOWN)' \
		KERNEL_FLAGS='$(KERNEL_CPPFLAGS) $(ARCH_INCLUDES) $(KERNEL_CFLAGS)' \
		harness/kernel/prepare.sh $(call quoted,$(KERNEL)) $(call quoted,$(REV)) $(call quoted,$(KSIDE))

kernel-programs: kernel-prepare
	+$(Q)$(MAKE) KSIDE=$(call quoted,$(KSIDE)) KERNEL= $(if $(AS_BUILT),AS_BUILT=yes) kernel-link
	$(Q)for variant in '' -checked -stat -sim; do \
		ln -sfn $(call quoted,$(abspath $(KSIDE)))/iommubench$$variant $(B)/kernel/iommubench$$variant; done
	$(Q)echo "kernel tree: $$(sed -n 's/^version //p; s/^commit /commit /p; s/^dirty true/with local changes/p' \
		$(call quoted,$(KSIDE)/facts) | paste -s -d ' '), in $(B)/kernel/iommubench"
else ifneq ($(KSIDE),)
kernel_units := $(shell cat '$(KSIDE)/list')
# What a warning calls its file must not tell the sides of a comparison apart: its path in the tree.
kernel_map = $(call quoted,-fmacro-prefix-map=$(shell sed -n 's/^label //p' '$(KSIDE)/facts')=)
kernel_libraries := $(sort $(foreach u,$(kernel_units),$(shell cat '$(KSIDE)/$(u)/with')))

# $(1) variant, $(2) preprocessor's and compiler's flags of it, $(3) the line behind
define kernel_variant
$$(KSIDE)/$(1)/%.o: harness/kernel/glue/%.c $$(KSIDE)/%/cut.c $$(KSIDE)/%/flags $$(COMPILE_NEEDS)
	@mkdir -p $$(@D)
	$$(call quiet,CC,$$@)$$(CC) $(2) $$(KERNEL_CPPFLAGS) $$(ARCH_INCLUDES) -I$$(KSIDE)/$$* -I$$(B)/gen \
		$$(KERNEL_CFLAGS) $$(kernel_map) $$(shell cat $$(KSIDE)/$$*/flags) -MMD -MP -c $$< -o $$@$(3)

$$(KSIDE)/$(1)/%.o: harness/kernel/lib/%.c $$(KSIDE)/%/cut.c $$(KSIDE)/%/flags $$(COMPILE_NEEDS)
	@mkdir -p $$(@D)
	$$(call quiet,CC,$$@)$$(CC) $(2) $$(KERNEL_CPPFLAGS) $$(ARCH_INCLUDES) -I$$(KSIDE)/$$* -I$$(B)/gen \
		$$(KERNEL_CFLAGS) $$(kernel_map) $$(shell cat $$(KSIDE)/$$*/flags) -MMD -MP -c $$< -o $$@$(3)

$$(KSIDE)/$(1)/one/%.o: $$(KSIDE)/%/with harness/kernel/kernel.ld \
		$$(foreach l,$$(kernel_units) $$(kernel_libraries),$$(KSIDE)/$(1)/$$(l).o)
	@mkdir -p $$(@D)
	$$(call quiet,LD,$$@)$$(CC) -r -nostdlib -Wl,--gc-sections -Wl,-u,kernel_root -Wl,-T,harness/kernel/kernel.ld \
		$$(KSIDE)/$(1)/$$*.o $$(foreach l,$$(shell cat $$(KSIDE)/$$*/with),$$(KSIDE)/$(1)/$$(l).o) -o $$@
	$$(Q)$$(OBJCOPY) --localize-hidden --set-section-flags kernel_data=alloc,load,data,contents $$@

kernel_one_$(1) := $$(kernel_units:%=$$(KSIDE)/$(1)/one/%.o)
endef
$(eval $(call kernel_variant,plain,,))
$(eval $(call kernel_variant,checked,-DIOMMU_CHECKED,))
$(eval $(call kernel_variant,stat,$(CPPFLAGS_stat),))
kernel_renamed := ; $(OBJCOPY) $(SIM_RENAME)
$(eval $(call kernel_variant,sim,$(SIM_INSTRUMENT),$$(kernel_renamed) $$@))
$(eval $(call kernel_variant,simchecked,$(SIM_INSTRUMENT) -DIOMMU_CHECKED,$$(kernel_renamed) $$@))

$(KSIDE)/kernel_tree.o: $(KSIDE)/kernel_tree.c
	$(call quiet,CC,$@)$(CC) $(CFLAGS_ALL) -Wno-missing-variable-declarations -c $< -o $@

$(KSIDE)/runtime.o: harness/kernel/lib/runtime.c $(COMPILE_NEEDS)
	$(call quiet,CC,$@)$(CC) $(KERNEL_CPPFLAGS) $(ARCH_INCLUDES) -I$(B)/gen \
		$(filter-out -fvisibility=hidden,$(KERNEL_CFLAGS)) -MMD -MP -c $< -o $@

$(KSIDE)/sim/runtime.o: harness/kernel/sim/simulated_context.c harness/kernel/lib/runtime.c $(COMPILE_NEEDS)
	@mkdir -p $(@D)
	$(call quiet,CC,$@)$(CC) -DIOMMU_SIM $(KERNEL_CPPFLAGS) -Iharness/sim/arch $(ARCH_INCLUDES) -I$(B)/gen \
		$(filter-out -fvisibility=hidden,$(KERNEL_CFLAGS)) -r -nostdlib $(filter %.c,$^) -o $@

$(KSIDE)/sim/checked.o: $(SIM_CHECKED) $(kernel_one_simchecked)
	@mkdir -p $(@D)
	$(call make_one,iommu_checked)

# A side's programs do not say which tree is in them: a comparison says it of both sides, and what differs in
# length would move the rest of the program.
kernel_side_objs := $(B)/plain/harness/cmd/main.o $(call objs,plain) $(KSIDE)/runtime.o $(kernel_one_plain)
$(eval $(call kept,$(KSIDE)/objects,$$(kernel_side_objs)))
$(KSIDE)/draw: FORCE
$(eval $(call kept,$(KSIDE)/draw,$$(DRAW)))
$(LAYOUTS:%=$(KSIDE)/iommubench-%): $(KSIDE)/iommubench-%: $(kernel_side_objs) $(KSIDE)/objects $(KSIDE)/draw \
		$(B)/gen/ld.flags $(COMPARE)/pads.done harness/make/layout.sh
	$(call quiet,LD,$@)$(CXX) $(OPT) $(LDFLAGS) $$(harness/make/layout.sh $$(($(DRAW) + $*)) $(PADS) $(kernel_side_objs)) \
		$(PKG_LIBS) -Wl,-S -o $@

kernel_common := $(KSIDE)/kernel_tree.o
$(KSIDE)/iommubench: $(call objs,plain) $(B)/plain/harness/cmd/main.o $(kernel_one_plain) $(KSIDE)/runtime.o $(kernel_common)
$(KSIDE)/iommubench-checked: $(call objs,checked) $(B)/checked/harness/cmd/main.o $(kernel_one_checked) $(KSIDE)/runtime.o $(kernel_common)
$(KSIDE)/iommubench-stat: $(call objs,stat) $(B)/stat/harness/cmd/main.o $(kernel_one_stat) $(KSIDE)/runtime.o $(kernel_common)
$(KSIDE)/iommubench-sim: $(SIM) $(SIM_KERNELS) $(filter-out $(B)/sim/checked.o,$(SIM_OBJS)) $(KSIDE)/sim/checked.o \
		$(kernel_one_sim) $(KSIDE)/sim/runtime.o $(kernel_common)
KERNEL_PROGRAMS := $(addprefix $(KSIDE)/,iommubench iommubench-checked iommubench-stat $(if $(SAN),,iommubench-sim))
$(KERNEL_PROGRAMS): $(B)/gen/ld.flags $(KSIDE)/objects
	$(call quiet,LD,$@)$(CXX) $(OPT) $(SAN) $(LDFLAGS) $(filter %.o,$^) $(PKG_LIBS) -o $@

include harness/make/kernel_check.mk

.PHONY: kernel-link kernel-side kernel-side-sim
kernel-link: $(KERNEL_PROGRAMS)
kernel-side: $(LAYOUTS:%=$(KSIDE)/iommubench-%)
kernel-side-sim: $(KSIDE)/iommubench-sim
.SECONDARY:
-include $(foreach v,plain checked stat sim simchecked,$(wildcard $(KSIDE)/$(v)/*.d)) $(KSIDE)/runtime.d
endif
