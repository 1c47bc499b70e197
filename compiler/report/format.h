/* The canonical text of a network (--emit=cnn): the same meaning, comments and line breaks; one way
 * to write arrows, crosses, blanks and indentation. */
#ifndef CNNC_REPORT_FORMAT_H
#define CNNC_REPORT_FORMAT_H

struct arena;
struct ast;
struct source;

/* For a text that was parsed without errors. Formatting the result again changes nothing. */
const char *report_format(struct arena *arena, const struct source *source, const struct ast *ast);

#endif
