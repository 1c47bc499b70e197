/* Reads the command line by the table in options.def. It prints nothing and opens nothing. */
#include "cli/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/text.h"
#include "plan/targets.h"

#define GROUP_OUTPUT "What to write"
#define GROUP_NETWORK "The network"
#define GROUP_WEIGHTS "Its weights"
#define GROUP_TRAINING "Training"
#define GROUP_QUANTISING "8-bit integers"
#define GROUP_CODE "The generated code"
#define GROUP_MESSAGES "Messages"

const struct option_info option_table[OPTION_COUNT] = {
#define OPTION(identifier, group, letter, name, value, text) {GROUP_##group, letter, name, value, text},
#include "cli/options.def"
#undef OPTION
};

enum { MOST_THREADS = 256, MOST_PROCESSES = 4096, MOST_IMAGES = 1024 };

struct reader {
    struct arena *arena;
    int argc, next; /* next: the index of the argument that follows */
    char **argv;
    struct options *options;
    bool names_data; /* --train=DATA, in one word */
    const char *error;
};

/* These messages quote what the user typed; control characters must not reach a terminal. */
static bool fail(struct reader *reader, const char *text)
{
    reader->error = arena_printf(reader->arena, "cnnc: %s\nTry 'cnnc --help'.\n", text_clean(reader->arena, text));
    return false;
}

/* The place of a word in "one|two|three", or -1. */
static int word_index(const char *words, const char *word)
{
    size_t length = strlen(word);
    int index = 0;
    for (const char *p = words; *p; index++) {
        size_t n = strcspn(p, "|");
        if (n == length && memcmp(p, word, n) == 0)
            return index;
        p += n + (p[n] == '|');
    }
    return -1;
}

/* The word of "one|two|three" that the user probably meant, or NULL. */
static const char *word_nearest(struct arena *arena, const char *words, const char *word)
{
    struct VEC(const char *) list = {0};
    for (const char *p = words; *p;) {
        size_t n = strcspn(p, "|");
        VEC_PUSH(arena, &list, arena_copy(arena, p, n));
        p += n + (p[n] == '|');
    }
    return text_nearest(word, list.items, list.count);
}

static bool read_word(struct reader *reader, enum option_id id, const char *value, int *index)
{
    const struct option_info *info = &option_table[id];
    *index = word_index(info->value, value);
    if (*index >= 0)
        return true;
    const char *near = word_nearest(reader->arena, info->value, value);
    const char *hint = near ? arena_printf(reader->arena, "; did you mean '%s'?", near) : "";
    return fail(reader, arena_printf(reader->arena, "--%s=%s: the value must be one of %s%s", info->name, value,
                                     info->value, hint));
}

static bool is_identifier(const char *text, size_t length)
{
    if (length == 0 || isdigit((unsigned char)text[0]))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '_')
            return false;
    return true;
}

static bool read_define(struct reader *reader, const char *value)
{
    const char *equals = strchr(value, '=');
    if (!equals || !equals[1] || equals == value) /* a dimension of an ONNX model may have any name */
        return fail(reader, arena_printf(reader->arena, "-D %s: write -D NAME=VALUE", value));
    struct define *define = ARENA_NEW(reader->arena, struct define);
    define->name = arena_copy(reader->arena, value, (size_t)(equals - value));
    define->value = equals + 1;
    *reader->options->last_define = define;
    reader->options->last_define = &define->next;
    return true;
}

static bool read_init(struct reader *reader, const char *value)
{
    struct options *options = reader->options;
    options->init_given = true;
    if (strcmp(value, "zero") == 0) {
        options->init = INIT_ZERO;
        return true;
    }
    size_t digits = strncmp(value, "he:", 3) == 0 ? strspn(value + 3, "0123456789") : 0;
    if (digits == 0 || digits > 18 || value[3 + digits])
        return fail(reader, arena_printf(reader->arena,
                                         "--init=%s: write --init=zero, or --init=he:SEED where SEED is a "
                                         "whole number of at most 18 digits",
                                         value));
    options->init = INIT_HE;
    options->seed = strtoull(value + 3, NULL, 10);
    return true;
}

static bool read_warning(struct reader *reader, const char *value)
{
    struct diag *trial = diag_new(reader->arena);
    if (!diag_option(trial, value)) {
        const char *name = value;
        static const char *const prefixes[] = {"no-error=", "error=", "no-"};
        for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes && name == value; i++)
            if (strncmp(value, prefixes[i], strlen(prefixes[i])) == 0)
                name = value + strlen(prefixes[i]);
        const char *near = diag_suggest_check(name);
        const char *hint = "; 'cnnc --help=checks' lists them";
        if (near)
            hint = arena_printf(reader->arena, "; did you mean '-W%.*s%s'?", (int)(name - value), value, near);
        return fail(reader, arena_printf(reader->arena, "-W%s: no warning has this name%s", value, hint));
    }
    VEC_PUSH(reader->arena, &reader->options->warnings, value);
    return true;
}

static bool read_resize(struct reader *reader, const char *value)
{
    reader->options->resize = true;
    reader->options->pad = strcmp(value, "pad") == 0;
    return !*value || reader->options->pad ||
           fail(reader, arena_printf(reader->arena, "--resize=%s: write --resize or --resize=pad", value));
}

static bool read_threads(struct reader *reader, const char *value)
{
    size_t digits = strspn(value, "0123456789");
    long count = digits && digits < 6 && !value[digits] ? strtol(value, NULL, 10) : 0;
    reader->options->threads = value;
    return (count >= 1 && count <= MOST_THREADS) ||
           fail(reader,
                arena_printf(reader->arena, "-j %s: the number of threads must be 1 to %d", value, MOST_THREADS));
}

static bool read_processes(struct reader *reader, const char *value)
{
    size_t digits = strspn(value, "0123456789");
    long count = digits && digits < 6 && !value[digits] ? strtol(value, NULL, 10) : 0;
    reader->options->processes = (int)count;
    return (count >= 1 && count <= MOST_PROCESSES) ||
           fail(reader, arena_printf(reader->arena, "--mpi=%s: the number of processes must be 1 to %d", value,
                                     MOST_PROCESSES));
}

static bool read_batch(struct reader *reader, const char *value)
{
    size_t digits = strspn(value, "0123456789");
    long count = digits && digits < 6 && !value[digits] ? strtol(value, NULL, 10) : 0;
    reader->options->batch = (int)count;
    return (count >= 1 && count <= MOST_IMAGES) ||
           fail(reader,
                arena_printf(reader->arena, "--batch=%s: the images of a call must be 1 to %d", value, MOST_IMAGES));
}

static bool read_max_loss(struct reader *reader, const char *value)
{
    char *end;
    reader->options->max_loss = strtod(value, &end);
    reader->options->max_loss_given = true;
    return (!*end && reader->options->max_loss >= 0 && reader->options->max_loss <= 100) ||
           fail(reader, arena_printf(reader->arena, "--max-loss=%s: the points of accuracy must be 0 to 100", value));
}

/* Most words become the values of an enum; a target and a pass are kept as words for those who know them. */
static bool read_choice(struct reader *reader, enum option_id id, const char *value)
{
    struct options *options = reader->options;
    int index;
    if (!read_word(reader, id, value, &index))
        return false;
    if (id == OPTION_EMIT) {
        options->emit = (enum emit_kind)index;
        options->emit_given = true;
    } else if (id == OPTION_MATCH) {
        options->match = index ? MATCH_ORDER : MATCH_NAME;
    } else if (id == OPTION_IO) {
        options->io_integers = index;
    } else if (id == OPTION_STORE) {
        options->halves = index;
    } else if (id == OPTION_EMBED) {
        options->embed = (enum embed_mode)index;
    } else if (id == OPTION_TARGET) {
        options->target = value;
    } else if (id == OPTION_TRACE) {
        options->trace = value;
    } else if (id == OPTION_DIAGNOSTICS) {
        options->json_diagnostics = index;
    } else {
        options->color = (enum color_mode)index;
    }
    return true;
}

static bool read_tune(struct options *options, const char *value)
{
    options->tune_machine = strcmp(value, "machine") == 0;
    options->tune_file = *value && !options->tune_machine ? value : NULL;
    return options->tune = true;
}

/* value: "" where none was given. */
static bool apply(struct reader *reader, enum option_id id, const char *value)
{
    struct options *options = reader->options;
    switch (id) {
    case OPTION_OUTPUT:
        options->output = strcmp(value, "/dev/stdout") == 0 ? "-" : value;
        return *value || fail(reader, "the name of the output file is empty");
    case OPTION_CHECK: return options->check = true;
    case OPTION_SUMMARY: return options->summary = true;
    case OPTION_LSP: return options->lsp = true;
    case OPTION_EXPLAIN: options->explain_layer = *value ? value : NULL; return options->explain = true;
    case OPTION_COMPARE: options->compare = value; return true;
    case OPTION_MAPS:
        VEC_PUSH(reader->arena, &options->maps, value);
        return *value || fail(reader, "--maps needs a value: IMAGE");
    case OPTION_DEFINE: return read_define(reader, value);
    case OPTION_NAME:
        options->name = value;
        return is_identifier(value, strlen(value)) ||
               fail(reader, arena_printf(reader->arena,
                                         "--name=%s: a name consists of letters, digits and _, and does not "
                                         "start with a digit",
                                         value));
    case OPTION_WEIGHTS: options->weights = value; return true;
    case OPTION_INIT: return read_init(reader, value);
    case OPTION_TRAIN: options->train = value; return true;
    case OPTION_TEST: options->test = value; return *value || fail(reader, "--test needs a value: DATA");
    case OPTION_RESUME: return options->resume = true;
    case OPTION_RESIZE: return read_resize(reader, value);
    case OPTION_THREADS: return read_threads(reader, value);
    case OPTION_MPI: return read_processes(reader, value);
    case OPTION_QUANTIZE: options->quantize = value; return true;
    case OPTION_KEEP_FLOAT: VEC_PUSH(reader->arena, &options->keep_float, value); return true;
    case OPTION_MAX_LOSS: return read_max_loss(reader, value);
    case OPTION_TUNE: return read_tune(options, value);
    case OPTION_BATCH: return read_batch(reader, value);
    case OPTION_NO_WINOGRAD: return options->no_winograd = true;
    case OPTION_NO_FUSED_POOLS: return options->no_fused_pools = true;
    case OPTION_NO_FOLD_CONSTANT: return options->no_fold_constant = true;
    case OPTION_PROFILE: return options->profile = true;
    case OPTION_VERIFY: return options->verify = true;
    case OPTION_WARNING: return read_warning(reader, value);
    case OPTION_QUIET: return read_warning(reader, "no-all");
    case OPTION_VERSION: return options->version = true;
    case OPTION_HELP: options->help_topic = *value ? value : NULL; return options->help = true;
    default: return read_choice(reader, id, value);
    }
}

static bool unknown_option(struct reader *reader, const char *argument, size_t length)
{
    const char *names[OPTION_COUNT], *word = arena_copy(reader->arena, argument, length), *near = NULL;
    const char *bare = word + strspn(word, "-");
    size_t count = 0;
    int starts = 0;
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!option_table[i].name)
            continue;
        names[count++] = option_table[i].name;
        if (*bare && strncmp(option_table[i].name, bare, strlen(bare)) == 0 && ++starts)
            near = option_table[i].name;
    }
    if (starts != 1) /* not an abbreviation of exactly one option */
        near = text_nearest(bare, names, count);
    const char *hint = near ? arena_printf(reader->arena, "; did you mean '--%s'?", near) : "";
    return fail(reader, arena_printf(reader->arena, "unknown option '%s'%s", word, hint));
}

/* The value, taken from the next argument. */
static bool take_next(struct reader *reader, const char *option, const char *form, const char **value)
{
    const bool other = reader->next < reader->argc && reader->argv[reader->next][0] == '-';
    if (strcmp(option, "--train") == 0 && (reader->next >= reader->argc || other)) {
        *value = ""; /* right with --verify alone */
        return true;
    }
    if (reader->next >= reader->argc)
        return fail(reader, arena_printf(reader->arena, "%s needs a value: %s", option, form));
    *value = reader->argv[reader->next++];
    return true;
}

static bool read_long(struct reader *reader, const char *argument)
{
    static const char british[] = "--quantise";
    if (strncmp(argument, british, sizeof british - 1) == 0 && strchr("=", argument[sizeof british - 1]))
        argument = arena_printf(reader->arena, "--quantize%s", argument + sizeof british - 1);
    size_t length = strcspn(argument, "=");
    const char *value = argument[length] ? argument + length + 1 : NULL;
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = &option_table[i];
        if (!info->name || strlen(info->name) != length - 2 || strncmp(info->name, argument + 2, length - 2) != 0)
            continue;
        if (value && !info->value)
            return fail(reader, arena_printf(reader->arena, "--%s takes no value", info->name));
        if (value && !*value)
            return fail(reader, arena_printf(reader->arena, "--%s= has an empty value", info->name));
        reader->names_data |= i == OPTION_TRAIN && value;
        if (!value && info->value && info->value[0] != '[' && !take_next(reader, argument, info->value, &value))
            return false;
        return apply(reader, (enum option_id)i, value ? value : "");
    }
    return unknown_option(reader, argument, length);
}

static bool read_short(struct reader *reader, const char *argument)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = &option_table[i];
        if (info->letter != argument[1])
            continue;
        bool takes = info->value && info->value[0] != '[';
        if (!takes && argument[2])
            break;
        const char *value = takes && argument[2] ? argument + 2 : NULL;
        if (i == OPTION_WARNING && !value)
            return fail(reader, "-W must be followed directly by the name of a warning, as in -Wfit");
        if (takes && !value && !take_next(reader, argument, info->value, &value))
            return false;
        return apply(reader, (enum option_id)i, value ? value : "");
    }
    return unknown_option(reader, argument, strlen(argument));
}

static bool read_file(struct reader *reader, const char *argument)
{
    if (!*argument)
        return fail(reader, "the name of the input file is empty");
    if (reader->options->input)
        return fail(reader, arena_printf(reader->arena, "more than one input file: '%s' and '%s'",
                                         reader->options->input, argument));
    reader->options->input = argument;
    return true;
}

static bool read_argument(struct reader *reader, bool *only_files)
{
    const char *argument = reader->argv[reader->next++];
    if (*only_files || argument[0] != '-' || !argument[1])
        return read_file(reader, argument);
    if (argument[1] != '-')
        return read_short(reader, argument);
    if (argument[2])
        return read_long(reader, argument);
    return *only_files = true;
}

bool emits_code(enum emit_kind emit)
{
    return emit == EMIT_C || emit == EMIT_MAIN || emit == EMIT_SO || emit == EMIT_CNNW || emit == EMIT_JS;
}

static bool emits_web(const struct options *options)
{
    return options->emit_given && options->emit == EMIT_JS;
}

/* What is wrong with the options of quantising; NULL if nothing is, or if there is to be none. */
static const char *quantising_clash_of(const struct options *o)
{
    if (!o->quantize)
        return o->keep_float.count ? "--keep-float is about --quantize=DATA, which is missing"
               : o->max_loss_given ? "--max-loss is about --quantize=DATA, which is missing"
                                   : NULL;
    if (!*o->quantize)
        return "--quantize needs a value: DATA";
    if (o->train || o->test)
        return "--quantize cannot be used with --train and --test: train first, then quantise what was learnt";
    if (o->emit_given || o->check || o->verify || o->trace)
        return "--quantize writes weights: --emit, --check, --verify and --trace are for a second run, with these";
    if (o->output && strcmp(o->output, "-") == 0)
        return "--quantize prints a table, so -o takes a FILE for the weights";
    return NULL;
}

/* What is wrong with the options of training; NULL if nothing is, or if there is to be none. */
static const char *training_clash_of(const struct options *o)
{
    if (!o->train && !o->test)
        return o->resume ? "--resume goes on with --train=DATA, which is missing"
               : o->resize && !o->quantize && !o->maps.count
                   ? "--resize fits the pictures of --train, --test and --maps: one of them is missing"
               : o->processes ? "--mpi is the number of processes of --train and --test: one of them is missing"
               : o->threads   ? "-j is the number of threads of --train and --test: one of them is missing"
                              : NULL;
    if (o->train && !*o->train)
        return "--train needs a value: DATA";
    if (o->check)
        return "--check cannot be used with --train and --test";
    if (o->verify && !o->train)
        return "--verify checks generated C, and --test without --train is not about it";
    if (o->emit_given && o->emit != EMIT_JSON)
        return "--train and --test run their code at once: with them, --emit can only be json (the results)";
    if (o->init_given)
        return "--init cannot be used with --train and --test: a train statement says how weights are initialised (HE)";
    if (o->embed != EMBED_AUTO || o->no_winograd || o->no_fused_pools || o->trace || o->tune)
        return "--embed, --tune, --no-winograd, --no-fused-pools and --trace are about other code than that of --train "
               "and --test";
    if (o->resume && !o->train)
        return "--resume goes on with --train=DATA, which is missing";
    if (o->resume && o->weights)
        return "--resume has the checkpoint's weights, and --weights would begin anew: give one of the two";
    if (o->output && !o->train)
        return "--test without --train writes nothing, so -o cannot be used with it";
    if (o->output && strcmp(o->output, "-") == 0)
        return "--train writes several files, so -o takes a NAME for them";
    return NULL;
}

/* `--verify --train NET` is about training code and no data: the word behind --train is the network. */
static void read_training_verification(const struct reader *reader)
{
    struct options *options = reader->options;
    if (!options->verify)
        return;
    options->verify_training = options->train || (options->emit_given && options->emit == EMIT_TRAIN);
    if (options->train && !options->input && !reader->names_data)
        options->input = options->train;
    if (options->train && (!*options->train || options->input == options->train))
        options->train = NULL;
}

static bool ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path), most = strlen(ending);
    return length > most && strcmp(path + length - most, ending) == 0;
}

/* What is wrong with the options of a sheet of maps; NULL if nothing is, or if there is to be none. */
static const char *maps_clash_of(const struct options *o)
{
    if (!o->maps.count)
        return NULL;
    if (o->check || o->summary || o->explain || o->verify || o->trace || o->compare || o->train || o->test ||
        o->quantize || o->tune)
        return "--maps draws a sheet, and nothing else is done in the same run";
    if (o->emit_given && o->emit != EMIT_SVG && o->emit != EMIT_PNG)
        return "--maps draws a sheet: with it, --emit can only be svg or png";
    if (!o->output || strcmp(o->output, "-") == 0)
        return NULL;
    const bool svg = ends_in(o->output, ".svg"), png = ends_in(o->output, ".png");
    if (o->emit_given ? (svg && o->emit == EMIT_PNG) || (png && o->emit == EMIT_SVG) : !svg && !png)
        return "--maps draws a sheet: -o takes a name that ends in .svg or .png, which says what is written";
    return NULL;
}

/* What is wrong with the options of the language server; NULL if nothing is. */
static const char *serving_clash_of(const struct options *o)
{
    if (o->input)
        return "--lsp takes its texts from the editor, and no input file";
    if (o->output || o->emit_given || o->check || o->summary || o->explain || o->verify || o->trace || o->init_given ||
        o->train || o->test || o->name || o->json_diagnostics || o->tune || o->profile || o->batch)
        return "--lsp serves an editor and does nothing else: with it, only -D, --weights, --match, --target and -W "
               "can be used";
    return NULL;
}

/* What is wrong with --tune; NULL if nothing is. */
static const char *tuning_clash_of(const struct options *o)
{
    if (o->tune_machine && (o->input || o->output || o->emit_given || o->check || o->summary || o->explain ||
                            o->verify || o->trace || o->train || o->test || o->quantize || o->compare || o->target))
        return "--tune=machine measures this machine, for --target=native, and does nothing else: it takes no network "
               "(--tune=./machine names a file)";
    if (o->tune && !o->tune_file && o->check)
        return "--tune writes NAME.tune, and --check nothing: give one of the two, or --tune=FILE";
    if (o->tune && o->emit_given && !emits_code(o->emit) && o->emit != EMIT_JSON)
        return "--tune is about generated C: with it, --emit must be c, main, so, cnnw, js or json";
    return NULL;
}

/* What is wrong with --store; NULL if nothing is. */
static const char *storing_clash_of(const struct options *o)
{
    if (!o->halves)
        return NULL;
    if (o->train || o->test || o->verify_training || (o->emit_given && o->emit == EMIT_TRAIN))
        return "--store=f16 is about weights that do not change: training computes in floats and keeps them, and half "
               "floats are for the code of what was learnt";
    if (o->quantize)
        return "--store=f16 and --quantize cannot be used together: weights of 8 bits are smaller than half floats";
    return NULL;
}

/* What is wrong with --batch; NULL if nothing is. */
static const char *batch_clash_of(const struct options *o)
{
    if (!o->batch)
        return NULL;
    if (o->train || o->test || o->verify_training || (o->emit_given && o->emit == EMIT_TRAIN))
        return "--batch is about the code of a network that has learnt; a train statement says how many images a step "
               "of training takes: batch=64";
    if (o->quantize)
        return "--batch is about generated C, and --quantize writes weights: give it with "
               "--weights=NAME.int8.safetensors";
    if (o->compare || o->maps.count)
        return "--batch is about generated C, which --compare and --maps do not write";
    if (o->tune && !o->tune_file)
        return "--tune times calls with one image: measure without --batch, then give --tune=FILE and --batch=N";
    if (o->batch > 1 && emits_web(o))
        return "--batch is not supported yet with --emit=js: a module takes one image at a time";
    if (o->emit_given && !emits_code(o->emit) && o->emit != EMIT_JSON)
        return "--batch is about generated C: with it, --emit must be c, main, so, cnnw or json";
    return NULL;
}

/* What is wrong with the options as a whole, or NULL. */
static const char *clash_of(const struct options *options)
{
    if (options->lsp)
        return serving_clash_of(options);
    if (!options->input && options->verify && options->train)
        return "no input file: --train=DATA names data, and the network is missing; 'cnnc --verify --train NET' checks "
               "the gradients of NET and needs no data";
    if (options->tune_machine)
        return tuning_clash_of(options);
    if (!options->input)
        return "no input file";
    if (options->weights && options->init_given)
        return "--weights and --init cannot be used together";
    if (options->verify && options->emit_given && !emits_code(options->emit) && !options->verify_training)
        return "--verify checks generated C: with it, --emit must be c, main, so, cnnw, js or train";
    if (options->check && (options->output || options->emit_given))
        return "--check writes nothing, so -o and --emit cannot be used with it";
    if (options->compare && (options->check || options->summary || options->explain || options->verify ||
                             options->train || options->test || options->trace || options->weights))
        return "--compare shows two networks, and nothing else is done with them";
    if (options->compare && options->emit_given && options->emit != EMIT_JSON && options->emit != EMIT_SVG &&
        options->emit != EMIT_PNG)
        return "--compare prints a table; with it, --emit can only be json, svg or png";
    if (tuning_clash_of(options))
        return tuning_clash_of(options);
    if (emits_web(options) && options->target && strcmp(options->target, "wasm128") != 0 &&
        strcmp(options->target, "c99") != 0)
        return "--emit=js makes WebAssembly: with it, --target can only be wasm128 (the default) or, without SIMD, c99";
    if (options->emit_given && options->emit == EMIT_REPORT && options->target)
        return "--emit=report compares c99 and cortex-m: leave out --target";
    if (options->profile && (!options->emit_given || options->emit != EMIT_MAIN))
        return "--profile is about the program that --emit=main writes: give both";
    if (batch_clash_of(options))
        return batch_clash_of(options);
    if (maps_clash_of(options))
        return maps_clash_of(options);
    const char *training = training_clash_of(options), *quantising = quantising_clash_of(options);
    if (training || quantising)
        return training ? training : quantising;
    return storing_clash_of(options);
}

bool options_read(struct arena *arena, int argc, char **argv, struct options *options, const char **error)
{
    struct reader reader = {arena, argc, 1, argv, options, false, NULL};
    bool only_files = false, right = true;
    *options = (struct options){0};
    options->last_define = &options->defines;
    while (right && reader.next < argc)
        right = read_argument(&reader, &only_files);
    read_training_verification(&reader);
    const char *clash = right && !options->help && !options->version ? clash_of(options) : NULL;
    if (clash)
        right = fail(&reader, clash);
    if (emits_web(options) && !options->target)
        options->target = "wasm128";
    *error = reader.error;
    return right;
}

void options_apply_warnings(const struct options *options, struct diag *diag)
{
    for (size_t i = 0; i < options->warnings.count; i++)
        diag_option(diag, options->warnings.items[i]);
}

bool options_color(const struct options *options, int descriptor)
{
    if (options->color != COLOR_AUTO)
        return options->color == COLOR_ALWAYS;
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return !(no_color && *no_color) && terminal && strcmp(terminal, "dumb") != 0 && isatty(descriptor);
}
