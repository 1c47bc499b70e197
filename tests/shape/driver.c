/* Builds small graphs from lines of text, without the language, and checks the results of the shape rules
 * and the lints. A line is
 *
 *     DESCRIPTION: LAYER key=value ... | LAYER key=value ... => key=value ...
 *
* Each layer reads the one before it unless in=0,2 names others by number. The words after => are expected of the last
 * layer: shape params macs conn field jump weights literal bytes, its normalised arguments (pool F S D P KMG range
 * adaptive, final: normalising them again changes nothing), or error=CHECK; or, for the whole graph, lints=NAME,NAME.
 * `driver table FILE` prints ok and not ok lines; `driver text FILE` prints the messages of each line, for comparison
 * with a golden file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/text.h"
#include "check/check.h"
#include "graph.h"
#include "shape/shape.h"
#include "tests/lib/report.h"

struct build {
    struct arena *arena;
    struct diag *diag;
    const char *line;
    struct graph *graph;
    struct node *node; /* the node being described */
    struct literal_weight literals[ROLE_COUNT];
    struct span span;
};

static void fail(const char *what, const char *text)
{
    printf("not ok shape: the test line is wrong: %s: %s\n", what, text);
    exit(2);
}

static long long number(const char **text)
{
    char *end;
    long long value = strtoll(*text, &end, 10);
    if (end == *text)
        fail("a number is missing", *text);
    *text = end + (*end == ',' || *end == 'x' || *end == ';' || *end == ':');
    return value;
}

static struct pair pair_of(const char *text)
{
    struct pair pair;
    pair.h = number(&text);
    pair.w = *text ? number(&text) : pair.h;
    return pair;
}

static struct padding padding_of(struct build *b, const char *text)
{
    struct layer_args *a = &b->node->args;
    struct padding p = {0, 0, 0, 0};
    a->pad_rule = strcmp(text, "same") == 0 ? PAD_SAME : strcmp(text, "full") == 0 ? PAD_FULL : PAD_GIVEN;
    if (a->pad_rule != PAD_GIVEN)
        return p;
    p.top = p.left = p.bottom = p.right = number(&text);
    if (*text) {
        p.left = p.right = number(&text);
        p.bottom = p.top;
    }
    if (*text) {
        p.bottom = number(&text);
        p.right = number(&text);
    }
    return p;
}

static struct shape shape_of(const char *text)
{
    struct shape s;
    s.h = number(&text);
    s.w = number(&text);
    s.c = number(&text);
    return s;
}

/* "1;2;3", or with a size, "2x2:1;2;3;4" */
static struct matrix *matrix_of(struct build *b, const char *text)
{
    struct matrix *m = ARENA_NEW(b->arena, struct matrix);
    struct VEC(double) entries = {0};
    m->rows = 1;
    if (strchr(text, ':')) {
        m->rows = number(&text);
        m->columns = number(&text);
    }
    for (char *end; *text; text = end + (*end == ';'))
        VEC_PUSH(b->arena, &entries, strtod(text, &end));
    if (!m->columns)
        m->columns = (int64_t)entries.count;
    m->entries = entries.items;
    return m;
}

static enum axis axis_named(char name)
{
    return name == 'h' ? AXIS_H : name == 'w' ? AXIS_W : AXIS_C;
}

static enum pool_kind pool_named(const char *name)
{
    return strcmp(name, "avg") == 0     ? POOL_KIND_AVG
           : strcmp(name, "l2") == 0    ? POOL_KIND_L2
           : strcmp(name, "gauss") == 0 ? POOL_KIND_GAUSS
                                        : POOL_KIND_MAX;
}

static void literal(struct build *b, enum weight_role role, const char *value)
{
    b->literals[role].matrix = matrix_of(b, value);
    b->literals[role].span = b->span;
}

static bool set_window_argument(struct build *b, const char *key, const char *value)
{
    struct layer_args *a = &b->node->args;
    const char *p = value;
    if (strcmp(key, "K") == 0)
        a->filters = number(&p);
    else if (strcmp(key, "M") == 0)
        a->mult = number(&p);
    else if (strcmp(key, "F") == 0)
        a->window = pair_of(value);
    else if (strcmp(key, "S") == 0)
        a->stride = pair_of(value);
    else if (strcmp(key, "D") == 0)
        a->dilation = pair_of(value);
    else if (strcmp(key, "P") == 0)
        a->pad = padding_of(b, value);
    else if (strcmp(key, "G") == 0)
        a->groups = number(&p);
    else if (strcmp(key, "outpad") == 0)
        a->out_pad = pair_of(value);
    else if (strcmp(key, "pool") == 0)
        a->pool = pool_named(value);
    else if (strcmp(key, "ceil") == 0)
        a->ceil = number(&p) != 0;
    else if (strcmp(key, "affine") == 0)
        a->affine = number(&p) != 0;
    else if (strcmp(key, "out") == 0)
        a->out = pair_of(value);
    else
        return false;
    return true;
}

static bool set_weight_argument(struct build *b, const char *key, const char *value)
{
    struct layer_args *a = &b->node->args;
    const char *p = value;
    if (strcmp(key, "bias") == 0)
        a->bias = number(&p) != 0;
    else if (strcmp(key, "weightflag") == 0)
        a->has_weight = number(&p) != 0;
    else if (strcmp(key, "connect") == 0)
        a->connect = matrix_of(b, value);
    else if (strcmp(key, "weight") == 0 || strcmp(key, "scale") == 0)
        literal(b, ROLE_WEIGHT, value);
    else if (strcmp(key, "biases") == 0)
        a->bias = true, literal(b, ROLE_BIAS, value);
    else if (strcmp(key, "mean") == 0)
        literal(b, ROLE_MEAN, value);
    else if (strcmp(key, "var") == 0)
        literal(b, ROLE_VAR, value);
    else if (strcmp(key, "shared") == 0)
        a->shared = number(&p) != 0;
    else if (strcmp(key, "per_pixel") == 0)
        a->per_pixel = number(&p) != 0;
    else if (strcmp(key, "share") == 0)
        b->node->shares = b->graph->nodes.items[number(&p)];
    else
        return false;
    return true;
}

static bool set_structure_argument(struct build *b, const char *key, const char *value)
{
    struct layer_args *a = &b->node->args;
    const char *p = value;
    if (strcmp(key, "size") == 0)
        a->target = shape_of(value);
    else if (strcmp(key, "type") == 0)
        a->type = strcmp(value, "u8") == 0 ? ELEMENT_U8 : strcmp(value, "s8") == 0 ? ELEMENT_S8 : ELEMENT_F32;
    else if (strcmp(key, "factor") == 0)
        a->factor = pair_of(value);
    else if (strcmp(key, "mode") == 0)
        a->mode = strcmp(value, "bilinear") == 0 ? UPSAMPLE_BILINEAR : UPSAMPLE_NEAREST;
    else if (strcmp(key, "c") == 0)
        a->pad_c_front = number(&p), a->pad_c_back = number(&p);
    else if (strcmp(key, "range") == 0)
        a->from = number(&p), a->to = number(&p);
    else if (strcmp(key, "axis") == 0)
        a->axis = axis_named(*value);
    else if (strcmp(key, "axes") == 0)
        for (int i = 0; i < 3; i++)
            a->axes[i] = axis_named(value[i]);
    else if (strcmp(key, "as") == 0)
        b->node->name = value, b->node->named = true;
    else
        return false;
    return true;
}

/* Adds the node with its inputs; in= must come first for that. */
static void start_layer(struct build *b, const char *keyword, const char *inputs)
{
    struct node *from[16];
    size_t count = 0;
    int kind = layer_kind_named(keyword);
    if (kind < 0)
        fail("no such layer", keyword);
    if (inputs)
        while (*inputs && count < 16)
            from[count++] = b->graph->nodes.items[number(&inputs)];
    else if (b->graph->nodes.count && kind != LAYER_INPUT)
        from[count++] = b->graph->nodes.items[b->graph->nodes.count - 1];
    const char *name = arena_printf(b->arena, "n%zu", b->graph->nodes.count);
    b->node = graph_add(b->graph, (enum layer_kind)kind, name, b->span, from, count);
    b->node->args.window = (struct pair){1, 1};
    if (layer_table[kind].family != FAMILY_POOLING)
        b->node->args.stride = b->node->args.dilation = (struct pair){1, 1};
    b->node->args.groups = 1;
    memset(b->literals, 0, sizeof b->literals);
}

static void trim(const char **start, const char **end)
{
    while (*start < *end && **start == ' ')
        ++*start;
    while (*end > *start && (*end)[-1] == ' ')
        --*end;
}

static bool add_layer(struct build *b, const char *start, const char *end)
{
    trim(&start, &end);
    b->span = (struct span){(uint32_t)(start - b->line), (uint32_t)(end - b->line)};
    char *text = arena_copy(b->arena, start, (size_t)(end - start)), *state = NULL;
    char *keyword = strtok_r(text, " ", &state), *word = strtok_r(NULL, " ", &state);
    bool has_inputs = word && strncmp(word, "in=", 3) == 0;
    start_layer(b, keyword, has_inputs ? word + 3 : NULL);
    if (has_inputs)
        word = strtok_r(NULL, " ", &state);
    for (; word; word = strtok_r(NULL, " ", &state)) {
        char *value = strchr(word, '=');
        if (!value)
            fail("no value", word);
        *value++ = 0;
        if (!set_window_argument(b, word, value) && !set_weight_argument(b, word, value) &&
            !set_structure_argument(b, word, value))
            fail("no such key", word);
    }
    struct shape_context context = {.arena = b->arena, .diag = b->diag};
    return shape_normalise(&context, b->node, b->literals) && shape_infer(&context, b->node, b->literals);
}

/* False if a layer is refused. */
static bool build_line(struct build *b, const char *start, const char *end)
{
    b->graph = ARENA_NEW(b->arena, struct graph);
    b->graph->arena = b->arena;
    for (const char *bar; start < end; start = bar + 1) {
        bar = memchr(start, '|', (size_t)(end - start));
        if (!bar)
            bar = end;
        if (!add_layer(b, start, bar))
            return false;
    }
    if (!graph_finish(b->graph))
        return false;
    check_graph(b->arena, b->diag, b->graph);
    return true;
}

/* The messages as JSON lines, from which the checks' names are read. */
static const char *messages(struct build *b, bool json)
{
    FILE *file = tmpfile();
    if (!file)
        exit(2);
    struct diag_style style = {.color = false, .json = json, .remarks = true};
    diag_print(b->diag, file, style);
    long length = ftell(file);
    rewind(file);
    char *text = ARENA_ARRAY(b->arena, char, (size_t)length + 1);
    if (fread(text, 1, (size_t)length, file) != (size_t)length)
        exit(2);
    fclose(file);
    return text;
}

static const char *check_names(struct build *b)
{
    struct text names = text_new(b->arena);
    static const char key[] = "\"check\":\"";
    for (const char *p = messages(b, true); (p = strstr(p, key));) {
        p += sizeof key - 1;
        size_t length = strcspn(p, "\"");
        const char *name = arena_copy(b->arena, p, length);
        if (!strstr(names.bytes ? names.bytes : "", name))
            text_printf(&names, "%s%s", names.length ? "," : "", name);
    }
    return names.length ? names.bytes : "none";
}

static const char *weights_text(struct build *b)
{
    static const char *const roles[] = {"weight", "bias", "mean", "var"};
    struct text out = text_new(b->arena);
    for (size_t i = 0; i < b->node->weight_count; i++) {
        const struct weight *w = &b->node->weights[i];
        text_printf(&out, "%s%s%s%s:", out.length ? "/" : "", roles[w->role], w->trainable ? "" : "!",
                    w->literal ? "=" : "");
        for (int k = 0; k < w->rank; k++)
            text_printf(&out, "%s%lld", k ? "," : "", (long long)w->dims[k]);
    }
    return out.length ? out.bytes : "none";
}

static const char *numbers_text(struct build *b, const double *numbers, int64_t count)
{
    struct text out = text_new(b->arena);
    for (int64_t i = 0; numbers && i < count; i++)
        text_printf(&out, "%s%g", i ? ";" : "", numbers[i]);
    return out.length ? out.bytes : "none";
}

static const char *literal_text(struct build *b, const struct weight *weight)
{
    double *numbers = weight->literal ? ARENA_ARRAY(b->arena, double, (size_t)weight->count) : NULL;
    for (int64_t i = 0; numbers && i < weight->count; i++)
        numbers[i] = weight_literal(weight, i);
    return numbers_text(b, numbers, weight->count);
}

static const char *pair_text(struct build *b, struct pair pair)
{
    return arena_printf(b->arena, "%lldx%lld", (long long)pair.h, (long long)pair.w);
}

/* Arguments in their final form; NULL: the key names none. */
static const char *argument_of(struct build *b, const char *key)
{
    static const char *const pools[] = {"max", "avg", "l2", "gauss"};
    const struct layer_args *a = &b->node->args;
    if (strcmp(key, "pool") == 0)
        return pools[a->pool];
    if (strcmp(key, "F") == 0)
        return pair_text(b, a->window);
    if (strcmp(key, "S") == 0)
        return pair_text(b, a->stride);
    if (strcmp(key, "D") == 0)
        return pair_text(b, a->dilation);
    if (strcmp(key, "P") == 0)
        return a->pad_rule != PAD_GIVEN
                   ? "a rule"
                   : arena_printf(b->arena, "%lld,%lld,%lld,%lld", (long long)a->pad.top, (long long)a->pad.left,
                                  (long long)a->pad.bottom, (long long)a->pad.right);
    if (strcmp(key, "KMG") == 0)
        return arena_printf(b->arena, "%lld,%lld,%lld", (long long)a->filters, (long long)a->mult,
                            (long long)a->groups);
    if (strcmp(key, "range") == 0)
        return arena_printf(b->arena, "%lld,%lld", (long long)a->from, (long long)a->to);
    if (strcmp(key, "adaptive") == 0)
        return a->adaptive ? "yes" : "no";
    return NULL;
}

/* Normalising again must change nothing. */
static bool is_final(struct build *b)
{
    struct layer_args before = b->node->args;
    struct shape_context context = {.arena = b->arena, .diag = b->diag};
    return shape_normalise(&context, b->node, NULL) && memcmp(&before, &b->node->args, sizeof before) == 0;
}

static const char *value_of(struct build *b, const char *key)
{
    const struct node *n = b->node;
    const char *argument = argument_of(b, key);
    if (argument)
        return argument;
    if (strcmp(key, "final") == 0)
        return is_final(b) ? "yes" : "no";
    if (strcmp(key, "shape") == 0)
        return shape_text(b->arena, n->shape);
    if (strcmp(key, "params") == 0)
        return arena_printf(b->arena, "%lld", (long long)n->params);
    if (strcmp(key, "macs") == 0)
        return arena_printf(b->arena, "%lld", (long long)n->macs);
    if (strcmp(key, "conn") == 0)
        return arena_printf(b->arena, "%lld", (long long)n->connections);
    if (strcmp(key, "bytes") == 0)
        return arena_printf(b->arena, "%lld", (long long)n->bytes);
    if (strcmp(key, "element") == 0)
        return element_word(n->element);
    if (strcmp(key, "field") == 0)
        return arena_printf(b->arena, "%lldx%lld", (long long)n->field.h, (long long)n->field.w);
    if (strcmp(key, "jump") == 0)
        return arena_printf(b->arena, "%gx%g", n->jump_h, n->jump_w);
    if (strcmp(key, "weights") == 0)
        return weights_text(b);
    if (strcmp(key, "name") == 0)
        return n->weights[n->weight_count - 1].name;
    if (strcmp(key, "literal") == 0)
        return literal_text(b, &n->weights[0]);
    if (strcmp(key, "mean") == 0)
        return numbers_text(b, n->args.mean, n->shape.c);
    if (strcmp(key, "scale") == 0)
        return numbers_text(b, n->args.scale, n->shape.c);
    if (strcmp(key, "error") == 0 || strcmp(key, "lints") == 0)
        return check_names(b);
    fail("no such expectation", key);
    return NULL;
}

static void check_line(struct build *b, const char *name, bool built, char *wanted)
{
    char *state = NULL;
    bool good = true, error_wanted = strncmp(wanted, "error=", 6) == 0;
    struct text details = text_new(b->arena);
    if (built == error_wanted) {
        text_printf(&details, "%s: %s\n", built ? "was accepted" : "was refused", check_names(b));
        good = false;
    }
    for (char *word = strtok_r(wanted, " ", &state); good && word; word = strtok_r(NULL, " ", &state)) {
        char *value = strchr(word, '=');
        if (!value)
            fail("no value", word);
        *value++ = 0;
        const char *found = value_of(b, word);
        if (strcmp(found, value) != 0)
            text_printf(&details, "%s is %s, not %s\n", word, found, value);
    }
    good = good && details.length == 0;
    report(good, "%s", name);
    for (const char *line = details.length ? details.bytes : ""; *line; line += strcspn(line, "\n") + 1)
        detail("%.*s", (int)strcspn(line, "\n"), line);
}

static void run_line(const char *line, bool table)
{
    struct arena *arena = arena_new();
    struct build b = {.arena = arena, .diag = diag_new(arena), .line = line};
    diag_set_source(b.diag, source_new(arena, "test", line, strlen(line)));
    const char *colon = strstr(line, ": "), *arrow = strstr(line, " => ");
    if (!colon || (table && !arrow))
        fail("no colon or =>", line);
    bool built = build_line(&b, colon + 2, arrow ? arrow : line + strlen(line));
    const char *name = arena_copy(arena, line, (size_t)(colon - line));
    if (table)
        check_line(&b, name, built, arena_string(arena, arrow + 4));
    else
        printf("%s\n", messages(&b, false));
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new();
    const char *error = NULL;
    size_t length;
    if (argc != 3)
        return 2;
    char *text = file_read(arena, argv[2], 1 << 24, &length, &error);
    if (!text) {
        fprintf(stderr, "%s: %s\n", argv[2], error);
        return 2;
    }
    char *state = NULL;
    for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state))
        if (*line != '#')
            run_line(line, strcmp(argv[1], "table") == 0);
    arena_free(arena);
    return 0;
}
