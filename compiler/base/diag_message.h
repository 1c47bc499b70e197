/* A queued message, as diag.c fills it in and diag_print.c prints it. */
#ifndef CNNC_BASE_DIAG_MESSAGE_H
#define CNNC_BASE_DIAG_MESSAGE_H

#include "arena.h"
#include "diag.h"

struct attachment {
    const char *text;
    struct span span; /* of a note; a help has no place */
    bool is_note;
    const char *words;    /* a fix: what to write in the message's place; or NULL */
    const char *argument; /* then `words` are the value of this argument instead; or NULL */
};

struct message {
    struct message *before; /* the one before it in its bucket */
    struct arena *arena;    /* NULL: counted but not shown, so its text is not formatted */
    enum check check;
    enum severity severity;
    const struct source *source; /* the text it is about */
    const char *text, *label, *path;
    struct span span;
    bool has_span;
    struct VEC(struct attachment) attachments;
};

struct diag {
    struct arena *arena;
    const struct source *source;
    const char *path; /* or NULL */
    enum severity severity[CHECK_COUNT];
    bool warnings_are_errors;
    struct VEC(struct message *) messages;
    int errors;               /* among them */
    int trials;               /* that are open */
    struct message **buckets; /* by place and check, newest first, to find repetitions */
    size_t bucket_count;
};

#endif
