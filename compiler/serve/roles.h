/* What each word of a text is there for, as far as the words around it tell: known for any text, however wrong. */
#ifndef CNNC_SERVE_ROLES_H
#define CNNC_SERVE_ROLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/source.h"
#include "grammar/ast.h"

enum role {
    ROLE_MARK,    /* brackets, operators, what cannot be read */
    ROLE_ARROW,   /* between layers */
    ROLE_KEYWORD, /* param, if, FROM, NONE, ... */
    ROLE_NUMBER,
    ROLE_WORD,     /* a value: same, yes, avg */
    ROLE_NETWORK,  /* the network's name */
    ROLE_LAYER,    /* where a layer stands, and there is one of that name */
    ROLE_BLOCK,    /* where a layer stands, and it is none */
    ROLE_NAME,     /* of a number: a param, formal, index or table */
    ROLE_FUNCTION, /* min(...), or a table that is looked up */
    ROLE_ARGUMENT, /* window= */
    ROLE_LABEL,
    ROLE_REFERENCE,
    ROLE_RECIPE,  /* a word of a train statement */
    ROLE_SETTING, /* batch= */
    ROLE_QUANTITY /* of an expect statement */
};

struct role_token {
    int kind; /* as the scanner and words.h have it */
    struct span span;
    enum role role;
    bool defines;  /* a name that gets its meaning here */
    bool value;    /* in an expression, rather than where layers stand */
    int statement; /* its keyword's token; 0 for a chain */
    size_t first;  /* the token with which its statement begins */
    long call;     /* the token before the innermost '(' if that is a call's; -1: none */
    int position;  /* of the argument there, from 0 */
    int group;     /* '[' or '{', inside which the innermost chain is; 0: none */
};

struct roles {
    struct role_token *items;
    size_t count;
};

struct roles roles_of(struct arena *arena, const struct source *source, const struct ast *ast);
/* The token at an offset, or the word that ends there; -1: none. */
long roles_at(const struct roles *roles, size_t offset);
/* How many tokens begin before an offset. */
size_t roles_before(const struct roles *roles, size_t offset);
bool role_is(const struct role_token *token, const struct source *source, const char *word);
const char *role_text(struct arena *arena, const struct role_token *token, const struct source *source);

#endif
