/* The merges: ADD MUL MAX SUB MIN DIV POW MEAN LESS GREATER EQUAL WHERE, which broadcast, MATMUL and CONCAT. Their
 * receptive field is the largest of the branches'. */
#include "shape/origin.h"
#include "shape/rules.h"

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The largest field, and the jump of the branches that are as large as the result (others repeat one place). */
static void merge_fields(struct inference *in)
{
    struct layer_result *result = &in->result;
    result->jump_h = result->jump_w = 0;
    for (size_t i = 0; i < in->node->input_count; i++) {
        const struct node *input = in->node->inputs[i];
        result->field.h = larger(result->field.h, input->field.h);
        result->field.w = larger(result->field.w, input->field.w);
        if (input->shape.h == result->shape.h && input->jump_h > result->jump_h)
            result->jump_h = input->jump_h;
        if (input->shape.w == result->shape.w && input->jump_w > result->jump_w)
            result->jump_w = input->jump_w;
    }
}

static bool side_fits(int64_t side, int64_t result)
{
    return side == result || side == 1;
}

static bool shape_fits(struct shape s, struct shape result)
{
    return side_fits(s.h, result.h) && side_fits(s.w, result.w) && side_fits(s.c, result.c);
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/* Heights and widths differ: by a factor, or by the edges that `valid` windows lose. */
static void help_spatial(const struct inference *in, struct message *m, struct shape a, struct shape b)
{
    struct shape big = a.h >= b.h ? a : b, small = a.h >= b.h ? b : a;
    int64_t factor_h = big.h / small.h, factor_w = big.w / small.w;
    if (big.h % small.h == 0 && big.w % small.w == 0) {
        const char *factor = factor_h == factor_w ? arena_printf(in->arena, "%lld", (long long)factor_h)
                                                  : shape_pair_text(in->arena, factor_h, factor_w);
        message_help(m, "a stride of %s in the branch of %s, or UPSAMPLE(%s) in the other, would make them equal",
                     factor, shape_text(in->arena, big), factor);
    } else if (big.w >= small.w) {
        int64_t rows = big.h - small.h, columns = big.w - small.w;
        message_help(m, "they differ by %lld row%s and %lld column%s: pad=same keeps the size, CROP removes edges",
                     (long long)rows, plural(rows), (long long)columns, plural(columns));
    }
}

static bool side_differs(const struct inference *in, int64_t a, int64_t b)
{
    return a != b && (in->node->kind == LAYER_CONCAT || (a != 1 && b != 1));
}

/* Suggests a simple way to make the two fit. */
static void help_merge(const struct inference *in, struct message *m, struct shape first, struct shape other)
{
    if (side_differs(in, first.h, other.h) || side_differs(in, first.w, other.w)) {
        help_spatial(in, m, first, other);
        return;
    }
    struct shape fixed = {other.h, other.w, first.c};
    message_help(m, "CONV(%lld, 1) in the branch of %s would make it %s", (long long)first.c,
                 shape_text(in->arena, other), shape_text(in->arena, fixed));
    fixed.c = first.c + other.c; /* both are at most 2^31 */
    if (first.h == other.h && first.w == other.w)
        message_help(m, "CONCAT would join them as %s", shape_text(in->arena, fixed));
}

static bool report_merge(const struct inference *in, size_t first, size_t other)
{
    const struct node *a = in->node->inputs[first], *b = in->node->inputs[other];
    const struct source *source = diag_source(in->diag);
    const char *keyword = layer_table[in->node->kind].keyword;
    struct message *m = diag_report(in->diag, CHECK_MERGE, in->node->span, "%s cannot join %s with %s%s", keyword,
                                    shape_text(in->arena, a->shape), shape_text(in->arena, b->shape),
                                    in->node->kind == LAYER_CONCAT ? ": heights and widths differ" : "");
    const char *origin_a = shape_origin(in->arena, source, a), *origin_b = shape_origin(in->arena, source, b);
    if (source)
        message_label(m, "%s; %s", origin_a, origin_b);
    else
        message_help(m, "%s; %s", origin_a, origin_b);
    help_merge(in, m, a->shape, b->shape);
    return false;
}

/* The first branch that the branch `index`, which does not broadcast to the result, does not fit. */
static size_t rival_of(const struct node *node, size_t index)
{
    struct shape s = node->inputs[index]->shape;
    for (size_t i = 0; i < node->input_count; i++) {
        struct shape t = node->inputs[i]->shape;
        if (!(side_fits(s.h, t.h) || t.h == 1) || !(side_fits(s.w, t.w) || t.w == 1) ||
            !(side_fits(s.c, t.c) || t.c == 1))
            return i;
    }
    return index;
}

bool shape_rule_broadcast(struct inference *in)
{
    const struct node *node = in->node;
    struct shape result = in->input;
    for (size_t i = 1; i < node->input_count; i++) {
        struct shape s = node->inputs[i]->shape;
        result.h = larger(result.h, s.h);
        result.w = larger(result.w, s.w);
        result.c = larger(result.c, s.c);
    }
    for (size_t i = 0; i < node->input_count; i++)
        if (!shape_fits(node->inputs[i]->shape, result))
            return report_merge(in, rival_of(node, i), i);
    in->result.shape = result;
    merge_fields(in);
    return true;
}

static bool report_branches(const struct inference *in, const char *what, const char *help)
{
    struct message *m = diag_report(in->diag, CHECK_MERGE, in->node->span, "%s takes %s, not %zu",
                                    node_keyword(in->node), what, in->node->input_count);
    message_help(m, "%s", help);
    return false;
}

bool shape_rule_compared(struct inference *in)
{
    if (in->node->input_count != 2)
        return report_branches(in, "two branches", "MUL{ LESS{ a | b } | LESS{ b | c } } is 1 where both are");
    return shape_rule_broadcast(in);
}

bool shape_rule_where(struct inference *in)
{
    if (in->node->input_count != 3)
        return report_branches(in, "three branches", "write WHERE{ condition | what it chooses | what else }");
    return shape_rule_broadcast(in);
}

static bool report_matmul(const struct inference *in, const char *why)
{
    const struct node *a = in->node->inputs[0], *b = in->node->inputs[1];
    const struct source *source = diag_source(in->diag);
    struct message *m = diag_report(in->diag, CHECK_MERGE, in->node->span, "MATMUL cannot multiply %s by %s: %s",
                                    shape_text(in->arena, a->shape), shape_text(in->arena, b->shape), why);
    message_help(m, "%s; %s", shape_origin(in->arena, source, a), shape_origin(in->arena, source, b));
    if (a->shape.w != b->shape.h && a->shape.w == b->shape.w)
        message_help(m, "TRANSPOSE(whc) in the second branch would make its columns rows");
    return false;
}

/* Every result sees a row of the first branch and a column of the second. */
bool shape_rule_matmul(struct inference *in)
{
    const struct node *node = in->node;
    if (node->input_count != 2) {
        struct message *m = diag_report(in->diag, CHECK_MERGE, node->span, "MATMUL multiplies two branches, not %zu",
                                        node->input_count);
        message_help(m, "write MATMUL{ MATMUL{ a | b } | c } for a product of three");
        return false;
    }
    const struct shape a = node->inputs[0]->shape, b = node->inputs[1]->shape;
    const struct pair reach = {larger(a.h, b.h) - 1, larger(a.w, b.w) - 1}, keep = {1, 1};
    if (a.w != b.h)
        return report_matmul(in, arena_printf(in->arena, "the first has %lld columns, the second %lld rows",
                                              (long long)a.w, (long long)b.h));
    if (a.c != b.c && a.c != 1 && b.c != 1)
        return report_matmul(in, "their channels differ, and neither has one alone");
    in->result.shape = (struct shape){a.h, b.w, larger(a.c, b.c)};
    merge_fields(in);
    if (!shape_check_size(in) || !shape_field_window(in, reach, keep))
        return false;
    return checked_product(&in->result.macs, 4, a.h, a.w, b.w, in->result.shape.c) ||
           shape_report_count(in, "multiply-accumulates");
}

bool shape_rule_concat(struct inference *in)
{
    const struct node *node = in->node;
    int64_t channels = 0;
    for (size_t i = 0; i < node->input_count; i++) {
        struct shape s = node->inputs[i]->shape;
        if (s.h != in->input.h || s.w != in->input.w)
            return report_merge(in, 0, i);
        if (!checked_add(channels, s.c, &channels))
            return shape_report_limit(in, "the result");
    }
    in->result.shape.c = channels;
    merge_fields(in);
    return true;
}
