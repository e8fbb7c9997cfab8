// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "abi/abi.h"
#include "ktap.h"
#include "rule.h"
#include "rules.h"

static const struct rule *find_rule(const char *fixture, const char *test)
{
	size_t len = strlen(fixture);
	const struct rule *rule;

	for (rule = rules; rule->id; rule++)
		if (!strncmp(rule->id, fixture, len) && rule->id[len] == '.' &&
		    !strcmp(rule->id + len + 1, test))
			return rule;
	return NULL;
}

static const struct rule *find_rule_by_id(const char *id)
{
	const struct rule *rule;

	for (rule = rules; rule->id; rule++)
		if (!strcmp(rule->id, id))
			return rule;
	return NULL;
}

static const char *find_expected(const struct rule *rule, const char *variant)
{
	const struct rule_expect *e;

	for (e = rule->expect; e->variants; e++)
		if (!fnmatch(e->variants, variant, 0))
			return e->outcome;
	return NULL;
}

static const struct rule_deviation *find_deviation(const struct rule *rule,
						   const char *variant)
{
	const struct rule_deviation *d = rule->deviations;
	unsigned int major, minor, kernel;
	struct utsname uts;
	const char *mode;

	if (!d || uname(&uts) || sscanf(uts.release, "%u.%u", &major, &minor) != 2)
		return NULL;
	kernel = RULE_KERNEL(major, minor);
	mode = abi_kvm_mode();

	for (; d->variants; d++)
		if (!fnmatch(d->variants, variant, 0) &&
		    !fnmatch(d->arch, uts.machine, 0) && !fnmatch(d->mode, mode, 0) &&
		    kernel >= d->first && kernel <= d->last)
			return d;
	return NULL;
}

bool rule_is_about(const char *fixture, const char *variant, const char *test)
{
	const struct rule *rule = find_rule(fixture, test);

	return !rule || find_expected(rule, variant);
}

const char *rule_says(const char *id, const char *variant)
{
	const struct rule *rule = find_rule_by_id(id);
	const struct rule_deviation *deviation;

	if (!rule)
		return NULL;
	deviation = find_deviation(rule, variant);
	return deviation ? deviation->outcome : find_expected(rule, variant);
}

void rule_skip(const char *reason)
{
	ktap_verdict(KTAP_SKIP, reason);
	_exit(0);
}

void rule_skip_where_known(const struct rule_run *run, const char *outcome)
{
	if (run->deviation && !strcmp(run->deviation->outcome, outcome))
		rule_skip(run->deviation->reason);
}

void rule_begin(struct rule_run *run, const char *fixture, const char *variant,
		const char *test, unsigned int needs)
{
	const char *missing;
	char name[256];

	snprintf(name, sizeof(name), "%s.%s.%s", fixture, variant, test);
	ktap_begin(name);

	missing = abi_missing(needs);
	if (missing)
		rule_skip(missing);

	memset(run, 0, sizeof(*run));
	run->rule = find_rule(fixture, test);
	if (run->rule)
		run->expected = find_expected(run->rule, variant);
	if (!run->expected) {
		fprintf(stderr, "the rule table %s %s\n", run->rule ?
			"expects nothing of" : "has no rule for", name);
		_exit(1);
	}
	run->deviation = find_deviation(run->rule, variant);
}

void rule_end(struct rule_run *run)
{
	if (!run->checks)
		ktap_verdict(KTAP_UNCHECKED,
			     "expected the test to check its rule, but it ended without a check");
	else if (run->deviated)
		ktap_verdict(KTAP_XFAIL, run->deviation->reason);
	else if (run->deviation && !run->deviation->sometimes)
		ktap_verdict(KTAP_XPASS, run->deviation->reason);
}

bool rule_check(struct rule_run *run, const char *outcome, const char *fmt, ...)
{
	va_list ap;

	run->checks++;
	if (!strcmp(outcome, run->expected))
		return true;
	if (run->deviation && !strcmp(outcome, run->deviation->outcome)) {
		run->deviated++;
		return true;
	}

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, ": expected %s%s%s, got %s\n", run->expected,
		run->deviation ? " or the known deviation " : "",
		run->deviation ? run->deviation->outcome : "", outcome);
	return false;
}

const char *rule_outcome(int ret)
{
	static char number[32];
	const char *name;

	if (ret >= 0)
		return "OK";
	name = strerrorname_np(-ret);
	if (name)
		return name;
	snprintf(number, sizeof(number), "errno %d", -ret);
	return number;
}
