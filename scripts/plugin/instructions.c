// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin for QEMU's TCG that counts the instructions of a workload, by the code that they belong
 * to: the guest's, the reference kernel's in HYP mode, its module's, the host kernel's, and user
 * space's. tests/guest_linux/workloads.c runs in the machine and says where each workload begins
 * and ends, and where the module is.
 *
 *   -plugin instructions.so,out=FILE
 *
 * FILE gets lines for tools/bench.py, and after each workload the blocks with at least half a per
 * cent of the instructions outside of guests: "# block ADDRESS OWNER INSTRUCTIONS". The machine
 * must have one CPU.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- QEMU's plugin interface, version 1: that of QEMU 7.2, whose package has no header ---- */

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum { QEMU_PLUGIN_CB_NO_REGS };
enum { QEMU_PLUGIN_INLINE_ADD_U64 };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  void (*cb)(unsigned int cpu, void *data), int flags,
					  void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*cb)(unsigned int cpu, void *data), int flags,
					    void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *ptr,
						uint64_t operand);
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

#define MODULES		0xbf000000U	/* from here on: modules and the kernel */

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
 * struct block - instructions that run in a row
 * @address: virtual address of the first instruction
 * @memory:  its place in QEMU's memory; guests and the host may have equal virtual addresses
 * @count:   instructions of the block that were executed in this workload, outside of guests
 * @next:    in the list of its bucket
 */
struct block {
	uint32_t address;
	uintptr_t memory;
	uint64_t count;
	struct block *next;
};

/* Blocks live as long as QEMU, which translates some of them several times. */
#define BUCKETS		65536U

static struct block *buckets[BUCKETS];

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

/*
 * Only an exception that is taken to a vector of HYP mode ends a guest's run. Guest code may have
 * the same virtual address as a vector, but is on another page of QEMU's memory.
 */
static bool is_exception(const struct block *block)
{
	uintptr_t page = hyp_pages[block->address >> 12 & 15];
	unsigned int i;

	for (i = 0; i < nr_vectors; i++)
		if (within(&vectors[i], block->address))
			return !page || page == block->memory >> 12;
	return false;
}

/*
 * Instructions of the running block, which QEMU counts one by one: exceptions and accesses to
 * devices end a block early.
 */
static uint64_t executed;
static struct block *running;
static enum owner running_owner;

static void count_running(void)
{
	counts[running_owner] += executed;
	if (running && running_owner != GUEST)
		running->count += executed;
	executed = 0;
}

static void begin_block(unsigned int cpu, void *data)
{
	struct block *block = data;

	count_running();
	if (in_guest)
		in_guest = !is_exception(block);
	running = block;
	running_owner = in_guest ? GUEST : owner_of(block->address);
	if (running_owner == HYP)
		hyp_pages[block->address >> 12 & 15] = block->memory >> 12;
}

/* An ERET in the range enter starts the guest. Others return to the host or stay in HYP mode. */
static void return_from_hyp(unsigned int cpu, void *address)
{
	in_guest = within(&enter, (uintptr_t)address);
}

/* ---- words from the program ---- */

static void begin_workload(const char *name)
{
	struct block *block;
	unsigned int i;

	snprintf(workload, sizeof(workload), "%s", name);
	count_running();
	memset(counts, 0, sizeof(counts));
	for (i = 0; i < BUCKETS; i++)
		for (block = buckets[i]; block; block = block->next)
			block->count = 0;
}

/* The blocks with at least half a per cent of the instructions outside of guests. */
static void print_blocks(uint64_t outside)
{
	const struct block *block;
	unsigned int i;

	for (i = 0; i < BUCKETS; i++)
		for (block = buckets[i]; block; block = block->next)
			if (block->count >= outside / 200)
				fprintf(out, "# block 0x%" PRIx32 " %s %" PRIu64 "\n",
					block->address, owner_names[owner_of(block->address)],
					block->count);
}

static void end_workload(const char *exits)
{
	uint64_t outside = 0;
	unsigned int i;

	count_running();
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

/* The program in the machine sends a byte by running the function for this byte. */
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

static uint32_t word_of(const struct qemu_plugin_insn *insn)
{
	uint32_t word = 0;

	if (qemu_plugin_insn_size(insn) == sizeof(word))
		memcpy(&word, qemu_plugin_insn_data(insn), sizeof(word));
	return word;
}

/*
 * The two instructions before may be in another block, so read them from memory: a function that
 * says a byte does not cross a page.
 */
static bool says_byte(const struct qemu_plugin_insn *insn)
{
	const uint32_t *memory = qemu_plugin_insn_haddr(insn);

	return memory && (qemu_plugin_insn_vaddr(insn) & 15) == 8 && memory[-2] == INSN_SAY_1 &&
	       memory[-1] == INSN_SAY_2;
}

static struct block *find_block(uint32_t address, uintptr_t memory)
{
	struct block **bucket = &buckets[address >> 1 & (BUCKETS - 1)], *block;

	for (block = *bucket; block; block = block->next)
		if (block->address == address && block->memory == memory)
			return block;
	block = malloc(sizeof(*block));
	if (!block)
		abort();
	*block = (struct block) { .address = address, .memory = memory, .next = *bucket };
	*bucket = block;
	return block;
}

static void translate_block(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(tb, 0);
	struct block *block = find_block(qemu_plugin_tb_vaddr(tb),
					 (uintptr_t)qemu_plugin_insn_haddr(first));
	size_t i, count = qemu_plugin_tb_n_insns(tb);

	qemu_plugin_register_vcpu_tb_exec_cb(tb, begin_block, QEMU_PLUGIN_CB_NO_REGS, block);
	for (i = 0; i < count; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t word = word_of(insn);

		qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
							   &executed, 1);
		if (word == INSN_ERET)
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, return_from_hyp, QEMU_PLUGIN_CB_NO_REGS,
				(void *)(uintptr_t)qemu_plugin_insn_vaddr(insn));
		if (says_byte(insn))
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
