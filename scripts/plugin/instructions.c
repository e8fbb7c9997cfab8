// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin for QEMU's TCG that counts the instructions of a workload, by the code that they belong
 * to: the guest's, the reference kernel's in HYP mode, its module's, the host kernel's, and user
 * space's. tests/guest_linux/workloads.c runs in the machine and says where each workload begins
 * and ends, and where the module is.
 *
 *   -plugin instructions.so,out=FILE
 *
 * FILE gets lines for tools/bench.py, and after each workload the blocks of instructions that took
 * most: "# block ADDRESS OWNER INSTRUCTIONS". The machine must have one CPU.
 *
 * A block of instructions counts as a whole. If an exception ends it early, as a trapped access
 * does, the rest of the block counts twice; that concerns guests, whose accesses trap, and hardly
 * ever the host.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- QEMU's plugin interface, version 1; QEMU 7.2 and Debian install no header for it ---- */

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum { QEMU_PLUGIN_CB_NO_REGS };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  void (*cb)(unsigned int cpu, void *data), int flags,
					  void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*cb)(unsigned int cpu, void *data), int flags,
					    void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);

#define EXPORT __attribute__((visibility("default")))

EXPORT int qemu_plugin_version = 1;

/* ---- what the program in the machine has said ---- */

#define PAGE_OFFSET	0xc0000000U	/* Debian's 32-bit kernels: user space is below it */
#define MODULES		0xbf000000U	/* ... except for modules */

struct range {
	uint32_t begin, end;
};

static struct range hyp, module, enter;
static struct range vectors[8];
static unsigned int nr_vectors;

static bool within(const struct range *range, uint32_t address)
{
	return address - range->begin < range->end - range->begin;
}

/* ---- counting ---- */

enum owner { GUEST, HYP, MODULE, KERNEL, USER, OWNERS };

static const char * const owner_names[] = { "guest", "hyp", "module", "kernel", "user" };

static FILE *out;
static char workload[32];
static uint64_t counts[OWNERS];
static bool in_guest;

/**
 * struct block - instructions that run in a row; blocks live as long as QEMU
 * @address: virtual address of the first
 * @length:  number of instructions
 * @memory:  where QEMU has the first one: guests and the host use the same virtual addresses
 * @count:   how often it ran in this workload, outside of guests
 * @next:    in the list of all blocks
 */
struct block {
	uint32_t address, length;
	uintptr_t memory;
	uint64_t count;
	struct block *next;
};

static struct block *blocks;

/* Where QEMU has the pages of HYP mode's code, as far as they have run. */
static uintptr_t hyp_pages[16];

static enum owner owner_of(uint32_t address)
{
	if (within(&hyp, address))
		return HYP;
	if (within(&module, address))
		return MODULE;
	return address >= MODULES ? KERNEL : USER;
}

/* Only an exception ends a guest's run, and it begins at a vector. */
static bool is_exception(const struct block *block)
{
	uintptr_t page = hyp_pages[block->address >> 12 & 15];
	unsigned int i;

	for (i = 0; i < nr_vectors; i++)
		if (within(&vectors[i], block->address))
			return !page || page == block->memory >> 12;
	return false;
}

static void count_block(unsigned int cpu, void *data)
{
	struct block *block = data;
	enum owner owner = GUEST;

	if (in_guest)
		in_guest = !is_exception(block);
	if (!in_guest) {
		owner = owner_of(block->address);
		block->count++;
	}
	if (owner == HYP)
		hyp_pages[block->address >> 12 & 15] = block->memory >> 12;
	counts[owner] += block->length;
}

/* Other returns from HYP mode are to the host, or within HYP mode. */
static void return_from_hyp(unsigned int cpu, void *address)
{
	in_guest = within(&enter, (uintptr_t)address);
}

/* ---- words from the program ---- */

static void begin_workload(const char *name)
{
	struct block *block;

	snprintf(workload, sizeof(workload), "%s", name);
	memset(counts, 0, sizeof(counts));
	for (block = blocks; block; block = block->next)
		block->count = 0;
}

/* The blocks with at least half a per cent of the instructions outside of guests. */
static void print_blocks(uint64_t outside)
{
	const struct block *block;

	for (block = blocks; block; block = block->next)
		if (block->count * block->length >= outside / 200)
			fprintf(out, "# block 0x%" PRIx32 " %s %" PRIu64 "\n", block->address,
				owner_names[owner_of(block->address)],
				block->count * block->length);
}

static void end_workload(const char *exits)
{
	uint64_t outside = 0;
	unsigned int i;

	for (i = 0; i < OWNERS; i++) {
		fprintf(out, "bench {\"name\": \"%s.%s\", \"ns\": [%" PRIu64 "]}\n", workload,
			owner_names[i], counts[i]);
		outside += i == GUEST ? 0 : counts[i];
	}
	fprintf(out, "bench {\"name\": \"%s.outside\", \"ns\": [%" PRIu64 "], \"exits\": {%s}}\n",
		workload, outside, exits);
	print_blocks(outside);
	fflush(out);
}

static void take_line(const char *line)
{
	struct range range;
	char name[32];

	if (sscanf(line, "range %31s %" SCNx32 " %" SCNx32, name, &range.begin, &range.end) == 3) {
		if (!strcmp(name, "hyp"))
			hyp = range;
		else if (!strcmp(name, "module"))
			module = range;
		else if (!strcmp(name, "enter"))
			enter = range;
		else if (!strcmp(name, "vectors") && nr_vectors < 8)
			vectors[nr_vectors++] = range;
	} else if (sscanf(line, "begin %31s", name) == 1) {
		begin_workload(name);
	} else if (!strncmp(line, "end ", 4)) {
		end_workload(line + 4);
	} else {
		fprintf(stderr, "instructions.so: expected range, begin or end, got '%s'\n", line);
		exit(2);
	}
}

/* The program runs a function for each byte that it says. */
static void take_byte(unsigned int cpu, void *data)
{
	static char line[1024];
	static size_t length;
	char byte = (uintptr_t)data;

	if (byte != '\n' && length < sizeof(line) - 1) {
		line[length++] = byte;
		return;
	}
	line[length] = '\0';
	length = 0;
	take_line(line);
}

/* ---- instructions ---- */

#define INSN_ERET	0xe160006eU
/*
 * Two instructions without effect, which no compiler emits, begin a function that says a byte: mov
 * r11, r11; mov r12, r12. The byte is the operand of the third: mov r0, #byte.
 */
#define INSN_SAY_1	0xe1a0b00bU
#define INSN_SAY_2	0xe1a0c00cU

static uint32_t insn_at(const struct qemu_plugin_tb *tb, size_t i)
{
	const struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
	uint32_t word = 0;

	if (qemu_plugin_insn_size(insn) == sizeof(word))
		memcpy(&word, qemu_plugin_insn_data(insn), sizeof(word));
	return word;
}

static void translate_block(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct block *block = malloc(sizeof(*block));
	size_t i, count = qemu_plugin_tb_n_insns(tb);

	if (!block)
		abort();
	*block = (struct block) {
		.address = qemu_plugin_tb_vaddr(tb),
		.length = count,
		.memory = (uintptr_t)qemu_plugin_insn_haddr(qemu_plugin_tb_get_insn(tb, 0)),
		.next = blocks,
	};
	blocks = block;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, count_block, QEMU_PLUGIN_CB_NO_REGS, block);
	for (i = 0; i < count; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t word = insn_at(tb, i);

		if (word == INSN_ERET)
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, return_from_hyp, QEMU_PLUGIN_CB_NO_REGS,
				(void *)(uintptr_t)qemu_plugin_insn_vaddr(insn));
		if (i >= 2 && insn_at(tb, i - 2) == INSN_SAY_1 && insn_at(tb, i - 1) == INSN_SAY_2)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, take_byte,
							       QEMU_PLUGIN_CB_NO_REGS,
							       (void *)(uintptr_t)(word & 0xff));
	}
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "instructions.so: expected out=FILE\n");
		return 1;
	}
	out = fopen(argv[0] + 4, "w");
	if (!out) {
		perror(argv[0] + 4);
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate_block);
	return 0;
}
