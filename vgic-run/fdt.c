// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <sys/random.h>

#include <libfdt.h>

#include "guest_arch.h"
#include "error.h"
#include "fdt.h"
#include "map.h"

#define PHANDLE_GIC	1
#define PHANDLE_CLOCK	2

/* Interrupt specifiers: values of the first cell, the type, and of the last cell, the flags. */
#define SPI		0
#define PPI		1
#define LEVEL_HIGH	4

/* The timer's PPIs, minus 16, in the order of the device tree binding. */
#define PPI_SECURE	13
#define PPI_PHYSICAL	14
#define PPI_VIRTUAL	11
#define PPI_HYP		10

/* ---- writing; fdt_make() checks errors once, at the end ---- */

/**
 * struct writer - a tree that is being written
 * @tree:  the buffer
 * @error: the first error of libfdt, or 0
 */
struct writer {
	void *tree;
	int error;
};

static void keep(struct writer *w, int error)
{
	if (!w->error)
		w->error = error;
}

static void begin(struct writer *w, const char *format, ...) PRINTF_LIKE(2, 3);
static void begin(struct writer *w, const char *format, ...)
{
	va_list arguments;
	char name[64];

	va_start(arguments, format);
	vsnprintf(name, sizeof(name), format, arguments);
	va_end(arguments);
	keep(w, fdt_begin_node(w->tree, name));
}

static void end(struct writer *w)
{
	keep(w, fdt_end_node(w->tree));
}

static void text(struct writer *w, const char *name, const char *value)
{
	keep(w, fdt_property_string(w->tree, name, value));
}

static void flag(struct writer *w, const char *name)
{
	keep(w, fdt_property(w->tree, name, NULL, 0));
}

static void cell(struct writer *w, const char *name, uint32_t value)
{
	keep(w, fdt_property_u32(w->tree, name, value));
}

static void cells(struct writer *w, const char *name, const uint32_t *values,
		  unsigned int count)
{
	fdt32_t cells[32];
	unsigned int i;

	for (i = 0; i < count; i++)
		cells[i] = cpu_to_fdt32(values[i]);
	keep(w, fdt_property(w->tree, name, cells, count * sizeof(cells[0])));
}

#define CELLS(w, name, ...) do {					\
	const uint32_t cells_[] = { __VA_ARGS__ };			\
									\
	cells(w, name, cells_, sizeof(cells_) / sizeof(cells_[0]));	\
} while (0)

/* An address or a size, as two cells. */
#define WIDE(x)	(uint32_t)((uint64_t)(x) >> 32), (uint32_t)(x)

/* ---- nodes ---- */

static void chosen(struct writer *w, const struct fdt_machine *m)
{
	uint8_t seed[32];

	begin(w, "chosen");
	text(w, "bootargs", m->bootargs);
	text(w, "stdout-path", "/pl011@9000000");
	if (m->initrd_size) {
		CELLS(w, "linux,initrd-start", WIDE(m->initrd));
		CELLS(w, "linux,initrd-end", WIDE(m->initrd + m->initrd_size));
	}
	/* A guest with few devices would otherwise wait for entropy for a long time. */
	if (getrandom(seed, sizeof(seed), 0) == sizeof(seed))
		keep(w, fdt_property(w->tree, "rng-seed", seed, sizeof(seed)));
	end(w);
}

static void cpus(struct writer *w, const struct fdt_machine *m)
{
	unsigned int i;

	begin(w, "cpus");
	cell(w, "#address-cells", ARCH_IS_64BIT ? 2 : 1);
	cell(w, "#size-cells", 0);
	for (i = 0; i < m->cpus; i++) {
		begin(w, "cpu@%llx", (unsigned long long)m->mpidr[i]);
		text(w, "device_type", "cpu");
		text(w, "compatible", ARCH_CPU);
		text(w, "enable-method", "psci");
		if (ARCH_IS_64BIT)
			CELLS(w, "reg", WIDE(m->mpidr[i]));
		else
			cell(w, "reg", m->mpidr[i]);
		end(w);
	}
	end(w);
}

static void psci(struct writer *w)
{
	begin(w, "psci");
	text(w, "compatible", "arm,psci-0.2");
	text(w, "method", "hvc");
	end(w);
}

/* A GICv2's PPI specifiers have a mask of CPUs in bits 15 to 8 of the flags. */
static uint32_t ppi_flags(const struct fdt_machine *m)
{
	return m->gic_version == 2 ? ((1U << m->cpus) - 1) << 8 | LEVEL_HIGH : LEVEL_HIGH;
}

static void timer(struct writer *w, const struct fdt_machine *m)
{
	uint32_t flags = ppi_flags(m);

	begin(w, "timer");
	text(w, "compatible", ARCH_TIMER);
	CELLS(w, "interrupts", PPI, PPI_SECURE, flags, PPI, PPI_PHYSICAL, flags,
	      PPI, PPI_VIRTUAL, flags, PPI, PPI_HYP, flags);
	flag(w, "always-on");
	end(w);
}

static void gic(struct writer *w, const struct fdt_machine *m)
{
	begin(w, "interrupt-controller@%llx", GICD_BASE);
	text(w, "compatible", m->gic_version == 3 ? "arm,gic-v3" : "arm,cortex-a15-gic");
	flag(w, "interrupt-controller");
	cell(w, "#interrupt-cells", 3);
	cell(w, "phandle", PHANDLE_GIC);
	if (m->gic_version == 3)
		CELLS(w, "reg", WIDE(GICD_BASE), WIDE(GICD_V3_SIZE),
		      WIDE(GICR_BASE), WIDE(GICR_SIZE * m->cpus));
	else
		CELLS(w, "reg", WIDE(GICD_BASE), WIDE(GICD_SIZE),
		      WIDE(GICC_BASE), WIDE(GICC_SIZE));
	end(w);
}

static void uart(struct writer *w)
{
	static const char compatible[] = "arm,pl011\0arm,primecell";
	static const char clock_names[] = "uartclk\0apb_pclk";

	begin(w, "apb-pclk");
	text(w, "compatible", "fixed-clock");
	cell(w, "#clock-cells", 0);
	cell(w, "clock-frequency", 24000000);
	cell(w, "phandle", PHANDLE_CLOCK);
	end(w);

	begin(w, "pl011@%llx", UART_BASE);
	keep(w, fdt_property(w->tree, "compatible", compatible, sizeof(compatible)));
	CELLS(w, "reg", WIDE(UART_BASE), WIDE(0x1000));
	CELLS(w, "interrupts", SPI, UART_INTID - 32, LEVEL_HIGH);
	CELLS(w, "clocks", PHANDLE_CLOCK, PHANDLE_CLOCK);
	keep(w, fdt_property(w->tree, "clock-names", clock_names, sizeof(clock_names)));
	end(w);
}

static void virtio(struct writer *w, unsigned int n)
{
	begin(w, "virtio_mmio@%llx", VIRTIO_BASE(n));
	text(w, "compatible", "virtio,mmio");
	CELLS(w, "reg", WIDE(VIRTIO_BASE(n)), WIDE(0x1000));
	CELLS(w, "interrupts", SPI, VIRTIO_INTID(n) - 32, LEVEL_HIGH);
	flag(w, "dma-coherent");
	end(w);
}

void fdt_make(void *tree, size_t size, const struct fdt_machine *m)
{
	struct writer w = { .tree = tree };
	unsigned int i;

	keep(&w, fdt_create(tree, size));
	keep(&w, fdt_finish_reservemap(tree));
	begin(&w, "%s", "");
	text(&w, "compatible", "linux,dummy-virt");
	text(&w, "model", "vgic-run");
	cell(&w, "#address-cells", 2);
	cell(&w, "#size-cells", 2);
	cell(&w, "interrupt-parent", PHANDLE_GIC);
	chosen(&w, m);
	begin(&w, "memory@%llx", MEMORY_BASE);
	text(&w, "device_type", "memory");
	CELLS(&w, "reg", WIDE(MEMORY_BASE), WIDE(m->memory));
	end(&w);
	cpus(&w, m);
	psci(&w);
	timer(&w, m);
	gic(&w, m);
	uart(&w);
	/* Linux names disks in the order of these nodes. */
	for (i = 0; i < m->nr_virtio; i++)
		virtio(&w, i);
	end(&w);
	keep(&w, fdt_finish(tree));
	if (w.error)
		fail("device tree: %s", fdt_strerror(w.error));
}
