// SPDX-License-Identifier: GPL-2.0-only
/* virt/kvm/arm/host_tree.c: detection of unusable hosts by their device tree. */
#include <kselftest_harness.h>

#include <kvm/host_tree.h>

#define PAGE	0x1000

/* A GIC-400, and a kernel that was booted in HYP mode. */
static const struct host_tree host = {
	.gicv2 = true, .gicc_size = 0x2000, .gich_size = 0x2000, .gicv = 0x1c86000,
	.gicv_size = 0x2000, .maintenance = 25, .splits_eoi = true, .timer = 27,
};

/* The same with some fields changed. */
static struct host_tree tree;
#define WITH(...)	(tree = host, __VA_ARGS__, &tree)

static const char *remedy_of(enum host_problem problem)
{
	return host_messages[problem].remedy;
}

TEST(usable_host)
{
	EXPECT_EQ(HOST_OK, host_tree_hyp(&host));
	EXPECT_EQ(HOST_OK, host_tree_gic(&host, PAGE));
	EXPECT_EQ(HOST_OK, host_tree_timer(&host));
}

TEST(every_problem_has_a_message)
{
	unsigned int i;

	for (i = HOST_OK + 1; i < NR_HOST_PROBLEMS; i++) {
		ASSERT_NE(NULL, host_messages[i].problem);
		ASSERT_NE(NULL, host_messages[i].remedy);
	}
}

/* A kernel in HYP mode does not split the EOI if the second page of the GICC is missing. */
TEST(short_gicc)
{
	enum host_problem problem =
		host_tree_hyp(WITH(tree.gicc_size = 0x1000, tree.splits_eoi = false));

	EXPECT_EQ(HOST_SHORT_GICC, problem);
	EXPECT_NE(NULL, strstr(remedy_of(problem), "irqchip.gicv2_force_probe=1"));
	EXPECT_EQ(HOST_SHORT_GICC, host_tree_hyp(WITH(tree.gicc_size = 0x1fff,
						      tree.splits_eoi = false)));
	/* With irqchip.gicv2_force_probe=1 the kernel splits the EOI. */
	EXPECT_EQ(HOST_OK, host_tree_hyp(WITH(tree.gicc_size = 0x1000)));
	EXPECT_EQ(HOST_OK, host_tree_gic(WITH(tree.gicc_size = 0x1000), PAGE));
}

/* A kernel in SVC mode uses the virtual timer. The problem is then not a short GICC. */
TEST(not_in_hyp_mode)
{
	EXPECT_EQ(HOST_NOT_IN_HYP, host_tree_hyp(WITH(tree.splits_eoi = false,
						      tree.timer_is_used = true)));
	EXPECT_EQ(HOST_NOT_IN_HYP, host_tree_hyp(WITH(tree.splits_eoi = false,
						      tree.timer_is_used = true,
						      tree.gicc_size = 0x1000)));
	EXPECT_EQ(HOST_NOT_IN_HYP, host_tree_hyp(WITH(tree.splits_eoi = false)));
	EXPECT_NE(NULL, strstr(remedy_of(HOST_NOT_IN_HYP), "boot loader"));
}

TEST(no_gicv2)
{
	EXPECT_EQ(HOST_NO_GICV2, host_tree_hyp(WITH(tree.gicv2 = false)));
	EXPECT_EQ(HOST_GICV3, host_tree_hyp(WITH(tree.gicv2 = false, tree.gicv3 = true)));
}

TEST(no_gic_for_guests)
{
	EXPECT_EQ(HOST_NO_GICV, host_tree_gic(WITH(tree.gich_size = 0), PAGE));
	EXPECT_EQ(HOST_NO_GICV, host_tree_gic(WITH(tree.gicv_size = 0), PAGE));
	EXPECT_EQ(HOST_GICV_WITHIN_PAGE, host_tree_gic(WITH(tree.gicv += 0x800), PAGE));
	EXPECT_EQ(HOST_GICV_WITHIN_PAGE, host_tree_gic(&host, 0x10000));
	EXPECT_EQ(HOST_SHORT_GICV, host_tree_gic(WITH(tree.gicv_size = 0x1000), PAGE));
	EXPECT_EQ(HOST_OK, host_tree_gic(WITH(tree.gicv_size = 0x10000), PAGE));
	EXPECT_EQ(HOST_NO_MAINTENANCE, host_tree_gic(WITH(tree.maintenance = 0), PAGE));
}

TEST(no_timer)
{
	EXPECT_EQ(HOST_NO_TIMER, host_tree_timer(WITH(tree.timer = 0)));
}

TEST_HARNESS_MAIN
