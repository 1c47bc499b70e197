/* The rules of thumb of -Wrules: small-windows, input-side, filter-count, keep-size, reducing, pattern. They are off
 * unless asked for, since good networks break them knowingly. rules.def has the reasons. */
#include "base/text.h"
#include "check/lint.h"
#include "check/rules.h"

/* The reason stands once, in the first message about a rule. */
static void help_reason(const struct lint *lint, struct message *message, enum check rule)
{
    if (!lint->reasoned[rule])
        message_help(message, "%s", rule_info(rule)->reason);
    lint->reasoned[rule] = true;
}

static bool is_conv(const struct node *node)
{
    return node->kind == LAYER_CONV || node->kind == LAYER_DWCONV;
}

/* A window at the place where all it sees is one place: a fully connected layer by another name. */
static bool covers_all(const struct node *node)
{
    return node->shape.h == 1 && node->shape.w == 1;
}

static const char *times_words(struct arena *arena, int64_t count)
{
    static const char *const words[] = {"no", "one", "two", "three", "four", "five", "six"};
    return count < 7 ? words[count] : arena_printf(arena, "%lld", (long long)count);
}

/* ---- small-windows ---- */

/* The weights of `count` 3x3 convolutions in a row with `between` maps between them. */
static int64_t stacked_weights(int64_t count, int64_t in, int64_t between, int64_t out)
{
    return 9 * between * (in + (count - 2) * between + out);
}

static void rule_small_windows(const struct lint *lint, const struct node *node)
{
    const struct layer_args *a = &node->args;
    const int64_t f = a->window.h, count = (f - 1) / 2;
    if (node->kind != LAYER_CONV || a->groups != 1 || a->connect || f < 5 || f % 2 == 0 || a->window.w != f ||
        a->dilation.h * a->dilation.w != 1 || node->shares || covers_all(node))
        return;
    const int64_t in = node->inputs[0]->shape.c, between = in < a->filters ? in : a->filters;
    const int64_t stacked = stacked_weights(count, in, between, a->filters), own = f * f * in * a->filters;
    struct message *m = node_report(lint->diag, CHECK_SMALL_WINDOWS, node,
                                    "%s sees what %s 3x3 in a row see with %lld of its %lld weights",
                                    shape_window_words(lint->arena, node), times_words(lint->arena, count),
                                    (long long)(9 * count), (long long)(f * f));
    const char *last = a->stride.h * a->stride.w > 1
                           ? arena_printf(lint->arena, ", the last at stride %lld", (long long)a->stride.h)
                           : "";
    if (stacked < own)
        message_help(m, "%s 3x3%s, with %lld map%s between them, have %s weights here instead of %s",
                     times_words(lint->arena, count), last, (long long)between, between == 1 ? "" : "s",
                     text_thousands(lint->arena, stacked), text_thousands(lint->arena, own));
    if (*last && node->inputs[0]->kind == LAYER_INPUT)
        message_help(m, "a first layer that reduces a large picture at once is the usual exception: AlexNet, ResNet");
    help_reason(lint, m, CHECK_SMALL_WINDOWS);
}

/* ---- input-side ---- */

/* By how much the network divides the sides of its picture, along one of them; 1 if not at all. */
static int64_t division(const struct lint *lint, bool height)
{
    double most = 1;
    for (size_t i = 0; i < lint->graph->nodes.count; i++) {
        const struct node *node = lint->graph->nodes.items[i];
        double jump = height ? node->jump_h : node->jump_w;
        if (node->needed && lint_is_sliding(node) && (height ? node->shape.h : node->shape.w) > 1 && jump > most)
            most = jump;
    }
    return most < 1e9 && most == (double)(int64_t)most ? (int64_t)most : 1;
}

/* How often a power of two halves; 0 for other numbers. */
static int halvings(int64_t number)
{
    int count = 0;
    for (; number % 2 == 0; number /= 2)
        count++;
    return number == 1 ? count : 0;
}

static void rule_input_side(const struct lint *lint, const struct node *node)
{
    if (node->kind != LAYER_INPUT)
        return;
    const int64_t by_h = division(lint, true), by_w = division(lint, false);
    const bool h = node->shape.h % by_h != 0, w = node->shape.w % by_w != 0;
    if (!h && !w)
        return;
    const int64_t side = h ? node->shape.h : node->shape.w, by = h ? by_h : by_w, below = side / by * by;
    const char *what = h && w && node->shape.h == node->shape.w ? "sides" : h ? "height" : "width";
    const int times = halvings(by);
    const char *how = times ? arena_printf(lint->arena, "%d time%s", times, times == 1 ? "" : "s")
                            : arena_printf(lint->arena, "by %lld", (long long)by);
    struct message *m = node_report(lint->diag, CHECK_INPUT_SIDE, node,
                                    "the network %s the %s of %lld pixels %s, which does not come out even: "
                                    "%lld/%lld = %.2f",
                                    times ? "halves" : "divides", what, (long long)side, how, (long long)side,
                                    (long long)by, (double)side / (double)by);
    if (below)
        message_help(m, "%lld and %lld would come out even", (long long)below, (long long)(below + by));
    else
        message_help(m, "%lld would come out even", (long long)by);
    help_reason(lint, m, CHECK_INPUT_SIDE);
}

/* ---- filter-count ---- */

/* Does no layer with weights read what follows? Then its number of filters is that of the classes. */
static bool is_head(const struct lint *lint, const struct node *node)
{
    for (; node; node = lint_only_reader(lint, node)) {
        const struct readers *readers = &lint->readers[node->id];
        if (readers->count == 0)
            return true;
        for (size_t i = 0; i < readers->count; i++) {
            const enum layer_family family = layer_table[readers->items[i]->kind].family;
            if (family == FAMILY_CONVOLUTION || readers->items[i]->kind == LAYER_FC || family == FAMILY_MERGE)
                return false;
        }
    }
    return true;
}

static void rule_filter_count(const struct lint *lint, const struct node *node)
{
    enum { VECTOR = 16 };
    const int64_t k = node->args.filters;
    if (node->kind != LAYER_CONV || node->shares || (k & (k - 1)) == 0 || is_head(lint, node))
        return;
    int64_t power = 1;
    while (2 * power < k)
        power *= 2;
    struct message *m = node_report(lint->diag, CHECK_FILTER_COUNT, node,
                                    "%lld filters are no power of two: %lld and %lld are", (long long)k,
                                    (long long)power, (long long)(2 * power));
    if (k % VECTOR == 0)
        message_help(m, "vectors of %d numbers do come out even: %lld = %lld*%d", VECTOR, (long long)k,
                     (long long)(k / VECTOR), VECTOR);
    else
        message_help(m, "of vectors of %d numbers, %lld place%s would be empty", VECTOR,
                     (long long)(VECTOR - k % VECTOR), VECTOR - k % VECTOR == 1 ? "" : "s");
    help_reason(lint, m, CHECK_FILTER_COUNT);
}

/* ---- keep-size ---- */

static void rule_keep_size(const struct lint *lint, const struct node *node)
{
    const struct layer_args *a = &node->args;
    if (!is_conv(node) || node->shares || covers_all(node) || a->stride.h != 1 || a->stride.w != 1)
        return;
    const struct shape in = node->inputs[0]->shape, out = node->shape;
    const int64_t lost = in.h - out.h > in.w - out.w ? in.h - out.h : in.w - out.w;
    const int64_t side = in.h - out.h == lost ? in.h : in.w;
    if (lost <= 0)
        return;
    struct message *m = node_report(lint->diag, CHECK_KEEP_SIZE, node, "%s at stride 1 shrinks %s to %s",
                                    shape_window_words(lint->arena, node), shape_pair_text(lint->arena, in.h, in.w),
                                    shape_pair_text(lint->arena, out.h, out.w));
    message_help(m, "pad=same keeps %s; after %lld such layers there would be no pixel left to lose",
                 shape_pair_text(lint->arena, in.h, in.w), (long long)((side - 1) / lost));
    help_reason(lint, m, CHECK_KEEP_SIZE);
}

/* ---- reducing ---- */

static void rule_reducing(const struct lint *lint, const struct node *node)
{
    const struct layer_args *a = &node->args;
    const bool pool = layer_table[node->kind].family == FAMILY_POOLING;
    const struct shape in = node->input_count ? node->inputs[0]->shape : node->shape, out = node->shape;
    const int64_t step = a->stride.h * a->stride.w;
    if (!lint_is_sliding(node) || node->shares || step == 1 || covers_all(node))
        return;
    if (pool && a->window.h == 2 && a->window.w == 2 && a->stride.h == 2 && a->stride.w == 2)
        return;
    if (in.h == 1 || in.w == 1) /* a signal: there is no 2x2 */
        return;
    struct message *m = node_report(
        lint->diag, CHECK_REDUCING, node, "%s at stride %s reduces %s to %s: one place of %lld remains",
        pool ? arena_printf(lint->arena, "a pool of %s", shape_pair_text(lint->arena, a->window.h, a->window.w))
             : shape_window_words(lint->arena, node),
        a->stride.h == a->stride.w ? arena_printf(lint->arena, "%lld", (long long)a->stride.h)
                                   : shape_pair_text(lint->arena, a->stride.h, a->stride.w),
        shape_pair_text(lint->arena, in.h, in.w), shape_pair_text(lint->arena, out.h, out.w), (long long)step);
    if (!pool)
        message_help(m, "at stride 1 with a POOL behind it, it would see every place");
    else if (a->window.h > a->stride.h && a->window.w > a->stride.w)
        message_help(m, "its windows overlap by %lld; those of POOL, 2x2 at stride 2, do not",
                     (long long)(a->window.h - a->stride.h));
    else
        message_help(m, "of POOL, 2x2 at stride 2, one number of four remains");
    help_reason(lint, m, CHECK_REDUCING);
}

/* ---- pattern ---- */

static const struct node *before(const struct node *node)
{
    return node->input_count == 1 ? node->inputs[0] : NULL;
}

static bool passes_on(const struct node *node)
{
    return lint_is_activation(node) || layer_table[node->kind].family == FAMILY_NORMALISATION ||
           node->kind == LAYER_DROPOUT || node->kind == LAYER_FLATTEN;
}

/* Is it one of a run of convolutions or FCs, rather than a 1x1, a depthwise one or one that reduces? */
static bool counts(const struct node *node, enum layer_kind kind)
{
    const struct layer_args *a = &node->args;
    return node->kind == kind &&
           (kind == LAYER_FC || (a->groups == 1 && a->window.h * a->window.w > 1 && a->stride.h * a->stride.w == 1));
}

/* The next one of the run that ends before `node`, or NULL. */
static const struct node *run_before(const struct node *node, enum layer_kind kind)
{
    node = before(node);
    while (node && passes_on(node) && node->reader_count == 1)
        node = before(node);
    return node && node->reader_count == 1 && counts(node, kind) ? node : NULL;
}

static bool run_goes_on(const struct lint *lint, const struct node *node, enum layer_kind kind)
{
    const struct node *next = lint_only_reader(lint, node);
    while (next && passes_on(next))
        next = lint_only_reader(lint, next);
    return next && counts(next, kind);
}

static int64_t run_length(const struct lint *lint, const struct node *last, enum layer_kind kind)
{
    int64_t length = 0;
    if (!counts(last, kind) || last->shares || run_goes_on(lint, last, kind))
        return 0;
    for (const struct node *node = last; node; node = run_before(node, kind))
        length++;
    return length;
}

static void rule_pattern(const struct lint *lint, const struct node *node)
{
    enum { MOST_CONVOLUTIONS = 3, MOST_HIDDEN = 2 };
    const int64_t convolutions = run_length(lint, node, LAYER_CONV), dense = run_length(lint, node, LAYER_FC);
    struct message *m = NULL;
    if (convolutions > MOST_CONVOLUTIONS)
        m = node_report(lint->diag, CHECK_PATTERN, node,
                        "this is convolution %lld in a row: the pattern has N = %d at most between two pools",
                        (long long)convolutions, MOST_CONVOLUTIONS);
    else if (dense > MOST_HIDDEN + 1)
        m = node_report(lint->diag, CHECK_PATTERN, node,
                        "%lld FCs come before this one: the pattern has K = %d hidden ones at most",
                        (long long)(dense - 1), MOST_HIDDEN);
    if (m)
        help_reason(lint, m, CHECK_PATTERN);
}

/* ---- all of them ---- */

static const struct {
    enum check check;
    lint_rule *apply;
} rules[] = {{CHECK_SMALL_WINDOWS, rule_small_windows}, {CHECK_INPUT_SIDE, rule_input_side},
             {CHECK_FILTER_COUNT, rule_filter_count},   {CHECK_KEEP_SIZE, rule_keep_size},
             {CHECK_REDUCING, rule_reducing},           {CHECK_PATTERN, rule_pattern}};

void lint_rules(const struct lint *lint, const struct node *node)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (diag_listens(lint->diag, rules[i].check))
            rules[i].apply(lint, node);
}
