/* The command line, read and checked. Their meaning is up to the passes. */
#ifndef CNNC_CLI_OPTIONS_H
#define CNNC_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "expand/expand.h"
#include "weights/weights.h"

#define CNNC_VERSION "0.1.0"

struct diag;

enum option_id {
#define OPTION(identifier, group, letter, name, value, text) OPTION_##identifier,
#include "cli/options.def"
#undef OPTION
    OPTION_COUNT
};

struct option_info {
    const char *group; /* the heading in the help text */
    char letter;
    const char *name, *value, *text;
};
extern const struct option_info option_table[OPTION_COUNT];

/* In the order of --emit's words in options.def. */
enum emit_kind {
    EMIT_C,
    EMIT_MAIN,
    EMIT_SO,
    EMIT_CNNW,
    EMIT_JS,
    EMIT_TRAIN,
    EMIT_CNN,
    EMIT_ONNX,
    EMIT_PYTORCH,
    EMIT_DOT,
    EMIT_SVG,
    EMIT_PNG,
    EMIT_JSON,
    EMIT_REPORT
};
/* C or packed weights, rather than a description of the network. */
bool emits_code(enum emit_kind emit);
enum embed_mode { EMBED_AUTO, EMBED_YES, EMBED_NO };
enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
    const char *input;  /* "-": standard input; NULL only for help, version and --lsp */
    const char *output; /* or NULL */
    enum emit_kind emit;
    bool emit_given;
    bool check, summary, explain, lsp;
    const char *compare;                   /* the other network, or NULL */
    struct VEC(const char *) maps;         /* images to draw a sheet of */
    const char *explain_layer;             /* NULL: all */
    struct define *defines, **last_define; /* a list in the order of the command line (expand/expand.h) */
    const char *name;                      /* or NULL */
    const char *weights;                   /* or NULL */
    enum weight_match match;
    bool init_given;
    enum weight_init init;
    uint64_t seed;
    const char *train, *test; /* DATA, or NULL */
    const char *quantize;     /* DATA, or NULL */
    struct VEC(const char *) keep_float;
    bool max_loss_given;
    double max_loss; /* points of 100 */
    bool resume, resize, pad;
    const char *threads; /* "1" to "256"; NULL: the processors' number */
    int processes;       /* over MPI; 0: none */
    const char *target;  /* one of the words of the table; NULL: not given */
    bool tune;
    const char *tune_file; /* NULL: measure */
    bool tune_machine;     /* measure the machine instead */
    int batch;             /* images of a call; 0: not given */
    bool no_winograd, no_fused_pools, no_fold_constant;
    bool profile;
    bool io_integers; /* --io=int8 */
    bool halves;      /* --store=f16 */
    enum embed_mode embed;
    bool verify, verify_training;      /* of generated C; of training code rather than of the network's */
    struct VEC(const char *) warnings; /* for diag_option, in order; already checked */
    bool json_diagnostics;
    enum color_mode color;
    const char *trace; /* or NULL */
    bool version, help;
    const char *help_topic; /* or NULL */
};

/* False if the command line is wrong: *error is what to print on standard error (lines with their
 * line ends) before leaving with status 2. With options->help or options->version set, the caller
 * prints help_text or CNNC_VERSION and leaves with 0. */
bool options_read(struct arena *arena, int argc, char **argv, struct options *options, const char **error);
void options_apply_warnings(const struct options *options, struct diag *diag);
/* Whether to colour what goes to this file descriptor. */
bool options_color(const struct options *options, int descriptor);

#endif
