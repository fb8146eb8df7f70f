/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loops that a host is calibrated with. They have nothing to do with allocators, and each
 * exists twice: built natively (native_) and for the simulator (simulated_).
 */
#ifndef IOMMUBENCH_SIM_KERNELS_H
#define IOMMUBENCH_SIM_KERNELS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct kernel_ball {
	_Alignas(256) _Atomic uint64_t turn;
};

/* Integer code on data in the L1: hashes, searches and moves @n words of scratch, @rounds times. */
uint64_t native_compute(uint64_t *words, size_t n, unsigned int rounds);
uint64_t simulated_compute(uint64_t *words, size_t n, unsigned int rounds);

/* Two CPUs, @side 0 and 1, wait for each other's store to one word in turn, @rounds times each. */
void native_pingpong(struct kernel_ball *ball, unsigned int side, uint64_t rounds);
void simulated_pingpong(struct kernel_ball *ball, unsigned int side, uint64_t rounds);

#endif
