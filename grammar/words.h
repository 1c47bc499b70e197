/* The words of the language, and what a token says about the line it is in. */
#ifndef CNNC_GRAMMAR_WORDS_H
#define CNNC_GRAMMAR_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* The token of a statement keyword, or 0 for any other word. */
int keyword_token(const char *text, size_t length);
/* The token of an identifier: TOKEN_IF and the like, TOKEN_WORD for a value word, or TOKEN_NAME. */
int identifier_token(const char *text, size_t length);
/* Does a line that ends in this token continue on the next one? */
bool token_wants_more(int kind);
/* Does a line that starts with this token continue the one before? */
bool token_continues(int kind);
bool token_ends_operand(int kind);
/* The bracket that closes '(' '[' '{'. */
int closing_bracket(int opening);

#endif
