/* RNN, GRU and LSTM over a number of steps that is known: each step becomes layers of its own, which share their
 * weights. What the input contributes is one product for all steps; what the state does, one a step. */
#include <string.h>

#include "import.h"

enum { MOST_STEPS = 256, MOST_GATES = 4 };

/* One direction of an operator at work: sizes, and its constants. */
struct recurrence {
    struct importer *im;
    struct call *call;
    int gates;
    int64_t steps, batch, hidden;
    bool resets_after;                            /* GRU: linear_before_reset */
    const struct constant *input, *state;         /* [gates*hidden, input], [gates*hidden, hidden] */
    const struct constant *state_part[2];         /* GRU: of the update and reset gates, and of the candidate */
    const struct constant *bias, *candidate_bias; /* of all gates; GRU, resets_after: of the state's candidate */
    const struct constant *peephole[3];           /* LSTM: of the input, output and forget gates, or NULL */
    const struct value *from_input;               /* [steps, batch, gates*hidden] */
    struct value *h, *c;                          /* [1, batch, hidden] */
    enum layer_kind gate, candidate, result;      /* activations */
};

/* Rows `from` to `to` of direction d of a constant [directions, rows, ...], as [rows, ...]. */
static const struct constant *rows_of(struct recurrence *r, const struct constant *constant, int64_t d, int64_t from,
                                      int64_t to)
{
    struct dims dims = {.rank = constant->dims.rank - 1};
    int64_t each = 1;
    float *floats;
    for (int i = 0; i < dims.rank; i++) {
        dims.at[i] = i ? constant->dims.at[i + 1] : to - from;
        each *= i ? dims.at[i] : 1;
    }
    struct constant *result = constant_new_floats(r->im, dims, &floats);
    if (!result) {
        refuse(r->im, r->call, "its weights are too large");
        return NULL;
    }
    const int64_t first = (d * constant->dims.at[1] + from) * each;
    for (int64_t i = 0; i < result->count; i++)
        floats[i] = (float)constant_at(constant, first + i);
    result->trained = constant->trained;
    result->name = constant->name;
    return result;
}

/* The sum of the input's and the state's biases; of a GRU that resets after its product, the state's candidate's has
 * none of it. */
static bool find_bias(struct recurrence *r, const struct constant *b, int64_t d)
{
    const int64_t all = r->gates * r->hidden, kept = r->resets_after ? 2 * r->hidden : all;
    float *floats;
    if (!b)
        return true;
    struct constant *sum = constant_new_floats(r->im, (struct dims){1, {all}}, &floats);
    for (int64_t i = 0; sum && i < all; i++)
        floats[i] = (float)(constant_at(b, 2 * d * all + i) + (i < kept ? constant_at(b, (2 * d + 1) * all + i) : 0));
    if (sum) {
        sum->trained = b->trained;
        sum->name = b->name;
    }
    r->bias = sum;
    r->candidate_bias = r->resets_after ? rows_of(r, b, d, all + kept, 2 * all) : NULL;
    return sum || refuse(r->im, r->call, "its weights are too large");
}

static struct value *pair(struct recurrence *r, enum layer_kind kind, struct value *a, struct value *b)
{
    return a && b ? merge_views(r->im, r->call, kind, (struct value *[]){a, b}, 2) : NULL;
}

static struct value *activated(struct recurrence *r, enum layer_kind kind, struct value *x)
{
    struct layer layer = {.kind = kind};
    if (kind == LAYER_TANH)
        layer.args.a = layer.args.b = 1;
    return x ? apply(r->im, r->call, &layer, x) : NULL;
}

static struct value *gate_of(struct recurrence *r, const struct value *all, int gate, int count)
{
    return all ? slice_view(r->im, r->call, all, 2, gate * r->hidden, (gate + count) * r->hidden) : NULL;
}

static struct value *product(struct recurrence *r, const struct value *x, const struct constant *matrix,
                             const struct constant *bias)
{
    return x ? linear_axis(r->im, r->call, x, 2, matrix, bias, false) : NULL;
}

/* What the input contributes to step t. */
static struct value *of_step(struct recurrence *r, int64_t t)
{
    return slice_view(r->im, r->call, r->from_input, 0, t, t + 1);
}

static bool step_rnn(struct recurrence *r, int64_t t)
{
    r->h = activated(r, r->candidate, pair(r, LAYER_ADD, of_step(r, t), product(r, r->h, r->state, NULL)));
    return r->h != NULL;
}

/* h = n + z*(h - n) */
static bool step_gru(struct recurrence *r, int64_t t)
{
    struct value *x = of_step(r, t), *before = product(r, r->h, r->state_part[0], NULL);
    struct value *gates = activated(r, r->gate, pair(r, LAYER_ADD, gate_of(r, x, 0, 2), before));
    struct value *z = gate_of(r, gates, 0, 1), *reset = gate_of(r, gates, 1, 1), *state;
    if (r->resets_after)
        state = pair(r, LAYER_MUL, reset, product(r, r->h, r->state_part[1], r->candidate_bias));
    else
        state = product(r, pair(r, LAYER_MUL, reset, r->h), r->state_part[1], NULL);
    struct value *n = activated(r, r->candidate, pair(r, LAYER_ADD, gate_of(r, x, 2, 1), state));
    r->h = pair(r, LAYER_ADD, n, pair(r, LAYER_MUL, z, pair(r, LAYER_SUB, r->h, n)));
    return r->h != NULL;
}

static struct value *peeped(struct recurrence *r, struct value *gate, int which, struct value *cell)
{
    if (!gate || !r->peephole[which])
        return gate;
    return pair(r, LAYER_ADD, gate, cell ? scale_view(r->im, r->call, cell, r->peephole[which], NULL) : NULL);
}

/* Gates in ONNX's order: input, output, forget, cell. */
static bool step_lstm(struct recurrence *r, int64_t t)
{
    struct value *all = pair(r, LAYER_ADD, of_step(r, t), product(r, r->h, r->state, NULL));
    struct value *in = activated(r, r->gate, peeped(r, gate_of(r, all, 0, 1), 0, r->c));
    struct value *forget = activated(r, r->gate, peeped(r, gate_of(r, all, 2, 1), 2, r->c));
    struct value *cell = activated(r, r->candidate, gate_of(r, all, 3, 1));
    r->c = pair(r, LAYER_ADD, pair(r, LAYER_MUL, forget, r->c), pair(r, LAYER_MUL, in, cell));
    struct value *out = activated(r, r->gate, peeped(r, gate_of(r, all, 1, 1), 1, r->c));
    r->h = pair(r, LAYER_MUL, out, r->c ? activated(r, r->result, r->c) : NULL);
    return r->h != NULL;
}

/* The state before the first step: input `i` of the operator, or zeros. */
static struct value *first_state(struct recurrence *r, const struct value *x, size_t i, int64_t d)
{
    const struct dims dims = {3, {1, r->batch, r->hidden}};
    struct value *given = call_has(r->call, i) ? r->call->inputs[i] : NULL;
    if (given && given->kind == VALUE_VIEW) {
        struct value *state = slice_view(r->im, r->call, given, 0, d, d + 1);
        return state ? view_reshape(r->im, r->call, state, &dims) : NULL;
    }
    struct constant *zeros = given ? NULL : constant_new(r->im, ONNX_FLOAT, dims);
    const struct constant *held = given ? rows_of(r, given->constant, d, 0, r->batch) : zeros;
    return held ? constant_like(r->im, r->call, x, constant_as(r->im, held, dims)) : NULL;
}

static bool find_activations(struct recurrence *r, int64_t d)
{
    static const struct {
        const char *name;
        enum layer_kind kind;
    } known[] = {{"Sigmoid", LAYER_SIGMOID}, {"Tanh", LAYER_TANH}, {"Relu", LAYER_RELU}};
    const struct attribute *given = call_attribute(r->call, "activations");
    const size_t each = r->gates == 1 ? 1 : r->gates == 3 ? 2 : 3;
    enum layer_kind *slots[] = {r->gates == 1 ? &r->candidate : &r->gate, &r->candidate, &r->result};
    r->gate = LAYER_SIGMOID;
    r->candidate = r->result = LAYER_TANH;
    for (size_t i = 0; given && i < each; i++) {
        const size_t at = (size_t)d * each + i;
        bool found = false;
        for (size_t k = 0; at < given->n_strings && k < sizeof known / sizeof *known; k++)
            if (strcmp(given->strings[at], known[k].name) == 0) {
                *slots[i] = known[k].kind;
                found = true;
            }
        if (!found)
            return refuse(r->im, r->call, "its activation %s; Sigmoid, Tanh and Relu are supported",
                          at < given->n_strings ? given->strings[at] : "is missing");
    }
    return true;
}

static bool find_weights(struct recurrence *r, int64_t d)
{
    const struct constant *w = call_constant(r->call, 1), *state = call_constant(r->call, 2);
    const struct constant *peepholes = r->gates == 4 ? call_constant(r->call, 7) : NULL;
    const int64_t all = r->gates * r->hidden;
    r->input = rows_of(r, w, d, 0, all);
    r->state = rows_of(r, state, d, 0, all);
    if (r->gates == 3) {
        r->state_part[0] = rows_of(r, state, d, 0, 2 * r->hidden);
        r->state_part[1] = rows_of(r, state, d, 2 * r->hidden, all);
    }
    for (int i = 0; peepholes && i < 3; i++)
        r->peephole[i] = rows_of(r, peepholes, d, i * r->hidden, (i + 1) * r->hidden);
    return find_bias(r, call_constant(r->call, 3), d) && !r->call->refusal;
}

/* One direction: its results step by step, [steps, batch, hidden]. */
static struct value *run_direction(struct recurrence *r, const struct value *x, int64_t d, bool backward)
{
    struct value *results[MOST_STEPS];
    if (!find_activations(r, d) || !find_weights(r, d))
        return NULL;
    r->from_input = linear_axis(r->im, r->call, x, 2, r->input, r->bias, false);
    r->h = r->from_input ? first_state(r, x, 5, d) : NULL;
    r->c = r->h && r->gates == 4 ? first_state(r, x, 6, d) : r->h;
    if (!r->h || !r->c)
        return NULL;
    for (int64_t i = 0; i < r->steps; i++) {
        const int64_t t = backward ? r->steps - 1 - i : i;
        const bool done = r->gates == 1 ? step_rnn(r, t) : r->gates == 3 ? step_gru(r, t) : step_lstm(r, t);
        if (!done)
            return NULL;
        results[t] = r->h;
    }
    return concat_views(r->im, r->call, results, (size_t)r->steps, 0);
}

/* Is input `i`, if it is there, a tensor of [directions, b (, c)]? c: 0 for two dimensions. */
static bool has_dims(const struct recurrence *r, size_t i, int64_t directions, int64_t b, int64_t c)
{
    if (!call_has(r->call, i))
        return true;
    const struct value *given = r->call->inputs[i];
    const struct dims *dims = given->kind == VALUE_VIEW ? &given->dims : &given->constant->dims;
    return dims->rank == (c ? 3 : 2) && dims->at[0] == directions && dims->at[1] == b && (!c || dims->at[2] == c);
}

static bool check(struct recurrence *r, const struct value *x, int64_t directions)
{
    const struct constant *w = call_constant(r->call, 1), *state = call_constant(r->call, 2);
    const struct constant *lengths = call_constant(r->call, 4);
    const int64_t all = r->gates * r->hidden;
    if (!w || !state || (call_has(r->call, 3) && !call_constant(r->call, 3)))
        return refuse(r->im, r->call, "its weights are not constants");
    if (x->dims.rank != 3 || w->dims.rank != 3 || state->dims.rank != 3 || w->dims.at[0] != directions ||
        w->dims.at[1] != all || w->dims.at[2] != x->dims.at[2] || state->dims.at[0] != directions ||
        state->dims.at[1] != all || state->dims.at[2] != r->hidden || !has_dims(r, 3, directions, 2 * all, 0) ||
        !has_dims(r, 5, directions, r->batch, r->hidden) ||
        (r->gates == 4 && !has_dims(r, 6, directions, r->batch, r->hidden)) ||
        (r->gates == 4 && call_has(r->call, 7) &&
         (!call_constant(r->call, 7) || !has_dims(r, 7, directions, 3 * r->hidden, 0))))
        return refuse(r->im, r->call, "its weights %s, biases, peepholes or first states do not fit its input %s",
                      dims_words(r->im->arena, &w->dims), dims_words(r->im->arena, &x->dims));
    if (call_has(r->call, 4) && (!lengths || !constant_is(lengths, (double)r->steps)))
        return refuse(r->im, r->call, "its sequences have lengths of their own; those of all steps are supported");
    if (r->steps > MOST_STEPS)
        return refuse(r->im, r->call, "its %lld steps become layers each; %d are supported", (long long)r->steps,
                      MOST_STEPS);
    if (call_attribute(r->call, "clip") || call_int(r->call, "input_forget", 0))
        return refuse(r->im, r->call, "clip and input_forget are not supported");
    return true;
}

/* [directions, batch, hidden] of the results of each direction; with layout, the batch comes first. */
static struct value *joined(struct importer *im, struct call *call, struct value **parts, int64_t directions,
                            bool batch_first)
{
    static const int turned[] = {1, 0, 2};
    struct value *all = concat_views(im, call, parts, (size_t)directions, 0);
    return all && batch_first ? view_transpose(im, all, turned) : all;
}

bool op_recurrent(struct importer *im, struct call *call)
{
    static const int steps_first[] = {1, 0, 2}, batch_first[] = {2, 0, 1, 3};
    const char *direction = call_string(call, "direction", "forward");
    const bool both = strcmp(direction, "bidirectional") == 0, turned = call_int(call, "layout", 0) != 0;
    const int64_t directions = both ? 2 : 1;
    struct value *x = call_view(call, 0), *sequences[2] = {NULL, NULL}, *hidden[2], *cells[2];
    if (!x || x->dims.rank != 3)
        return refuse(im, call, "its input is not a sequence of three dimensions");
    x = turned ? view_transpose(im, x, steps_first) : x;
    struct recurrence sizes = {.im = im, .call = call, .steps = x->dims.at[0], .batch = x->dims.at[1]};
    sizes.gates = strcmp(call->type, "LSTM") == 0 ? MOST_GATES : strcmp(call->type, "GRU") == 0 ? 3 : 1;
    sizes.hidden = call_constant(call, 2) && call_constant(call, 2)->dims.rank == 3 ? call_constant(call, 2)->dims.at[2]
                                                                                    : 0;
    sizes.resets_after = sizes.gates == 3 && call_int(call, "linear_before_reset", 0) != 0;
    if (turned && (call_has(call, 5) || call_has(call, 6)))
        return refuse(im, call, "layout=1 with an initial state");
    if (!check(&sizes, x, directions))
        return false;
    for (int64_t d = 0; d < directions; d++) {
        struct recurrence r = sizes;
        struct value *y = run_direction(&r, x, d, d == 1 || strcmp(direction, "reverse") == 0);
        const struct dims dims = {4, {r.steps, 1, r.batch, r.hidden}};
        sequences[d] = y ? view_reshape(im, call, y, &dims) : NULL;
        hidden[d] = r.h;
        cells[d] = r.c;
        if (!sequences[d])
            return false;
    }
    struct value *all = concat_views(im, call, sequences, (size_t)directions, 1);
    if (all && turned)
        all = view_transpose(im, all, batch_first);
    for (size_t i = 1; i < call->output_count && i < 3; i++) {
        struct value *state = *call->outputs[i]->name ? joined(im, call, i == 1 ? hidden : cells, directions, turned)
                                                      : NULL;
        if (state)
            call_give(call, i, state);
    }
    return give(call, all);
}
