/* An operator is folded, matched as a pattern's end, or handed to its function. Everything unsupported that a
 * result depends on is reported together. */
#include <string.h>

#include "import.h"

enum { FLOAT = 1, MAX_LISTED = 50 };

struct value *import_value(struct importer *im, const char *name, enum value_kind kind)
{
    struct value *value = ARENA_NEW(im->arena, struct value);
    value->kind = kind;
    value->name = name ? name : "";
    if (*value->name)
        map_set(im->arena, &im->values, value->name, value);
    return value;
}

bool import_is_standard(const char *domain)
{
    return !domain || !*domain || strcmp(domain, "ai.onnx") == 0;
}

static const struct {
    const char *type;
    import_function *function;
} operators[] = {
#define OPERATOR(type, function) {#type, function},
#include "operators.def"
#undef OPERATOR
};

/* Of ONNX Runtime's own operators those that are ONNX's between scales. */
static import_function *find_runtime_operator(const struct call *call)
{
    static const char *const rows[] = {"QLinearAdd",
                                       "QLinearMul",
                                       "QLinearSigmoid",
                                       "QLinearLeakyRelu",
                                       "QLinearConcat",
                                       "QLinearSoftmax",
                                       "QLinearAveragePool",
                                       "QLinearGlobalAveragePool",
                                       NULL};
    if (strcmp(call->type, "QuantizeLinear") == 0)
        return op_quantize;
    if (strcmp(call->type, "DequantizeLinear") == 0)
        return op_dequantize;
    if (strcmp(call->type, "QGemm") == 0)
        return op_qgemm;
    return text_is_one_of(call->type, rows) ? op_qlinear : NULL;
}

static import_function *find_operator(const struct call *call)
{
    if (!import_is_standard(call->domain))
        return strcmp(call->domain, "com.microsoft") == 0 ? find_runtime_operator(call) : NULL;
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (strcmp(operators[i].type, call->type) == 0)
            return operators[i].function;
    return NULL;
}

/* Operators whose arguments were others before that opset. */
static bool is_too_old(const struct importer *im, const char *type)
{
    static const struct {
        const char *type;
        int64_t since;
    } changed[] = {{"Pad", 2},
                   {"Upsample", 7},
                   {"LpPool", 2},
                   {"GlobalLpPool", 2},
                   {"Split", 2},
                   {"Concat", 4},
                   {"BatchNormalization", 6},
                   {"Dropout", 6},
                   {"Gemm", 6},
                   {"Cast", 6},
                   {"MeanVarianceNormalization", 9}};
    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++)
        if (strcmp(type, changed[i].type) == 0 && im->opset < changed[i].since)
            return true;
    return false;
}

static bool moves_only(const char *type)
{
    static const char *const types[] = {"Cast", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

/* Before opset 7 the second operand stood along the axes from `axis` on. */
static void align_broadcast(struct importer *im, struct call *call)
{
    const struct constant *constant = call_constant(call, 1);
    const int rank = call->input_count == 2 ? call->inputs[0]->dims.rank : 0;
    int64_t axis = call_int(call, "axis", -1);
    if (call->input_count != 2 || axis < 0 || axis + call->inputs[1]->dims.rank == rank)
        return; /* along the last axes, as later opsets have it */
    if (!constant || axis + constant->dims.rank > rank) {
        refuse(im, call, "its second operand starts at axis %lld", (long long)axis);
        return;
    }
    struct dims dims = {.rank = rank - (int)axis};
    for (int i = 0; i < dims.rank; i++)
        dims.at[i] = i < constant->dims.rank ? constant->dims.at[i] : 1;
    struct value *aligned = ARENA_NEW(im->arena, struct value);
    *aligned = *call->inputs[1];
    aligned->dims = dims;
    aligned->constant = constant_as(im, constant, dims);
    call->inputs[1] = aligned;
}

/* Numbers with more dimensions than a tensor: it gets them, before patterns look at it. */
static void raise_ranks(struct importer *im, struct call *call)
{
    static const char *const types[] = {"Add", "Sub",   "Mul",  "Div",     "Pow",         "Max",
                                        "Min", "Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual",
                                        "And", "Or",    "Xor",  NULL};
    const bool found = text_is_one_of(call->type, types);
    int rank = 0;
    for (size_t i = 0; found && i < call->input_count; i++)
        if (call_constant(call, i) && call->inputs[i]->dims.rank > rank)
            rank = call->inputs[i]->dims.rank;
    for (size_t i = 0; found && i < call->input_count; i++)
        if (call_view(call, i) && call->inputs[i]->dims.rank < rank)
            call->inputs[i] = view_with_rank(im, call->inputs[i], rank);
}

static bool broken_input(const struct call *call)
{
    for (size_t i = 0; i < call->input_count; i++)
        if (call->inputs[i]->kind == VALUE_BROKEN)
            return true;
    return false;
}

/* An attribute of the wrong type would be read as if it were missing. */
static const char *mistyped_attribute(const struct call *call)
{
    enum { INT = 2, STRING = 3, INTS = 7 };
    static const struct {
        const char *name;
        int type;
    } known[] = {{"kernel_shape", INTS}, {"strides", INTS},        {"dilations", INTS},  {"pads", INTS},
                 {"output_shape", INTS}, {"output_padding", INTS}, {"axes", INTS},       {"perm", INTS},
                 {"axis", INT},          {"group", INT},           {"keepdims", INT},    {"ceil_mode", INT},
                 {"transA", INT},        {"transB", INT},          {"auto_pad", STRING}, {"mode", STRING}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct attribute *attribute = call_attribute(call, known[i].name);
        if (attribute && attribute->has_type && attribute->type && attribute->type != known[i].type)
            return known[i].name;
    }
    return NULL;
}

static bool all_constant(const struct call *call)
{
    size_t constants = 0;
    for (size_t i = 0; i < call->input_count; i++)
        constants += call_constant(call, i) != NULL;
    return constants == call->input_count && call->input_count && strcmp(call->type, "If") != 0;
}

/* Integers that stand for themselves are computed as floats where that is the same; those of a quantised model mean
 * other numbers. */
static bool takes_input(const struct importer *im, const struct call *call, size_t i)
{
    const struct value *x = call->inputs[i];
    if (x->kind != VALUE_VIEW || x->type == FLOAT || moves_only(call->type) || import_takes_integers(call))
        return true;
    const bool means = import_type_is_quantised(x->type) &&
                       (im->quantised || im->numbers.items[x->node->id].meaning.known);
    return !means && import_takes_type(call, x->type);
}

void import_call(struct importer *im, struct call *call)
{
    const char *mistyped = mistyped_attribute(call);
    import_function *function = find_operator(call);
    if (call->refusal)
        return;
    if (!import_is_standard(call->domain) && !function) {
        refuse(im, call, "operators of the domain %s are not supported", call->domain);
        return;
    }
    if (mistyped) {
        refuse(im, call, "its attribute %s has the wrong type", mistyped);
        return;
    }
    if (is_too_old(im, call->type)) {
        refuse(im, call, "opset %lld is too old for it", (long long)im->opset);
        return;
    }
    if (im->opset < 7 && call_int(call, "broadcast", 0))
        align_broadcast(im, call);
    for (size_t i = 0; i < call->input_count; i++)
        if (!takes_input(im, call, i)) {
            refuse(im, call, "its input is %s", type_name(call->inputs[i]->type));
            return;
        }
    raise_ranks(im, call);
    if (call->refusal || import_fold(im, call) || call->refusal)
        return;
    if (!im->apart && (import_match(im, call) || call->refusal))
        return;
    if (!function)
        refuse(im, call, "the operator is not supported");
    else if (all_constant(call) && !import_takes_integers(call))
        refuse(im, call, "it is not computed for constants alone");
    else if (!broken_input(call) && !(function(im, call) && import_keeps_integers(im, call)))
        refuse(im, call, "it cannot be compiled");
    else if (!call->refusal)
        import_note_types(call);
}

/* Marks the refusals that stand in the way of a result: backwards, operators before their readers. */
size_t import_mark_refusals(struct importer *im, struct value *const *wanted, size_t count_wanted)
{
    size_t count = 0;
    for (size_t i = 0; i < count_wanted; i++)
        if (wanted[i] && wanted[i]->kind == VALUE_BROKEN)
            wanted[i]->maker->listed = true;
    for (size_t i = im->calls.count; i-- > 0;) {
        struct call *call = im->calls.items[i];
        if (!call->listed)
            continue;
        count += call->refusal != NULL;
        for (size_t k = 0; k < call->input_count; k++)
            if (call->inputs[k]->kind == VALUE_BROKEN && call->inputs[k]->maker)
                call->inputs[k]->maker->listed = true;
    }
    return count;
}

bool import_report_refusals(struct importer *im, size_t count)
{
    size_t shown = 0;
    if (!count)
        return true;
    struct message *message = diag_report_file(im->diag, CHECK_UNSUPPORTED, im->path,
                                               "%zu operator%s of the model cannot "
                                               "be compiled",
                                               count, count == 1 ? "" : "s");
    for (size_t i = 0; i < im->calls.count && shown < MAX_LISTED; i++) {
        const struct call *call = im->calls.items[i];
        if (call->listed && call->refusal) {
            message_help(message, "%s \"%s\": %s", call->type, call->name, call->refusal);
            shown++;
        }
    }
    if (count > shown)
        message_help(message, "and %zu more", count - shown);
    return false;
}
