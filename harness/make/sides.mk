# SPDX-License-Identifier: GPL-2.0-or-later
# The programs of a side of a comparison: harness/jobs/compare.sh calls this with SIDE, a folder whose
# src/ has the side's allocators. They are built into this tree's harness: SIDE/iommubench-1 to -3,
# and SIDE/iommubench-sim.
#
# Where code happens to lie changes how fast it is, by more than many a patch. So a side has
# several programs, linked in orders that are drawn, each object beginning at a drawn place in its
# page: what is true in all of them is true of the code. And because the places do not depend on
# what is linked before, a change of one allocator leaves the others where they were: both sides
# have the same layouts.

LAYOUTS := 1 2 3
# Behind which number of drawing they begin: another one draws all anew.
DRAW ?= 0
COMPARE := $(B)/compare
PADS := $(COMPARE)/pads

ifneq ($(SIDE),)
side_src := $(wildcard $(SIDE)/src/*.c)
side_cppflags = $(subst -Isrc ,-I$(SIDE)/src ,$(CPPFLAGS_ALL))
# Names of files must not tell the sides apart.
side_map := -ffile-prefix-map=$(SIDE)/=

$(SIDE)/plain/src/%.o: $(SIDE)/src/%.c $(COMPARE)/flags
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(side_cppflags) $(PKG_CFLAGS) $(CFLAGS_ALL) $(side_map) -MMD -MP -c $< -o $@

$(SIDE)/sim/%.o: $(SIDE)/src/%.c $(COMPARE)/flags
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(SIM_INSTRUMENT) $(side_cppflags) $(CFLAGS_SIM) $(side_map) -MMD -MP -c $< -o $@
	$(Q)$(OBJCOPY) $(SIM_RENAME) $@

$(SIDE)/sim/checked/%.o: $(SIDE)/src/%.c $(COMPARE)/flags
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(SIM_INSTRUMENT) $(side_cppflags) -DIOMMU_CHECKED -fvisibility=hidden \
		$(CFLAGS_SIM) $(side_map) -MMD -MP -c $< -o $@
	$(Q)$(OBJCOPY) $(SIM_RENAME) $@

side_objs = $(patsubst $(SIDE)/src/%.c,$(SIDE)/$(1)/%.o,$(side_src))

$(SIDE)/sim/checked.o: $(call side_objs,sim/checked)
	$(call make_one,iommu_checked)

$(SIDE)/iommubench-sim: $(SIM) $(SIM_KERNELS) \
		$(filter-out $(B)/sim/src/% $(B)/sim/checked.o,$(SIM_OBJS)) $(call side_objs,sim) $(SIDE)/sim/checked.o
	$(call quiet,LD)$(CXX) $(OPT) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

# OBJECTS: those of another tree, which has a harness of its own.
OBJECTS ?= $(B)/plain/harness/cmd/main.o $(filter-out $(B)/plain/src/%,$(call objs,plain)) \
	   $(call side_objs,plain/src)

# So that it is linked anew when an object is gone.
$(SIDE)/objects: FORCE
$(eval $(call kept,$(SIDE)/objects,$$(OBJECTS)))
$(SIDE)/draw: FORCE
$(eval $(call kept,$(SIDE)/draw,$$(DRAW)))

$(SIDE)/iommubench-%: $(OBJECTS) $(SIDE)/objects $(SIDE)/draw $(COMPARE)/pads.done harness/make/layout.sh
	$(call quiet,LD)$(CXX) $(OPT) $(LDFLAGS) $$(harness/make/layout.sh $$(($(DRAW) + $*)) $(PADS) $(OBJECTS)) \
		$(PKG_LIBS) -Wl,-S -o $@

.PHONY: side side-sim
side: $(addprefix $(SIDE)/iommubench-,$(LAYOUTS))
side-sim: $(SIDE)/iommubench-sim
endif

$(COMPARE)/flags: FORCE
$(eval $(call kept,$(COMPARE)/flags,$$(CC) $$(CFLAGS_ALL) $$(CPPFLAGS)))

$(COMPARE)/pads.done: harness/make/pad.s
	@mkdir -p $(PADS)
	$(call quiet,GEN,$(PADS:$(B)/%=%))for i in $$(seq 64 64 4096); do \
		$(CC) -c -Wa,--defsym,PAD=$$i $< -o $(PADS)/$$i.o || exit 1; \
	done
	@touch $@
