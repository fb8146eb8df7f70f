/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/pci.h, linux/pci_hotplug.h, linux/ioport.h: a PCI device is known by its number on a bus and what the
 * platform keeps of it. The rest is here so that structs which have it within have about their size.
 */
#ifndef IOMMUBENCH_KERNEL_PCI_H
#define IOMMUBENCH_KERNEL_PCI_H

#define PCI_STD_NUM_BARS 6

struct pci_dev {
	unsigned int devfn;
	void *sysdata;
	struct device dev;
};
#define to_pci_dev(device) container_of(device, struct pci_dev, dev)

enum pci_bus_speed { PCI_SPEED_UNKNOWN = 0xff };

struct resource {
	u64 start, end;
	const char *name;
	unsigned long flags, desc;
	struct resource *parent, *sibling, *child;
};

struct hotplug_slot {
	const void *ops;
	struct list_head slot_list;
	void *pci_slot;
};

#endif
