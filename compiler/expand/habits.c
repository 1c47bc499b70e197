/* Lints of one call: arguments that are legal here, but in the order or spelling of another framework,
 * where a layer is told how many channels come in. Names from other frameworks are translated in foreign.c. */
#include <string.h>

#include "base/text.h"
#include "program.h"

/* Argument number `index`, if it and all before it are positional. */
static const struct arg *positional(const struct item *item, int index)
{
    const struct arg *arg = item->args;
    for (; arg && !arg->name && index > 0; index--)
        arg = arg->next;
    return arg && !arg->name ? arg : NULL;
}

static bool is_integer(const struct arg *arg)
{
    return arg && arg->value->kind == EXPR_INTEGER;
}

/* As it was written, on one line. */
static const char *arg_text(const struct program *program, const struct arg *arg)
{
    enum { LONGEST = 40 };
    const char *text = source_text(program->source, program->arena, arg->span);
    bool plain = arg->span.end - arg->span.start <= LONGEST && !strpbrk(text, "\n\r\t#");
    return plain ? text : "...";
}

/* The call as it was written, without one argument. */
static const char *without(const struct program *program, const struct item *item, const struct arg *dropped)
{
    struct text text = text_new(program->arena);
    const char *opener = "(";
    text_add(&text, item->name);
    for (const struct arg *arg = item->args; arg; arg = arg->next)
        if (arg != dropped) {
            text_printf(&text, "%s%s", opener, arg_text(program, arg));
            opener = ", ";
        }
    text_add(&text, opener[0] == '(' ? "" : ")");
    return text.bytes;
}

static void warn(const struct program *program, const struct item *item, const struct arg *dropped, const char *text)
{
    struct message *m = diag_report(program->diag, CHECK_INPUT_CHANNELS, item->span, "%s", text);
    message_help(m, "the number of input channels is known and need not be written: did you mean %s?",
                 without(program, item, dropped));
}

/* CONV(3, 6, 5): in PyTorch 6 filters of 5x5 for 3 channels. Warns only if there are as many
 * filters as input channels, the window is even and large, like a number of filters, and the stride is odd, like
 * a window; and then only if the window is larger than the map, or the stride is neither 1 nor half the window, as
 * in smooth downsampling. */
static void check_conv(const struct program *program, const struct item *item, const struct node *node)
{
    enum { LEAST = 6 };
    const struct layer_args *a = &node->args;
    const struct arg *filters = positional(item, 0), *window = positional(item, 1), *stride = positional(item, 2);
    struct shape in = node->inputs[0]->shape;
    if (!is_integer(window) || !is_integer(stride) || a->filters != in.c || a->window.h != window->value->integer)
        return;
    int64_t w = a->window.h, s = a->stride.h;
    bool skipping = s > 1 && w > s && w != 2 * s, larger = w > in.h || w > in.w;
    if (w < LEAST || w % 2 != 0 || s % 2 == 0 || !(skipping || larger))
        return;
    warn(program, item, filters,
         arena_printf(program->arena, "%lld filter%s of %lldx%lld at stride %lld, on an input of %lld channel%s",
                      (long long)in.c, in.c == 1 ? "" : "s", (long long)w, (long long)w, (long long)s, (long long)in.c,
                      in.c == 1 ? "" : "s"));
}

/* FC(400, 120): the second is the bias. */
static void check_fc(const struct program *program, const struct item *item)
{
    const struct arg *bias = positional(item, 1);
    if (is_integer(bias) && bias->value->integer > 1)
        warn(program, item, positional(item, 0),
             arena_printf(program->arena, "the second argument of FC is its bias, here %lld for each result",
                          (long long)bias->value->integer));
}

/* BN(64): the first is eps, of GN(32, 64) the second. */
static void check_norm(const struct program *program, const struct item *item, const struct node *node)
{
    const struct arg *eps = positional(item, node->kind == LAYER_GN ? 1 : 0);
    if (eps && node->args.eps >= 1)
        warn(program, item, eps,
             arena_printf(program->arena, "the %s argument of %s is eps, here %g",
                          node->kind == LAYER_GN ? "second" : "first", layer_table[node->kind].keyword,
                          node->args.eps));
}

void habit_input_channels(const struct program *program, const struct item *item, const struct node *node)
{
    if (node->kind == LAYER_CONV)
        check_conv(program, item, node);
    else if (node->kind == LAYER_FC)
        check_fc(program, item);
    else if (node->kind == LAYER_BN || node->kind == LAYER_LN || node->kind == LAYER_IN || node->kind == LAYER_GN)
        check_norm(program, item, node);
}

void habit_size_product(const struct program *program, const struct expr *window, struct span span)
{
    enum { LARGEST = 99 }; /* no window is larger */
    bool product = window->kind == EXPR_BINARY && window->op == OP_MUL;
    const struct expr *a = product ? window->operands[0] : NULL, *b = product ? window->operands[1] : NULL;
    if (!product || a->kind != EXPR_INTEGER || b->kind != EXPR_INTEGER || a->integer != b->integer || a->integer < 2 ||
        a->integer > LARGEST)
        return;
    long long n = (long long)a->integer;
    struct message *m = diag_report(program->diag, CHECK_SIZE_PRODUCT, span,
                                    "the window %lld*%lld is a product, %lldx%lld", n, n, n * n, n * n);
    message_suggest(m, arena_printf(program->arena, "%lldx%lld", n, n));
}
