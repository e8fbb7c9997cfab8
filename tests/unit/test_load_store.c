// SPDX-License-Identifier: GPL-2.0-only
/*
 * arch/arm/kvm/load_store.c: addresses of loads and stores. The encodings are those of GNU as.
 */
#include <kselftest_harness.h>

#include "exception.h"
#include "load_store.h"
#include "loops.h"

#define SVC		0x13
#define FIQ		0x11
#define CPSR_T		(1U << 5)
#define CPSR_C		(1U << 29)

#define PC		0x8002U		/* aligned for Thumb only */
#define R2		0x10000000U
#define R3		0x00000814U
#define R4		0x80000100U
#define R6		0x20000000U
#define R8		0x30000000U
#define R9		0x40000000U
#define SP		0x50000000U

static struct guest_cpu some_cpu(u32 cpsr)
{
	struct guest_cpu cpu = { .gp = { .cpsr = cpsr, .pc = PC } };
	unsigned int i;

	EACH(i, 13)
		cpu.gp.r[i] = 0xdead0000 + i;
	cpu.gp.r[2] = R2;
	cpu.gp.r[3] = R3;
	cpu.gp.r[4] = R4;
	cpu.gp.r[6] = R6;
	cpu.gp.r[8] = R8;
	cpu.gp.r[9] = R9;
	cpu.banked.svc.sp = SP;
	return cpu;
}

struct instruction {
	u32 code;
	u32 addr;
	const char *text;
};

static const struct instruction arm[] = {
	{ 0xe5921000, R2, "ldr r1, [r2]" },
	{ 0xe5843abc, R4 + 0xabc, "str r3, [r4, #0xabc]" },
	{ 0xe5165123, R6 - 0x123, "ldr r5, [r6, #-0x123]" },
	{ 0xe5d87001, R8 + 1, "ldrb r7, [r8, #1]" },
	{ 0xe7921003, R2 + R3, "ldr r1, [r2, r3]" },
	{ 0xe7021003, R2 - R3, "str r1, [r2, -r3]" },
	{ 0xe7921103, R2 + (R3 << 2), "ldr r1, [r2, r3, lsl #2]" },
	{ 0xe79211a3, R2 + (R3 >> 3), "ldr r1, [r2, r3, lsr #3]" },
	{ 0xe7921023, R2, "ldr r1, [r2, r3, lsr #32]" },
	{ 0xe7921244, R2 + 0xf8000010, "ldr r1, [r2, r4, asr #4]" },
	{ 0xe7921044, R2 - 1, "ldr r1, [r2, r4, asr #32]" },
	{ 0xe7921464, R2 + 0x00800001, "ldr r1, [r2, r4, ror #8]" },
	{ 0xe7921063, R2 + R3 / 2, "ldr r1, [r2, r3, rrx]" },
	{ 0xe59f1008, PC + 8 + 8, "ldr r1, [pc, #8]" },
	{ 0xe1d215ba, R2 + 0x5a, "ldrh r1, [r2, #0x5a]" },
	{ 0xe1421ab5, R2 - 0xa5, "strh r1, [r2, #-0xa5]" },
	{ 0xe19210b3, R2 + R3, "ldrh r1, [r2, r3]" },
	{ 0xe11210f3, R2 - R3, "ldrsh r1, [r2, -r3]" },
	{ 0xe1d210d3, R2 + 3, "ldrsb r1, [r2, #3]" },
	{ 0x15921004, R2 + 4, "ldrne r1, [r2, #4]" },
};

static const struct instruction not_arm[] = {
	{ 0xe5b21004, 0, "ldr r1, [r2, #4]!" },
	{ 0xe4921004, 0, "ldr r1, [r2], #4" },
	{ 0xe4b21000, 0, "ldrt r1, [r2]" },
	{ 0xe1c200d0, 0, "ldrd r0, r1, [r2]" },
	{ 0xe1c200f8, 0, "strd r0, r1, [r2, #8]" },
	{ 0xe892000a, 0, "ldm r2, {r1, r3}" },
	{ 0xe1921f9f, 0, "ldrex r1, [r2]" },
	{ 0xe0010392, 0, "mul r1, r2, r3" },
	{ 0xe0821003, 0, "add r1, r2, r3" },
	{ 0xe1520003, 0, "cmp r2, r3" },
	{ 0xe7f000f0, 0, "udf #0" },
	{ 0xeafffffe, 0, "b ." },
	{ 0xed920a00, 0, "vldr s0, [r2]" },
	{ 0xf5d2f000, 0, "pld [r2]" },
};

static const struct instruction thumb[] = {
	{ 0x58d1, R2 + R3, "ldr r1, [r2, r3]" },
	{ 0x52d1, R2 + R3, "strh r1, [r2, r3]" },
	{ 0x56d1, R2 + R3, "ldrsb r1, [r2, r3]" },
	{ 0x67d1, R2 + 0x7c, "str r1, [r2, #0x7c]" },
	{ 0x6851, R2 + 4, "ldr r1, [r2, #4]" },
	{ 0x7fd1, R2 + 0x1f, "ldrb r1, [r2, #0x1f]" },
	{ 0x87d1, R2 + 0x3e, "strh r1, [r2, #0x3e]" },
	{ 0x8851, R2 + 2, "ldrh r1, [r2, #2]" },
	{ 0x91ff, SP + 0x3fc, "str r1, [sp, #0x3fc]" },
	{ 0x9901, SP + 4, "ldr r1, [sp, #4]" },
	{ 0x4904, PC + 2 + 0x10, "ldr r1, [pc, #0x10]" },
};

static const struct instruction not_thumb[] = {
	{ 0x1888, 0, "adds r0, r1, r2" },
	{ 0xb402, 0, "push {r1}" },
	{ 0xca02, 0, "ldm r2!, {r1}" },
	{ 0x4610, 0, "mov r0, r2" },
	{ 0xa101, 0, "adr r1, 1f" },
};

static const struct instruction wide[] = {
	{ 0xf8d21abc, R2 + 0xabc, "ldr.w r1, [r2, #0xabc]" },
	{ 0xf8c81001, R8 + 1, "str.w r1, [r8, #1]" },
	{ 0xf8321c12, R2 - 0x12, "ldrh.w r1, [r2, #-0x12]" },
	{ 0xf8521e34, R2 + 0x34, "ldrt r1, [r2, #0x34]" },
	{ 0xf8521033, R2 + (R3 << 3), "ldr.w r1, [r2, r3, lsl #3]" },
	{ 0xf8091003, R9 + R3, "strb.w r1, [r9, r3]" },
	{ 0xf8df1123, PC + 2 + 0x123, "ldr.w r1, [pc, #0x123]" },
	{ 0xf85f1123, PC + 2 - 0x123, "ldr.w r1, [pc, #-0x123]" },
	{ 0xf9b21006, R2 + 6, "ldrsh.w r1, [r2, #6]" },
};

static const struct instruction not_wide[] = {
	{ 0xf8521f04, 0, "ldr r1, [r2, #4]!" },
	{ 0xf8521b04, 0, "ldr r1, [r2], #4" },
	{ 0xe9d20100, 0, "ldrd r0, r1, [r2]" },
	{ 0xe8521f00, 0, "ldrex r1, [r2]" },
	{ 0xe892000a, 0, "ldm.w r2, {r1, r3}" },
	{ 0xeb020103, 0, "add.w r1, r2, r3" },
	{ 0xf8e21003, 0, "size 3 is not a load or store" },
	{ 0xf8cf1004, 0, "a store has no literal" },
};

static void expect_known(struct __test_metadata *_metadata, const struct instruction *list,
			 unsigned int count, u32 cpsr, bool is_wide)
{
	struct guest_cpu cpu = some_cpu(cpsr);
	unsigned int i;

	EACH(i, count) {
		u32 addr = 0;

		EXPECT_TRUE(access_address(&cpu, list[i].code, is_wide, &addr))
			TH_LOG("%s", list[i].text);
		EXPECT_EQ(list[i].addr, addr)
			TH_LOG("%s", list[i].text);
	}
}

static void expect_unknown(struct __test_metadata *_metadata, const struct instruction *list,
			   unsigned int count, u32 cpsr, bool is_wide)
{
	struct guest_cpu cpu = some_cpu(cpsr);
	unsigned int i;
	u32 addr;

	EACH(i, count)
		EXPECT_FALSE(access_address(&cpu, list[i].code, is_wide, &addr))
			TH_LOG("%s", list[i].text);
}

TEST(in_arm_state)
{
	expect_known(_metadata, arm, ARRAY_SIZE(arm), SVC, true);
	expect_unknown(_metadata, not_arm, ARRAY_SIZE(not_arm), SVC, true);
}

TEST(in_thumb_state)
{
	expect_known(_metadata, thumb, ARRAY_SIZE(thumb), SVC | CPSR_T, false);
	expect_unknown(_metadata, not_thumb, ARRAY_SIZE(not_thumb), SVC | CPSR_T, false);
}

TEST(wide_in_thumb_state)
{
	expect_known(_metadata, wide, ARRAY_SIZE(wide), SVC | CPSR_T, true);
	expect_unknown(_metadata, not_wide, ARRAY_SIZE(not_wide), SVC | CPSR_T, true);
}

/* RRX shifts the carry in. */
TEST(carry)
{
	struct guest_cpu cpu = some_cpu(SVC | CPSR_C);
	u32 addr = 0;

	EXPECT_TRUE(access_address(&cpu, 0xe7921063, true, &addr));
	EXPECT_EQ(R2 + R3 / 2 + 0x80000000, addr);
}

/* The base register is that of the current mode. */
TEST(banked_base)
{
	struct guest_cpu cpu = some_cpu(FIQ);
	u32 addr = 0;

	cpu.banked.fiq_r[0] = 0x60000000;
	EXPECT_TRUE(access_address(&cpu, 0xe5d87001, true, &addr));
	EXPECT_EQ(0x60000001, addr);
}

TEST_HARNESS_MAIN
