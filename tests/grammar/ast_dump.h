/* The AST as text, one node per line, for golden files and for comparing two ASTs. */
#ifndef CNNC_TESTS_AST_DUMP_H
#define CNNC_TESTS_AST_DUMP_H

#include <stdbool.h>

struct ast;
struct expr;
struct source;
struct text;

/* With `source`, every node shows the text that its span covers. */
void ast_dump(struct text *out, const struct ast *ast, const struct source *source);
void expr_dump(struct text *out, const struct expr *expr);

#endif
