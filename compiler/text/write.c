/* From a graph to a text: which chains it has, what is labelled, and how the lines are broken. A chain
 * runs backwards from a result; at a merge it jumps to the tensor that all branches start from (the
 * merge's dominator). What was written already is taken up again by FROM. */
#include "text/write.h"

#include <ctype.h>
#include <string.h>

#include "base/diag.h"
#include "base/source.h"
#include "grammar/ast.h"
#include "recipe.h"
#include "report/format.h"
#include "tree.h"

enum { LINE_COLUMNS = 100, LONGEST_FOLDED = 3000 };

struct teller {
    struct arena *arena;
    const struct graph *graph;
    const struct node **dominators; /* NULL: none but the start of everything */
    bool *written, *referenced;
    bool *shared, *defined; /* layers whose weights others share; those that the text has defined */
    const char **labels;    /* by node id; NULL: none */
    struct map names;
    bool pools_labelled;
    struct text_defaults defaults;
};

/* ---- structure ---- */

static const struct node *common_dominator(const struct teller *t, const struct node *a, const struct node *b)
{
    while (a && b && a != b)
        if (a->id > b->id)
            a = t->dominators[a->id];
        else
            b = t->dominators[b->id];
    return a && b ? a : NULL;
}

/* A branch that begins with a CONST stands at the merge that reads it, and so does not count there. */
static void find_dominators(struct teller *t)
{
    bool *constant = ARENA_ARRAY(t->arena, bool, t->graph->nodes.count + 1); /* no INPUT is before it */
    for (size_t i = 0; i < t->graph->nodes.count; i++) {
        const struct node *node = t->graph->nodes.items[i], *common = NULL;
        bool begun = false;
        constant[i] = node->kind != LAYER_INPUT;
        for (size_t k = 0; k < node->input_count; k++)
            constant[i] = constant[i] && constant[node->inputs[k]->id];
        for (size_t k = 0; k < node->input_count; k++) {
            if (constant[node->inputs[k]->id] && layer_is_merge(node->kind))
                continue;
            common = begun ? common_dominator(t, common, node->inputs[k]) : node->inputs[k];
            begun = true;
        }
        t->dominators[i] = common;
    }
}

static struct part *part_new(struct teller *t, struct chain_parts *chain, enum part_kind kind, const struct node *node)
{
    struct part *part = ARENA_NEW(t->arena, struct part);
    part->kind = kind;
    part->node = node;
    part->words = kind == PART_MERGE ? layer_table[node->kind].keyword : "";
    if (kind == PART_LAYER)
        part->words = layer_words(t->arena, &t->defaults, node);
    VEC_PUSH(t->arena, &chain->parts, part);
    return part;
}

static struct chain_parts *collect(struct teller *t, const struct node *last, const struct node *stop)
{
    struct VEC(const struct node *) spine = {0};
    struct chain_parts *chain = ARENA_NEW(t->arena, struct chain_parts);
    const struct node *at = last;
    while (at && at != stop && !t->written[at->id]) {
        t->written[at->id] = true;
        VEC_PUSH(t->arena, &spine, at);
        at = at->input_count ? t->dominators[at->id] : NULL;
    }
    if (at && at != stop) {
        t->referenced[at->id] = true;
        part_new(t, chain, PART_FROM, at);
    }
    for (size_t i = spine.count; i-- > 0;) {
        const struct node *node = spine.items[i];
        const bool merge = layer_is_merge(node->kind);
        struct part *part = part_new(t, chain, merge ? PART_MERGE : PART_LAYER, node);
        for (size_t k = 0; merge && k < node->input_count; k++) {
            struct chain_parts *branch = collect(t, node->inputs[k], t->dominators[node->id]);
            VEC_PUSH(t->arena, &part->branches, branch);
        }
    }
    return chain;
}

/* ---- labels ---- */

/* Layers without numbers of their own go by their ordinal; all others are labelled. */
static bool goes_unlabelled(const struct teller *t, enum layer_kind kind)
{
    switch (layer_table[kind].family) {
    case FAMILY_POOLING: return !t->pools_labelled;
    case FAMILY_ACTIVATION: return kind != LAYER_PRELU;
    case FAMILY_DENSE: return kind == LAYER_FLATTEN || kind == LAYER_DROPOUT;
    case FAMILY_REDUCTION:
    case FAMILY_STRUCTURE:
    case FAMILY_MERGE: return true;
    default: return false;
    }
}

static const struct node *owner(const struct node *node)
{
    return node->shares ? node->shares : node;
}

/* Of layers that share weights, the first in the text defines them. */
static void find_shared(struct teller *t, const struct chain_parts *chain)
{
    for (size_t i = 0; i < chain->parts.count; i++) {
        struct part *part = chain->parts.items[i];
        for (size_t b = 0; b < part->branches.count; b++)
            find_shared(t, part->branches.items[b]);
        const struct node *node = owner(part->node);
        if (part->kind != PART_LAYER || !t->shared[node->id])
            continue;
        if (t->defined[node->id]) {
            part->kind = PART_SHARE;
            part->words = "";
        }
        t->defined[node->id] = true;
        t->labels[part->node->id] = part->kind == PART_LAYER ? node->name : NULL;
    }
}

static void choose_labels(struct teller *t)
{
    for (size_t i = 0; i < t->graph->nodes.count; i++) {
        const struct node *node = t->graph->nodes.items[i];
        map_set(t->arena, &t->names, node->name, t);
        t->pools_labelled = t->pools_labelled ||
                            (layer_table[node->kind].family == FAMILY_POOLING && node->args.affine);
    }
    for (size_t i = 0; i < t->graph->nodes.count; i++) {
        const struct node *node = t->graph->nodes.items[i];
        const char *name = node->name;
        const bool shares = t->shared[owner(node)->id];
        if (shares && t->labels[i])
            continue;
        if (shares || (goes_unlabelled(t, node->kind) && (!node->keeps_name || layer_is_merge(node->kind)))) {
            if (!t->referenced[i])
                continue;
            if (shares || layer_kind_counted(name) >= 0)
                do
                    name = arena_printf(t->arena, "%s_", name);
                while (map_get(&t->names, name));
            map_set(t->arena, &t->names, name, t);
        }
        t->labels[i] = name;
    }
}

/* A layer needs no label that equals the name it gets without one. */
static void count_layer(struct teller *t, const struct part *part, int *ordinals)
{
    const struct node *node = part->node;
    char *name = arena_printf(t->arena, "%s%d", layer_table[node->kind].keyword, ++ordinals[node->kind]);
    for (char *p = name; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    if (t->labels[node->id] && strcmp(name, t->labels[node->id]) == 0 && node->kind != LAYER_OUTPUT &&
        !t->referenced[node->id] && !t->shared[owner(node)->id])
        t->labels[node->id] = NULL;
}

static void drop_labels(struct teller *t, const struct chain_parts *chain, int *ordinals)
{
    for (size_t i = 0; i < chain->parts.count; i++) {
        const struct part *part = chain->parts.items[i];
        for (size_t b = 0; b < part->branches.count; b++)
            drop_labels(t, part->branches.items[b], ordinals);
        if (part->kind == PART_LAYER)
            count_layer(t, part, ordinals);
    }
}

/* Moves labels onto layers. A merge's label goes to an empty group behind it, so that the merge opens no
 * scope; what a shared layer refers to is a label as well. */
static void attach_labels(struct teller *t, struct chain_parts *chain)
{
    struct chain_parts labelled = {0};
    for (size_t i = 0; i < chain->parts.count; i++) {
        struct part *part = chain->parts.items[i];
        const char *own = t->labels[part->node->id];
        const char *label = part->kind == PART_SHARE ? owner(part->node)->name : own;
        for (size_t b = 0; b < part->branches.count; b++)
            attach_labels(t, part->branches.items[b]);
        VEC_PUSH(t->arena, &labelled.parts, part);
        if (label && part->kind != PART_MERGE)
            part->label = pattern_new(t->arena, label);
        if (own && (part->kind == PART_MERGE || part->kind == PART_SHARE))
            part_new(t, &labelled, PART_MARK, part->node)->label = pattern_new(t->arena, own);
    }
    *chain = labelled;
}

/* ---- printing ---- */

struct printer {
    struct arena *arena;
    const struct part *repeats[64]; /* around what is being printed */
    int depth;
};

static const char *index_name(const struct printer *p, const struct part *repeat)
{
    static const char names[] = "ijklmnopqr";
    for (int i = 0; i < p->depth; i++)
        if (p->repeats[i] == repeat)
            return i < (int)sizeof names - 1 ? arena_printf(p->arena, "%c", names[i])
                                             : arena_printf(p->arena, "i%d", i);
    return "i";
}

static bool chain_uses(const struct chain_parts *chain, const struct part *repeat)
{
    for (size_t i = 0; i < chain->parts.count; i++) {
        const struct part *part = chain->parts.items[i];
        for (size_t k = 0; part->label && k < part->label->pieces.count; k++)
            for (size_t n = 0; n < part->label->pieces.items[k].terms.count; n++)
                if (part->label->pieces.items[k].terms.items[n].repeat == repeat)
                    return true;
        for (size_t b = 0; b < part->branches.count; b++)
            if (chain_uses(part->branches.items[b], repeat))
                return true;
        if (part->body && chain_uses(part->body, repeat))
            return true;
    }
    return false;
}

/* {2*i+1} */
static void print_number(struct printer *p, struct text *out, const struct label_piece *piece)
{
    if (piece->terms.count == 0) {
        text_printf(out, "%lld", (long long)piece->constant);
        return;
    }
    text_add_char(out, '{');
    for (size_t i = 0; i < piece->terms.count; i++) {
        const struct label_term *term = &piece->terms.items[i];
        const char *sign = term->factor < 0 ? "-" : i ? "+" : "";
        const long long size = term->factor < 0 ? -(long long)term->factor : (long long)term->factor;
        if (size == 1)
            text_printf(out, "%s%s", sign, index_name(p, term->repeat));
        else
            text_printf(out, "%s%lld*%s", sign, size, index_name(p, term->repeat));
    }
    if (piece->constant)
        text_printf(out, "%s%lld", piece->constant > 0 ? "+" : "", (long long)piece->constant);
    text_add_char(out, '}');
}

static const char *label_words(struct printer *p, const struct pattern *label)
{
    struct text out = text_new(p->arena);
    if (label->quoted)
        return arena_printf(p->arena, "\"%s\"", label->pieces.items[0].text);
    for (size_t i = 0; i < label->pieces.count; i++)
        if (label->pieces.items[i].text)
            text_add(&out, label->pieces.items[i].text);
        else
            print_number(p, &out, &label->pieces.items[i]);
    return out.bytes;
}

static size_t line_length(const struct text *out)
{
    const char *end = out->bytes + out->length, *start = end;
    while (start > out->bytes && start[-1] != '\n')
        start--;
    return (size_t)(end - start);
}

static void print_chain(struct printer *p, struct text *out, const struct chain_parts *chain, bool flat);

static void print_part(struct printer *p, struct text *out, const struct part *part, bool flat)
{
    const char *label = part->label ? label_words(p, part->label) : NULL;
    if (label && part->kind != PART_FROM && part->kind != PART_SHARE)
        text_printf(out, "%s: ", label);
    text_add(out, part->words);
    switch (part->kind) {
    case PART_FROM: text_printf(out, "FROM(%s)", label); break;
    case PART_SHARE: text_printf(out, "SHARE(%s)", label); break;
    case PART_MARK: text_add(out, "[]"); break;
    case PART_MERGE:
        text_add(out, "{ ");
        for (size_t b = 0; b < part->branches.count; b++) {
            if (b)
                text_add(out, flat ? " | " : "\n| ");
            print_chain(p, out, part->branches.items[b], flat);
        }
        text_add(out, " }");
        break;
    case PART_REPEAT:
        if (p->depth < 64)
            p->repeats[p->depth] = part;
        p->depth++;
        text_add(out, "[");
        print_chain(p, out, part->body, flat);
        text_printf(out, "]*%lld", (long long)part->count);
        if (chain_uses(part->body, part))
            text_printf(out, " as %s", index_name(p, part));
        p->depth--;
        break;
    default: break;
    }
}

/* On one line if it fits, else broken before arrows. */
static void print_chain(struct printer *p, struct text *out, const struct chain_parts *chain, bool flat)
{
    bool broken = false; /* was the part before this one written on several lines? */
    for (size_t i = 0; i < chain->parts.count; i++) {
        const struct part *part = chain->parts.items[i];
        struct text words = text_new(p->arena);
        print_part(p, &words, part, true);
        const bool fits = line_length(out) + words.length + 4 <= LINE_COLUMNS;
        const bool apart = broken && (part->label || part->kind != PART_LAYER);
        if (i)
            text_add(out, flat || (fits && !apart) ? " -> " : "\n-> ");
        broken = !flat && line_length(out) + words.length > LINE_COLUMNS;
        if (broken)
            print_part(p, out, part, false);
        else
            text_add_bytes(out, words.bytes, words.length);
    }
}

static bool is_word(const char *name)
{
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_')
            return false;
    return *name && !isdigit((unsigned char)*name);
}

/* In the canonical format of texts. */
static const char *canonical(struct arena *arena, struct diag *diag, const struct text *text)
{
    const struct source *source = source_new(arena, "text", text->bytes, text->length);
    struct diag *trial = diag_new(arena);
    const struct ast *ast = grammar_parse(arena, source, trial);
    const char *formatted = diag_failed(trial) ? NULL : report_format(arena, source, ast);
    if (formatted && strlen(formatted) <= LIMIT_TEXT) /* it may be the longer of the two */
        return formatted;
    diag_report_file(diag, CHECK_UNSUPPORTED, NULL, "the network is too deep or too large to be written as text");
    return NULL;
}

/* The outputs that the recipe names need labels. */
static void find_heads(struct teller *t)
{
    const struct recipe *recipe = t->graph->recipe;
    for (size_t i = 0; recipe && i < recipe->heads.count; i++)
        if (recipe->heads.items[i].label)
            t->referenced[t->graph->outputs.items[recipe->heads.items[i].output].node->id] = true;
}

static void add_chain(struct teller *t, const struct node *last, struct chain_parts **chains, size_t *count)
{
    if (!t->written[last->id])
        chains[(*count)++] = collect(t, last, NULL);
}

const char *graph_to_text(struct arena *arena, struct diag *diag, const struct graph *graph)
{
    const size_t nodes = graph->nodes.count;
    struct teller t = {.arena = arena, .graph = graph};
    struct text out = text_new(arena);
    struct chain_parts **chains = ARENA_ARRAY(arena, struct chain_parts *, nodes + 1);
    size_t count = 0;
    int ordinals[LAYER_COUNT] = {0};
    t.dominators = ARENA_ARRAY(arena, const struct node *, nodes + 1);
    t.written = ARENA_ARRAY(arena, bool, nodes + 1);
    t.referenced = ARENA_ARRAY(arena, bool, nodes + 1);
    t.shared = ARENA_ARRAY(arena, bool, nodes + 1);
    t.defined = ARENA_ARRAY(arena, bool, nodes + 1);
    t.labels = ARENA_ARRAY(arena, const char *, nodes + 1);
    if (is_word(graph->name))
        text_printf(&out, "network %s\n", graph->name);
    t.defaults = find_defaults(graph, &out);
    find_dominators(&t);
    for (size_t i = 0; i < graph->inputs.count && graph->inputs.count > 1; i++)
        add_chain(&t, graph->inputs.items[i], chains, &count); /* in their order */
    for (size_t i = 0; i < graph->outputs.count; i++)
        add_chain(&t, graph->outputs.items[i].node, chains, &count);
    for (size_t i = 0; i < nodes; i++)
        if (graph->nodes.items[i]->shares)
            t.shared[graph->nodes.items[i]->shares->id] = true;
    find_heads(&t);
    for (size_t i = 0; i < count; i++)
        find_shared(&t, chains[i]);
    choose_labels(&t);
    for (size_t i = 0; i < count; i++)
        drop_labels(&t, chains[i], ordinals);
    for (size_t i = 0; i < count; i++) {
        struct printer printer = {.arena = arena};
        attach_labels(&t, chains[i]);
        if (nodes <= LONGEST_FOLDED)
            fold_repeats(arena, chains[i]);
        print_chain(&printer, &out, chains[i], false);
        text_add_char(&out, '\n');
    }
    add_recipe(&out, graph, t.labels);
    text_printf(&out, "expect params == %lld\n", (long long)graph->params);
    return canonical(arena, diag, &out);
}
