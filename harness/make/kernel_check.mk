# SPDX-License-Identifier: GPL-2.0-or-later
# What `make kernel-check` runs, of the kernel tree that harness/kernel/prepare.sh put in KSIDE. Included by kernel.mk.

KERNEL_CHECK := harness/kernel/check/kernel_check.c $(wildcard harness/kernel/check/check_*.c)
KERNEL_LINES := harness/kernel/check/kernel_lines.c harness/kernel/check/check_run.c

$(KSIDE)/kernel-check: $(KERNEL_CHECK:%.c=$(B)/plain/%.o) $(call objs,plain) \
		$(kernel_one_plain) $(KSIDE)/runtime.o $(kernel_common)
$(KSIDE)/kernel-lines: $(KERNEL_LINES:%.c=$(B)/sim/%.o) $(filter-out %/cmd_sim.o,$(SIM)) $(SIM_KERNELS) \
		$(filter-out $(B)/sim/checked.o,$(SIM_OBJS)) $(KSIDE)/sim/checked.o $(kernel_one_sim) \
		$(KSIDE)/sim/runtime.o $(kernel_common)
KERNEL_CHECKS := $(KSIDE)/kernel-check $(if $(SAN),,$(KSIDE)/kernel-lines)
$(KERNEL_CHECKS): $(B)/gen/ld.flags
	$(call quiet,LD,$@)$(CXX) $(OPT) $(SAN) $(LDFLAGS) $(filter %.o,$^) $(PKG_LIBS) -o $@

# It looks at the simulator from outside.
$(KERNEL_LINES:%.c=$(B)/sim/%.o): $(B)/sim/%.o: %.c $(COMPILE_NEEDS)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) -Iharness/sim/arch $(PKG_CFLAGS) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

.PHONY: kernel-check-link
kernel-check-link: $(KERNEL_CHECKS)
