/* A forward: which variable holds which tensor, and what goes on one line. A layer without weights that is the only
 * reader of the result before it is written around it, as in F.relu(self.bn1(self.conv1(x))). */
#include <string.h>

#include "pytorch/module.h"

struct variable {
    const char *name;
    size_t until; /* the index of the item that reads it last */
};

struct value {
    const char *text; /* a name, or an expression that its only reader takes over */
    bool is_expression;
    size_t read_until; /* the index of the item that reads it last; items.count: a result */
    size_t readers;
    struct VEC(size_t) sources; /* of an expression: the variables in it */
    size_t variable;            /* of a name */
};

struct scribe {
    struct writer *w;
    struct module *module;
    struct text *out;
    struct value *values; /* by node id */
    struct VEC(struct variable) variables;
    bool returned;
    const char *batch; /* an argument: whatever takes its name, the first axis is the images' */
};

static const char *clean_name(struct writer *w, const char *path)
{
    const char *dot = strrchr(path, '.'), *name = dot ? dot + 1 : path;
    static const char *const taken[] = {"self", "torch", "nn", "F", "OrderedDict", NULL};
    return pytorch_is_identifier(name) && !text_is_one_of(name, taken) ? arena_string(w->arena, name) : NULL;
}

/* ---- who reads what ---- */

static void read_by(struct scribe *s, const struct node *node, size_t index)
{
    struct value *value = &s->values[node->id];
    value->readers++;
    value->read_until = index > value->read_until ? index : value->read_until;
}

static void count_readers(struct scribe *s)
{
    const struct module *module = s->module;
    for (size_t i = 0; i < module->items.count; i++) {
        const struct item item = module->items.items[i];
        for (size_t k = 0; item.node && k < item.node->input_count; k++)
            read_by(s, item.node->inputs[k], i);
        for (size_t k = 0; item.module && k < item.module->inputs.count; k++)
            read_by(s, item.module->inputs.items[k], i);
    }
    for (size_t i = 0; i < module->outputs.count; i++)
        read_by(s, module->outputs.items[i], module->items.count);
}

/* ---- variables ---- */

static bool is_free(const struct scribe *s, const char *name, size_t index)
{
    for (size_t i = 0; i < s->variables.count; i++)
        if (strcmp(s->variables.items[i].name, name) == 0 && s->variables.items[i].until > index)
            return false;
    return true;
}

static size_t variable_at(struct scribe *s, const char *name, size_t until)
{
    size_t i = 0;
    while (i < s->variables.count && strcmp(s->variables.items[i].name, name) != 0)
        i++;
    if (i == s->variables.count)
        VEC_PUSH(s->w->arena, &s->variables, ((struct variable){name, until}));
    s->variables.items[i].until = until;
    return i;
}

static const char *free_letter(struct scribe *s, size_t index)
{
    static const char *const letters[] = {"x", "y", "z", "u", "v"};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (is_free(s, letters[i], index))
            return letters[i];
    for (int i = 1;; i++) {
        const char *name = arena_printf(s->w->arena, "x%d", i);
        if (is_free(s, name, index))
            return name;
    }
}

/* The name of a result that item `index` makes: its label where it is kept, else that of the input which ends here. */
static const char *choose_name(struct scribe *s, const struct node *node, const char *label, const char *input,
                               size_t index)
{
    const struct value *value = &s->values[node->id];
    const bool kept = value->readers > 1 || value->read_until > index + 1;
    if (label && kept && value->read_until < s->module->items.count && is_free(s, label, index))
        return label;
    if (input && is_free(s, input, index))
        return input;
    return label && is_free(s, label, index) ? label : free_letter(s, index);
}

static void name_value(struct scribe *s, const struct node *node, const char *name)
{
    struct value *value = &s->values[node->id];
    value->text = name;
    value->is_expression = false;
    value->variable = variable_at(s, name, value->read_until);
}

/* ---- expressions ---- */

/* "self.layer1.conv1"; `from`: the module that self is. */
static const char *access(struct writer *w, const struct module *from, const char *path)
{
    const char *rest = path + (from->parent ? strlen(from->path) + 1 : 0), *text = "self";
    while (*rest) {
        size_t length = strcspn(rest, ".");
        const char *name = arena_copy(w->arena, rest, length);
        text = pytorch_is_identifier(name)
                   ? arena_printf(w->arena, "%s.%s", text, name)
                   : arena_printf(w->arena, "getattr(%s, %s)", text, pytorch_string(w->arena, name));
        rest += length + (rest[length] == '.');
    }
    return text;
}

/* The input's text in the form that the reader takes. */
static const char *input_text(struct scribe *s, const struct node *reader, const struct node *input)
{
    struct writer *w = s->w;
    const char *text = s->values[input->id].text;
    if (reader && w->flat[input->id] && pytorch_wants_maps(w, reader))
        return arena_printf(w->arena, "%s[:, :, None, None]", pytorch_enclosed(w->arena, text));
    if (reader && !w->flat[input->id] && pytorch_wants_flat(reader))
        return arena_printf(w->arena, "torch.flatten(%s, 1)", text);
    return text;
}

static const char *node_text_of(struct scribe *s, const struct node *node)
{
    struct writer *w = s->w;
    const char **x = ARENA_ARRAY(w->arena, const char *, node->input_count + 1);
    for (size_t k = 0; k < node->input_count; k++)
        x[k] = input_text(s, node, node->inputs[k]);
    if (!node->weight_count)
        return node_is_mark(node) ? x[0] : pytorch_call(w, node, x);
    const char *self = access(w, s->module, pytorch_layer_path(w, node));
    if (node->kind == LAYER_CONST && !s->batch) /* of a block that reads nothing */
        return arena_printf(w->arena, "%s[None]", self);
    if (node->kind == LAYER_CONST)
        return arena_printf(w->arena, "%s.expand(%s.shape[0], -1, -1, -1)", self, s->batch);
    if (layer_table[node->kind].family != FAMILY_POOLING)
        return arena_printf(w->arena, "%s(%s)", self, x[0]);
    /* A pool's coefficients are a module, which the pool itself is in only within a Sequential. */
    const struct module *home = w->homes[node->id];
    return arena_printf(w->arena, "%s(%s)", self, home->sequence ? x[0] : pytorch_call(w, node, x));
}

static const char *call_text(struct scribe *s, const struct module *called)
{
    struct writer *w = s->w;
    const char *path = called->original ? called->original->path : called->path;
    struct text out = text_new(w->arena);
    for (size_t k = 0; k < called->inputs.count; k++)
        text_printf(&out, "%s%s", k ? ", " : "", input_text(s, NULL, called->inputs.items[k]));
    return arena_printf(w->arena, "%s(%s)", access(w, s->module, path), out.bytes);
}

/* ---- statements ---- */

static bool follows_on_line(const struct node *reader)
{
    switch (layer_table[reader->kind].family) {
    case FAMILY_ACTIVATION:
    case FAMILY_NORMALISATION:
    case FAMILY_POOLING: return true;
    default: return reader->kind == LAYER_DROPOUT || node_is_mark(reader);
    }
}

/* Does the next item take the expression over? */
static bool goes_on(struct scribe *s, const struct node *node, const char *text, size_t index)
{
    enum { LONGEST = 76 };
    const struct module *module = s->module;
    const struct value *value = &s->values[node->id];
    if (value->readers != 1 || value->read_until != index + 1 || index + 1 >= module->items.count ||
        pytorch_columns(text) > LONGEST)
        return false;
    const struct node *reader = module->items.items[index + 1].node;
    return reader && follows_on_line(reader);
}

static void use_until(struct scribe *s, const struct node *input, struct value *expression, size_t until)
{
    struct value *value = &s->values[input->id];
    for (size_t i = 0; value->is_expression && i < value->sources.count; i++) {
        VEC_PUSH(s->w->arena, &expression->sources, value->sources.items[i]);
        struct variable *v = &s->variables.items[value->sources.items[i]];
        v->until = v->until > until ? v->until : until;
    }
    if (value->is_expression)
        return;
    VEC_PUSH(s->w->arena, &expression->sources, value->variable);
    struct variable *v = &s->variables.items[value->variable];
    v->until = v->until > until ? v->until : until;
}

static void line(struct scribe *s, const char *text)
{
    text_printf(s->out, "        %s\n", pytorch_indent(s->w->arena, text, 8));
}

static bool is_whole_result(const struct scribe *s, const struct node *node, size_t index)
{
    const struct module *module = s->module;
    return module->outputs.count == 1 && module->outputs.items[0] == node && index + 1 == module->items.count &&
           s->values[node->id].readers == 1;
}

/* The variable of a value, if it ends here and is not called by a label. */
static const char *ending_letter(struct scribe *s, const struct value *value, size_t index)
{
    const struct variable *v = NULL;
    if (!value->is_expression)
        v = &s->variables.items[value->variable];
    else if (value->sources.count)
        v = &s->variables.items[value->sources.items[0]];
    return v && (!v->name[1] || v->name[0] == 'x') && is_free(s, v->name, index) ? v->name : NULL;
}

static void add_result(struct scribe *s, const struct node *node, const char *text, const char *label,
                       const struct node *const inputs[], size_t count, size_t index)
{
    struct value *value = &s->values[node->id];
    if (goes_on(s, node, text, index)) {
        value->text = text;
        value->is_expression = true;
        for (size_t k = 0; k < count; k++)
            use_until(s, inputs[k], value, index + 1);
        return;
    }
    if (is_whole_result(s, node, index)) {
        line(s, arena_printf(s->w->arena, "return %s", text));
        s->returned = true;
        return;
    }
    const char *input = NULL;
    for (size_t k = 0; k < count && !input; k++)
        input = ending_letter(s, &s->values[inputs[k]->id], index);
    const char *name = choose_name(s, node, label, input, index);
    if (strcmp(name, text) != 0)
        line(s, arena_printf(s->w->arena, "%s = %s", name, text));
    name_value(s, node, name);
}

static void add_call(struct scribe *s, const struct module *called, size_t index)
{
    struct writer *w = s->w;
    const char *text = call_text(s, called), *label = clean_name(w, called->path);
    struct text names = text_new(w->arena);
    if (called->outputs.count == 1) {
        add_result(s, called->outputs.items[0], text, label, called->inputs.items, called->inputs.count, index);
        return;
    }
    for (size_t i = 0; i < called->outputs.count; i++) {
        const struct node *node = called->outputs.items[i];
        const char *name = choose_name(s, node, clean_name(w, node->name), NULL, index);
        text_printf(&names, "%s%s", i ? ", " : "", name);
        name_value(s, node, name);
        struct variable *v = &s->variables.items[s->values[node->id].variable];
        v->until = v->until > index ? v->until : index + 1; /* the names differ even if one is not read */
    }
    line(s, arena_printf(w->arena, "%s = %s", names.bytes, text));
}

static void add_return(struct scribe *s)
{
    struct text out = text_new(s->w->arena);
    for (size_t i = 0; i < s->module->outputs.count; i++)
        text_printf(&out, "%s%s", i ? ", " : "", s->values[s->module->outputs.items[i]->id].text);
    line(s, arena_printf(s->w->arena, "return %s", out.bytes));
}

const char *pytorch_input_buffer(struct writer *w, const struct node *input, const double *numbers, const char *what)
{
    bool equal = true;
    for (int64_t i = 1; numbers && i < input->shape.c; i++)
        equal = equal && numbers[i] == numbers[0];
    if (!numbers || equal)
        return NULL;
    const char *name = clean_name(w, input->name);
    return arena_printf(w->arena, "%s_%s", name ? name : arena_printf(w->arena, "input%d", input->id), what);
}

static const char *input_number(struct writer *w, const struct node *input, const double *numbers, const char *what)
{
    const char *buffer = pytorch_input_buffer(w, input, numbers, what);
    return buffer ? arena_printf(w->arena, "self.%s", buffer) : pytorch_number(w->arena, numbers[0]);
}

/* What an INPUT does to its picture. */
static void prepare_input(struct scribe *s, const struct node *node)
{
    struct writer *w = s->w;
    const struct layer_args *a = &node->args;
    const char *name = s->values[node->id].text, *text = name;
    if (a->type == ELEMENT_U8)
        text = arena_printf(w->arena, "%s.float()", text);
    if (a->mean)
        text = arena_printf(w->arena, "%s - %s", text, input_number(w, node, a->mean, "mean"));
    const double parts = a->scale && a->scale[0] != 0 ? 1 / a->scale[0] : 0, whole = (double)(int64_t)(parts + 0.5);
    if (a->scale && !pytorch_input_buffer(w, node, a->scale, "scale") && parts > 1 && parts < 1e6 &&
        parts - whole < 1e-9 * parts && whole - parts < 1e-9 * parts)
        text = arena_printf(w->arena, "%s / %.0f", pytorch_enclosed(w->arena, text), whole);
    else if (a->scale)
        text = arena_printf(w->arena, "%s * %s", pytorch_enclosed(w->arena, text),
                            input_number(w, node, a->scale, "scale"));
    if (strcmp(text, name) != 0)
        line(s, arena_printf(w->arena, "%s = %s", name, text));
}

void pytorch_forward(struct writer *w, struct module *module, struct text *out)
{
    struct scribe s = {.w = w, .module = module, .out = out};
    struct text lines = text_new(w->arena), arguments = text_new(w->arena);
    s.values = ARENA_ARRAY(w->arena, struct value, w->graph->nodes.count);
    count_readers(&s);
    s.out = &lines;
    for (size_t i = 0; i < module->inputs.count; i++) {
        const struct node *node = module->inputs.items[i];
        const char *label = node->named || module != w->root ? clean_name(w, node->name) : NULL;
        const char *name = module->inputs.count > 1 && label && is_free(&s, label, 0) ? label : free_letter(&s, 0);
        name_value(&s, node, name);
        s.variables.items[s.values[node->id].variable].until = module->items.count; /* until all have names */
        text_printf(&arguments, ", %s", name);
        s.batch = s.batch ? s.batch : name;
    }
    for (size_t i = 0; i < module->inputs.count; i++) {
        const struct value *value = &s.values[module->inputs.items[i]->id];
        s.variables.items[value->variable].until = value->read_until;
    }
    for (size_t i = 0; i < module->inputs.count && module == w->root; i++)
        prepare_input(&s, module->inputs.items[i]);
    for (size_t i = 0; i < module->items.count; i++) {
        const struct item item = module->items.items[i];
        if (item.module)
            add_call(&s, item.module, i);
        else
            add_result(&s, item.node, node_text_of(&s, item.node),
                       item.node->named ? clean_name(w, item.node->name) : NULL,
                       (const struct node *const *)item.node->inputs, item.node->input_count, i);
    }
    if (!s.returned)
        add_return(&s);
    text_printf(out, "    def forward(self%s):\n%s", arguments.bytes, lines.bytes);
}
