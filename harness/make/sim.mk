# SPDX-License-Identifier: GPL-2.0-or-later
# How the simulator is built: the harness of the plain build, with allocators, locks and workloads
# of which the compiler tells it each access and basic block. Beside them are the checked allocators.

SIM_PROGRAM := $(B)/iommubench-sim
SIM := $(patsubst %.c,$(B)/sim/%.o,$(wildcard harness/sim/*.c) harness/cmd/cmd_sim.c \
	 $(firstword $(wildcard harness/sim/arch/$(ARCH)/arch_switch.c) harness/sim/arch/generic/arch_switch.c))
SIM_OBJS := $(filter-out $(B)/plain/src/% $(B)/plain/bench/% %/bad_free.o,$(call objs,plain)) \
	    $(patsubst %.c,$(B)/sim/%.o,$(SRC) $(BENCH)) $(B)/sim/checked.o
SIM_INSTRUMENT := -fsanitize=thread -fsanitize-coverage=trace-pc -DIOMMU_SIM -Iharness/sim/arch
SIM_CHECKED := $(patsubst src/%.c,$(B)/sim/checked/%.o,$(SRC))
# The compiler tells of accesses, not of what the C library does: these three are ours.
SIM_RENAME := --redefine-sym memcpy=sim_memcpy --redefine-sym memset=sim_memset \
	      --redefine-sym memmove=sim_memmove
# The calibration loops, as they are and simulated.
SIM_KERNELS := $(B)/sim/kernels/native.o $(B)/sim/kernels/simulated.o

$(eval $(call kept,$(B)/gen/sim.list,$$(SIM) $$(SIM_OBJS)))

# The instrument's own sources by a hash, which results have: of others' figures no change is told.
SIM_SOURCES := $(sort $(shell find harness/sim -name '*.[ch]')) harness/make/sim.mk
$(B)/gen/sim_sources.h: $(SIM_SOURCES) $(B)/gen/sim.list
	@mkdir -p $(@D)
	@echo "#define SIM_SOURCES \"$$(cat $(SIM_SOURCES) | sha256sum | cut -c 1-16)\"" >$@
$(B)/sim/harness/cmd/cmd_sim.o: $(B)/gen/sim_sources.h

$(patsubst %.c,$(B)/sim/%.o,$(SRC) $(BENCH)): $(B)/sim/%.o: %.c $(COMPILE_NEEDS)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(SIM_INSTRUMENT) $(CPPFLAGS_ALL) $(CFLAGS_SIM) -MMD -MP -c $< -o $@
	$(Q)$(OBJCOPY) $(SIM_RENAME) $@

$(SIM_CHECKED): $(B)/sim/checked/%.o: src/%.c $(COMPILE_NEEDS)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(SIM_INSTRUMENT) $(CPPFLAGS_ALL) -DIOMMU_CHECKED -fvisibility=hidden \
		$(CFLAGS_SIM) -MMD -MP -c $< -o $@
	$(Q)$(OBJCOPY) $(SIM_RENAME) $@

$(B)/sim/checked.o: $(SIM_CHECKED) $(B)/gen/src.list
	$(call make_one,iommu_checked)

$(SIM): $(B)/sim/%.o: %.c $(COMPILE_NEEDS)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) -Iharness/sim/arch $(PKG_CFLAGS) $(CFLAGS_ALL) \
		-MMD -MP -c $< -o $@

$(B)/sim/kernels/native.o: harness/sim/kernels/kernels.c $(COMPILE_NEEDS)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) -DKERNEL_PREFIX=native $(CFLAGS_SIM) -MMD -MP -c $< -o $@

$(B)/sim/kernels/simulated.o: harness/sim/kernels/kernels.c $(COMPILE_NEEDS)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(SIM_INSTRUMENT) $(CPPFLAGS_ALL) -DKERNEL_PREFIX=simulated $(CFLAGS_SIM) \
		-MMD -MP -c $< -o $@

$(SIM_PROGRAM): $(SIM) $(SIM_KERNELS) $(SIM_OBJS) $(call LINK_NEEDS,sim)
	$(LINK) -o $@
