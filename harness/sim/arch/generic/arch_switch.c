// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Switches stacks by ucontext, on architectures that have no code of their own: about ten times
 * slower, as it saves the signal mask.
 */
#include "sim/arch/switch.h"

#include <string.h>
#include <ucontext.h>

void *arch_switch_prepare(void *stack, size_t size, void (*entry)(void))
{
	ucontext_t *context = stack;
	const size_t room = (sizeof(*context) + 15) / 16 * 16;

	memset(context, 0, sizeof(*context));
	getcontext(context);
	context->uc_stack.ss_sp = (char *)stack + room;
	context->uc_stack.ss_size = size - room;
	makecontext(context, entry, 0);
	return context;
}

void arch_switch(void **save, void *load)
{
	/* Lives in this frame, which stays until somebody switches back. */
	ucontext_t here;

	/* cppcheck-suppress autoVariables ; as said above */
	*save = &here;
	swapcontext(&here, load);
}
