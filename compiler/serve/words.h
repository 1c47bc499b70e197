/* What the words of the language mean, in a line or two: for hover and completion. */
#ifndef CNNC_SERVE_WORDS_H
#define CNNC_SERVE_WORDS_H

#include "layers.h"
#include "serve/analysis.h"

struct recipe_info;

/* A statement's keyword, `if`, FROM, a function, H, a quantity: NULL if it is none of these. */
const char *word_text(const char *word);
/* Their names by kind, each ending in NULL. */
extern const char *const statement_words[], *const function_words[], *const tensor_words[], *const quantity_words[];

/* The argument that a token of a call of a layer is, or is the value of; NULL: it is not one. `after` is the number of
 * the token, which may be the value or the name. */
const struct arg_spec *argument_at(const struct analysis *a, struct arena *arena, size_t token);
/* The row of a train statement's word or setting; NULL if there is none. */
const struct recipe_info *recipe_named(const char *name);
/* The comment above a statement, without its marks; "" if there is none. */
const char *comment_above(struct arena *arena, const struct source *source, size_t offset);
/* "block basic(c, stride=1)" */
const char *block_signature(struct arena *arena, const struct source *source, const struct statement *block);
/* The definition of a block, param or table of this name (of the kind in which the statement is), or NULL. */
const struct statement *definition_of(const struct ast *ast, enum statement_kind kind, const char *name);
/* The value of a param; NULL if it is not known. */
const char *param_text(const struct analysis *a, const char *name);

#endif
