# SPDX-License-Identifier: GPL-2.0-or-later
# What has to be installed, and that it is before anything is compiled.

DEPS_BENCH := gcc g++ make pkg-config git libbenchmark-dev libhwloc-dev libjansson-dev \
	      python3-matplotlib python3-numpy python3-scipy python3-jsonschema \
	      python3-fastjsonschema python3-sqlalchemy python3-jinja2 curl openssl ca-certificates
# Without it only the kernel's generic events can be counted.
DEPS_BENCH += $(if $(filter x86_64 aarch64 ppc64,$(ARCH)),libpfm4-dev)
DEPS_CHECK := valgrind libcmocka-dev libbenchmark-tools clang libclang-rt-dev cppcheck shellcheck \
	      mandoc python3-pytest python3-pytest-xdist python3-jsonschema black flake8 mypy \
	      python3-psycopg2 postgresql python3-prometheus-client jq

## Installing
.PHONY: deps
deps: ## install what bench and check need (Debian packages)
	$(Q)harness/make/deps.sh $(DEPS_BENCH) $(DEPS_CHECK)

# With `deps` among the goals nothing is compiled before it is done, with -j too.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(ALL_OBJS) $(UNRECORDED) $(SIM) $(SIM_OBJS) $(SIM_CHECKED) $(SIM_KERNELS) $(GENERATED) \
	$(B)/gen/cc.flags check: | deps
endif
