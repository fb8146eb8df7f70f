// SPDX-License-Identifier: GPL-2.0-or-later
/* Where the items of a C file begin and end, and what they name: harness/kernel/cut/items.h. */
#include "unit/helpers.h"

#include "kernel/cut/items.h"

static bool has(const struct names *names, const char *text)
{
	const struct name name = {.text = text, .length = strlen(text)};

	return names_have(names, &name);
}

/* One item of @source, whose text must begin with its beginning and end with @end. */
struct expected {
	enum item_kind kind;
	const char *begin, *end, *defines;
};

static void check_items(const char *source, const struct expected *expected, size_t count)
{
	struct items items = items_of(source, strlen(source));

	CHECK(items.count == count, "%zu items in:\n%s", items.count, source);
	for (size_t i = 0; i < count; i++) {
		const struct item *item = &items.item[i];
		const struct expected *x = &expected[i];
		const size_t end = strlen(x->end);

		assert_int_equal(item->kind, x->kind);
		CHECK(item->length >= end && !strncmp(item->text, x->begin, strlen(x->begin)) &&
			      !memcmp(item->text + item->length - end, x->end, end),
		      "item %zu is '%.*s'", i, (int)item->length, item->text);
		CHECK(!x->defines || has(&item->defines, x->defines), "item %zu: %s", i,
		      x->defines);
	}
	items_free(&items);
}

#define CHECK_ITEMS(source, ...)                                    \
	check_items(source, (const struct expected[]){__VA_ARGS__}, \
		    sizeof((const struct expected[]){__VA_ARGS__}) / sizeof(struct expected))

static void test_definitions(void **state)
{
	(void)state;
	CHECK_ITEMS("static int f(int a)\n{\n\tif (a) { g(); }\n\treturn 0;\n}\nint x = 3;\n",
		    {ITEM_CODE, "static", "}", "f"}, {ITEM_CODE, "int x", "3;", "x"});
	CHECK_ITEMS("struct s { int a; struct { int b; } c; };\nstruct s v = { .a = 1 };",
		    {ITEM_CODE, "struct s {", "};", "s"}, {ITEM_CODE, "struct s v", "};", "v"});
	CHECK_ITEMS("enum e { ONE, TWO = 2, };", {ITEM_CODE, "enum", "};", "TWO"});
	CHECK_ITEMS("enum { ALONE };", {ITEM_CODE, "enum", "};", "ALONE"});
	CHECK_ITEMS("typedef unsigned long word_t;", {ITEM_CODE, "typedef", ";", "word_t"});
	CHECK_ITEMS("int f(void);\nextern int a, b[3];", {ITEM_CODE, "int f", ";", "f"},
		    {ITEM_CODE, "extern", "];", "b"});
	CHECK_ITEMS("static const struct ops o = {\n\t.f = g,\n};\nvoid h(void) {}",
		    {ITEM_CODE, "static", "};", "o"}, {ITEM_CODE, "void h", "}", "h"});
	CHECK_ITEMS("struct s *f(struct s *x)\n{\n\treturn x;\n}",
		    {ITEM_CODE, "struct s *f", "}", "f"});
}

static void test_macros_that_define(void **state)
{
	(void)state;
	CHECK_ITEMS("static DEFINE_PER_CPU(unsigned int, hash);\nEXPORT_SYMBOL(f);\nint a;",
		    {ITEM_CODE, "static", ");", "hash"}, {ITEM_CODE, "EXPORT", ");", "f"},
		    {ITEM_CODE, "int a", ";", "a"});
}

static void test_preprocessor(void **state)
{
	(void)state;
	CHECK_ITEMS("#include <x.h>\n#define A(b) \\\n\tc(b)\n#ifdef D\nint e;\n#endif\n",
		    {ITEM_OTHER, "#include", ">", NULL}, {ITEM_MACRO, "#define", "c(b)", "A"},
		    {ITEM_CONDITIONAL, "#ifdef", "D", NULL}, {ITEM_CODE, "int e", ";", "e"},
		    {ITEM_CONDITIONAL, "#endif", "f", NULL});
	/* As checked out on other systems, or with a blank at the end. */
	CHECK_ITEMS("#define A(b) \\\r\n\tc(b)\r\n#define D \\ \n\te\r\nint f;\r\n",
		    {ITEM_MACRO, "#define", "c(b)\r", "A"}, {ITEM_MACRO, "#define", "e\r", "D"},
		    {ITEM_CODE, "int f", ";", "f"});
	/* Within a definition they belong to it, though each branch closes the brace. */
	CHECK_ITEMS("int f(void)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (b) "
		    "{\n#endif\n\t\tg();\n\t}\n}\n"
		    "int z;",
		    {ITEM_CODE, "int f", ";", NULL});
}

static void test_what_only_looks_like_code(void **state)
{
	(void)state;
	CHECK_ITEMS("/* int a; { */\nint b; // int c; {\nchar *d = \"}; \\\" {\";\nchar e = '{';\n"
		    "char f = '\\'';\nint g;",
		    {ITEM_CODE, "int b", ";", "b"}, {ITEM_CODE, "char *d", ";", "d"},
		    {ITEM_CODE, "char e", ";", "e"}, {ITEM_CODE, "char f", ";", "f"},
		    {ITEM_CODE, "int g", ";", "g"});
}

static void test_uses(void **state)
{
	const char source[] =
		"int f(struct s *p)\n{\n\treturn g(p->member, p . other) + CONSTANT;\n}";
	struct items items = items_of(source, strlen(source));

	(void)state;
	assert_int_equal(items.count, 1);
	assert_true(has(&items.item[0].uses, "s") && has(&items.item[0].uses, "g"));
	assert_true(has(&items.item[0].uses, "CONSTANT"));
	/* A member names nothing. */
	assert_false(has(&items.item[0].uses, "member") || has(&items.item[0].uses, "other"));
	assert_false(has(&items.item[0].defines, "g") || has(&items.item[0].uses, "CONST"));
	items_free(&items);
}

static void test_lines(void **state)
{
	const char source[] = "/* 1\n * 2\n */\n#define A \\\n 1\nint b;\n\n\nint\nc;\n";
	struct items items = items_of(source, strlen(source));

	(void)state;
	assert_int_equal(items.count, 3);
	assert_int_equal(items.item[0].line, 4);
	assert_int_equal(items.item[1].line, 6);
	assert_int_equal(items.item[2].line, 9);
	items_free(&items);
}

static void test_what_ends_too_early(void **state)
{
	static const char *const sources[] = {
		"",  "int",     "int f(",       "{",        "}",  "/* x",        "\"x", "'",
		"#", "#define", "#define A \\", "enum { A", "\\", "int f() { #", "//",  "/"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		struct items items = items_of(sources[i], strlen(sources[i]));

		for (size_t j = 0; j < items.count; j++)
			CHECK(items.item[j].text + items.item[j].length <=
				      sources[i] + strlen(sources[i]),
			      "'%s'", sources[i]);
		items_free(&items);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_definitions),
		cmocka_unit_test(test_macros_that_define),
		cmocka_unit_test(test_preprocessor),
		cmocka_unit_test(test_what_only_looks_like_code),
		cmocka_unit_test(test_uses),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_what_ends_too_early),
	};

	return cmocka_run_group_tests_name("kernel_cut", tests, NULL, NULL);
}
