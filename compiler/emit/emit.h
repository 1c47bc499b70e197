/* Writes a planned network as C: NAME.c and NAME.h as texts. Where they go is the caller's matter. */
#ifndef CNNC_EMIT_EMIT_H
#define CNNC_EMIT_EMIT_H

#include "base/text.h"
#include "plan/plan.h"

struct diag;
struct weights;

struct emission {
    struct arena *arena;
    struct diag *diag;
    const struct plan *plan;
    const struct weights *weights; /* to embed; may be NULL if all are literal */
    bool embed;
    const char *name;        /* the symbols' prefix: emit_identifier(network's name) */
    const char *header_name; /* for #include */
    const char *version;     /* of cnnc */
    const char *program;     /* argv[0], to find the templates; or NULL */
};

/* What is wrong has been reported. */
enum emit_result {
    EMIT_DONE,
    EMIT_NO_WEIGHTS, /* numbers to embed are missing or wrong */
    EMIT_NO_TOOLS,   /* m4 or the templates are missing */
    EMIT_FAULT       /* of cnnc */
};
enum emit_result emit_c(const struct emission *emission, struct text *source, struct text *header);

/* Decides --embed=auto (-1), yes (1) or no (0); false after reporting that `yes` passes the limit.
 * have_weights: there are numbers to embed. */
enum { EMBED_AUTO_BYTES = 1 << 20 };
bool emit_embeds(struct diag *diag, const struct plan *plan, int wanted, bool have_weights, bool *embed);

/* ---- between the files of emit/ ---- */

/* names.c: names of kernels and tensors, unique in the file. */
struct naming;
struct naming *naming_new(const struct emission *emission);
/* The caller's input or output that the tensor lies in and fills; NULL if there is none. */
const struct tensor *naming_end(const struct tensor *tensor);
/* NULL if there is no kernel of that id. */
const struct kernel *naming_find_kernel(const struct naming *naming, int64_t id);
void naming_kernel(const struct naming *naming, int id, struct text *out);
void naming_tensor(const struct naming *naming, int id, struct text *out);
void naming_pack(const struct naming *naming, int id, struct text *out);

/* data.c: what m4 reads, of the header and then of the source. */
void data_files(const struct emission *emission, struct text *data);
/* Parts of them that training shares: the kernels; for each instruction set its calls, and the choice between them. */
void data_kernels(const struct plan *plan, struct text *data);
void data_sets(const struct plan *plan, struct text *data);
/* calls.c: its parts about the plan's steps and the model's tables. */
void data_calls(const struct plan *plan, struct text *data);
void data_tables(const struct plan *plan, struct text *data);

/* notes.c: comments, safe, whose further lines begin with " * ". */
void note_title(const struct emission *emission, bool header, struct text *out);
void note_step(const struct emission *emission, const struct step *step, struct text *out);
/* The name of a segment's first layer, or of its last. */
void note_segment(const struct emission *emission, const struct segment *segment, bool last, struct text *out);
void note_kernel(const struct emission *emission, const struct kernel *kernel, struct text *out);

#endif
