// SPDX-License-Identifier: GPL-2.0-only
/*
 * The allow list of the image: classes, ids and names.
 *
 *	meminspect.allow=all,-symbols,-driver,ring*
 *
 * The last word that an entry matches decides; "-" in front of it leaves out.
 *
 * Uses slots.h alone.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/ctype.h>
#include <linux/glob.h>
#include <linux/kstrtox.h>
#include <linux/moduleparam.h>
#include <linux/sysfs.h>
#include <linux/string.h>

#include "allow.h"
#include "slots.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "meminspect."

#define MAX_RULES	32

/**
 * struct allow_rule - one word of the list
 * @class:	entries of that class, or MEMINSPECT_NR_CLASSES for any
 * @id:		the entry of that id, or MEMINSPECT_ID_NONE for any
 * @name:	entries of names that this glob matches, or "" for any
 * @allow:	whether they are allowed
 */
struct allow_rule {
	u16 class;
	u16 id;
	char name[MEMINSPECT_NAME_BYTES];
	bool allow;
};

/**
 * struct allow_list - the list
 * @nr:		words
 * @rules:	in their order
 */
struct allow_list {
	unsigned int nr;
	struct allow_rule rules[MAX_RULES];
};

/* Changed with the slots locked; the panic path reads it without. */
static struct allow_list image_allows = {
	.nr = 1,
	.rules = { { .class = MEMINSPECT_NR_CLASSES, .allow = true } },
};

static bool rule_matches(const struct allow_rule *rule, const struct inspect_entry *ie)
{
	if (rule->class < MEMINSPECT_NR_CLASSES)
		return ie->class == rule->class;
	if (rule->id)
		return ie->id == rule->id;
	return !*rule->name || glob_match(rule->name, ie->name);
}

/* Whether the image takes an entry.  The slots are locked, or in a panic. */
bool meminspect_allowed(const struct inspect_entry *ie)
{
	unsigned int i = image_allows.nr;

	while (i--)
		if (rule_matches(&image_allows.rules[i], ie))
			return image_allows.rules[i].allow;
	return false;
}

/* True if the image takes entries of a class that match no id or name. */
static bool allows_class(enum meminspect_class class)
{
	const struct inspect_entry ie = { .class = class, .name = "" };

	return meminspect_allowed(&ie);
}

/* True if the image takes running tasks and their stacks. */
bool meminspect_allows_tasks(void)
{
	return allows_class(MEMINSPECT_CLASS_TASK) &&
	       allows_class(MEMINSPECT_CLASS_STACK);
}

static u16 find_class(const char *word)
{
	unsigned int class;

	for (class = 1; class < MEMINSPECT_NR_CLASSES; class++)
		if (!strcmp(word, meminspect_class_names[class]))
			break;
	return class;
}

static int parse_word(const char *word, struct allow_rule *rule)
{
	unsigned int id;

	rule->allow = *word != '-';
	word += !rule->allow;
	rule->class = find_class(word);
	rule->id = MEMINSPECT_ID_NONE;
	*rule->name = '\0';
	if (rule->class < MEMINSPECT_NR_CLASSES || !strcmp(word, "all"))
		return 0;
	if (isdigit(*word)) {
		if (kstrtouint(word, 0, &id) || id <= MEMINSPECT_ID_VMCOREINFO ||
		    id >= MEMINSPECT_ID_MAX)
			return -EINVAL;
		rule->id = id;
		return 0;
	}
	return *word && strscpy(rule->name, word) >= 0 ? 0 : -EINVAL;
}

static int parse_list(char *text, struct allow_list *list)
{
	char *word;

	list->nr = 0;
	while ((word = strsep(&text, ","))) {
		if (list->nr == MAX_RULES) {
			pr_err("allow: more than %u words\n", MAX_RULES);
			return -E2BIG;
		}
		if (parse_word(word, &list->rules[list->nr++])) {
			pr_err("allow: \"%s\" is no class, id or name\n", word);
			return -EINVAL;
		}
	}
	return 0;
}

/* Parameters are set before there is an allocator, too, one at a time. */
static int set_allow(const char *value, const struct kernel_param *kp)
{
	static struct allow_list list;
	static char text[MAX_RULES * MEMINSPECT_NAME_BYTES];
	int ret;

	if (strscpy(text, value) < 0)
		return -E2BIG;
	ret = parse_list(strim(text), &list);
	if (ret)
		return ret;
	meminspect_begin();
	image_allows = list;
	meminspect_touch_all();
	meminspect_end();
	return 0;
}

static int get_allow(char *buffer, const struct kernel_param *kp)
{
	const struct allow_rule *rule = image_allows.rules;
	const struct allow_rule *end = rule + image_allows.nr;
	int len = 0;

	for (; rule < end; rule++) {
		len += sysfs_emit_at(buffer, len, "%s%s",
				     rule == image_allows.rules ? "" : ",",
				     rule->allow ? "" : "-");
		if (rule->class < MEMINSPECT_NR_CLASSES)
			len += sysfs_emit_at(buffer, len, "%s",
					     meminspect_class_names[rule->class]);
		else if (rule->id)
			len += sysfs_emit_at(buffer, len, "%u", rule->id);
		else
			len += sysfs_emit_at(buffer, len, "%s",
					     *rule->name ? rule->name : "all");
	}
	return len + sysfs_emit_at(buffer, len, "\n");
}

static const struct kernel_param_ops allow_ops = {
	.set = set_allow,
	.get = get_allow,
};

module_param_cb(allow, &allow_ops, NULL, 0644);
MODULE_PARM_DESC(allow, "classes, ids and names that go into the image; - leaves out");
