// SPDX-License-Identifier: GPL-2.0-only
/* vgic-run/options.c, and terminal_key() in terminal.c. */
#include <string.h>

#include <kselftest_harness.h>

#include "../random.h"
#include "options.h"
#include "terminal.h"

static char error[512];

static bool parse(struct options *o, const char *first, ...)
{
	char *argv[20] = { "vgic-run" };
	const char *word = first;
	va_list arguments;
	int argc = 1;

	va_start(arguments, first);
	for (; word; word = va_arg(arguments, const char *))
		argv[argc++] = (char *)word;
	va_end(arguments);
	strcpy(error, "(no error)");
	return options_parse(o, argc, argv, error, sizeof(error));
}

TEST(defaults)
{
	struct options o;

	ASSERT_TRUE(parse(&o, "--kernel", "k", NULL));
	EXPECT_STREQ("k", o.kernel);
	EXPECT_EQ(1, o.cpus);
	EXPECT_EQ(256ULL << 20, o.memory);
	EXPECT_EQ(DIALECT_AUTO, o.dialect);
	EXPECT_EQ(0, o.gic);
	EXPECT_STREQ("", o.append);
}

TEST(all_options)
{
	struct options o;

	ASSERT_TRUE(parse(&o, "--kernel=k", "--initrd", "i", "--cpus=8", "--memory=1G",
			  "--append=a=b c", "--gic=2", "--dialect=legacy", "--disk=d:ro",
			  "--disk", "e", "--console=virtio", "--stats", "full", "--no-reboot",
			  "--dtb=t", NULL));
	EXPECT_STREQ("a=b c", o.append);
	EXPECT_EQ(8, o.cpus);
	EXPECT_EQ(1ULL << 30, o.memory);
	EXPECT_EQ(2, o.gic);
	EXPECT_EQ(DIALECT_LEGACY, o.dialect);
	EXPECT_EQ(2, o.nr_disks);
	EXPECT_STREQ("d", o.disks[0].file);
	EXPECT_TRUE(o.disks[0].read_only);
	EXPECT_FALSE(o.disks[1].read_only);
	EXPECT_EQ(CONSOLE_VIRTIO, o.console);
	EXPECT_EQ(STATS_FULL, o.stats);
	EXPECT_TRUE(o.no_reboot);
}

TEST(memory_sizes)
{
	static const struct {
		const char *text;
		uint64_t size;
	} sizes[] = {
		{ "64M", 64ULL << 20 }, { "67108864", 64ULL << 20 }, { "65536K", 64ULL << 20 },
		{ "64G", 64ULL << 30 }, { "66m", 66ULL << 20 }, { "1g", 1ULL << 30 },
		{ "62M", 0 }, { "65M", 0 }, { "65G", 0 }, { "", 0 }, { "M", 0 }, { "-64M", 0 },
		{ "64MB", 0 }, { "0x40M", 0 }, { "64 M", 0 }, { "1T", 0 }, { "0", 0 },
		{ "18446744073709551616", 0 }, { "18446744073709551615G", 0 },
		{ "17592186044416M", 0 },
	};
	struct options o;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		bool good = parse(&o, "--kernel=k", "--memory", sizes[i].text, NULL);

		EXPECT_EQ(sizes[i].size != 0, good) TH_LOG("'%s'", sizes[i].text);
		if (good)
			EXPECT_EQ(sizes[i].size, o.memory);
	}
}

TEST(error_messages)
{
	static const struct {
		const char *words[4], *says;
	} bad[] = {
		{ { NULL }, "expected --kernel" },
		{ { "--kernel" }, "expected FILE after it" },
		{ { "--kernel=" }, "the name of a file" },
		{ { "--kernel=a", "--kernel=b" }, "one such option" },
		{ { "--kernel=a", "--cpus=0" }, "from 1 to 8" },
		{ { "--kernel=a", "--cpus=9" }, "from 1 to 8" },
		{ { "--kernel=a", "--cpus=1x" }, "from 1 to 8" },
		{ { "--kernel=a", "--no-reboot=1" }, "no value" },
		{ { "--kernel=a", "b" }, "b: expected one of the options" },
		{ { "--kern=a" }, "expected one of the options" },
		{ { "--kernel=a", "--append=x\ny" }, "control characters" },
		{ { "--kernel=a", "--disk=:ro", "--disk=" }, "name of a file" },
		{ { "--kernel=a", "--gic=4" }, "auto, 2 or 3" },
		{ { "--kernel=a", "--gic=3", "--dialect=seed" }, "only dialect for a GICv3" },
		{ { "--kernel=a", "--save=s", "--dialect=legacy" }, "--save" },
		{ { "--restore=a", "--kernel=b" }, "no such option with --restore" },
		{ { "--restore=a", "--cpus=2" }, "no such option with --restore" },
		{ { "--kernel=a", "--stats=some" }, "none, short or full" },
		{ { "--kernel=a", "--console=vga" }, "pl011 or virtio" },
	};
	struct options o;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_FALSE(parse(&o, bad[i].words[0], bad[i].words[1], bad[i].words[2], NULL))
			TH_LOG("row %u", i);
		EXPECT_NE(NULL, strstr(error, bad[i].says)) TH_LOG("row %u: %s", i, error);
	}
	ASSERT_FALSE(parse(&o, "--kernel=a", "--disk=a", "--disk=a", "--disk=a", "--disk=a",
			   "--disk=a", NULL));
	EXPECT_NE(NULL, strstr(error, "at most 4 disks"));
}

TEST(long_words)
{
	static char word[4096] = "--append=";
	struct options o;

	memset(word + 9, 'x', 2047);
	EXPECT_TRUE(parse(&o, "--kernel=a", word, NULL));
	memset(word + 9, 'x', 2048);
	EXPECT_FALSE(parse(&o, "--kernel=a", word, NULL));
	EXPECT_LT(strlen(error), sizeof(error));
	memset(word, 'y', sizeof(word) - 1);
	EXPECT_FALSE(parse(&o, word, NULL));
}

TEST(keys)
{
	static const struct {
		uint8_t byte;
		enum terminal_key key;
	} typed[] = {
		{ 'x', KEY_GUEST }, { 3, KEY_GUEST }, { 1, KEY_NONE }, { 1, KEY_GUEST },
		{ 1, KEY_NONE }, { 's', KEY_SAVE }, { 's', KEY_GUEST }, { 1, KEY_NONE },
		{ 'i', KEY_INFO }, { 1, KEY_NONE }, { 'q', KEY_HELP }, { 1, KEY_NONE },
		{ 'X', KEY_QUIT }, { 0xff, KEY_GUEST }, { 0, KEY_GUEST },
	};
	bool escaped = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(typed); i++)
		EXPECT_EQ(typed[i].key, terminal_key(&escaped, typed[i].byte))
			TH_LOG("row %u", i);
}

TEST_HARNESS_MAIN
