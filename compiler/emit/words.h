/* What a user wrote, made safe for C: for identifiers, comments and string literals. */
#ifndef CNNC_EMIT_WORDS_H
#define CNNC_EMIT_WORDS_H

#include <stddef.h>

struct arena;
struct text;

/* The prefix of a network's symbols: "LeNet-5" is LeNet_5. `cnn` and names that C reserves get another
 * beginning. */
const char *emit_identifier(struct arena *arena, const char *name);
/* In capitals, for macros. */
const char *emit_capitals(struct arena *arena, const char *identifier);
/* A local variable's name, in lower case: "layer1.0.conv1" is layer1_0_conv1. Not unique yet. */
const char *emit_local(struct arena *arena, const char *name);
/* Printable ASCII that cannot end or open a comment, splice lines or make trigraphs. Line ends stay. */
const char *emit_comment(struct arena *arena, const char *bytes, size_t length);
/* The inside of a string literal. */
const char *emit_string(struct arena *arena, const char *string);

#endif
