/* Lints about learning: bias-before-bn, dropout-before-bn, bn-of-one, softmax-before-loss, unused-rate, freeze-nothing.
 * They speak only of a network whose text has a train statement. */
#include "base/text.h"
#include "check/lint.h"
#include "recipe.h"

static bool is_trained(const struct lint *lint, const struct node *node)
{
    return lint->graph->recipe->trained[recipe_owner(node)];
}

/* bias-before-bn: BN subtracts the mean of each map, and with it whatever a bias adds. Silent if the bias is a literal,
 * if something else reads the layer or shares its weights, and if BN is frozen: then it subtracts a constant. */
void lint_bias_before_bn(const struct lint *lint, const struct node *node)
{
    const struct weight *bias = node_weight(node, ROLE_BIAS);
    const enum layer_family family = layer_table[node->kind].family;
    const struct node *bn = lint_only_reader(lint, node);
    if (!bias || !bias->trainable || (family != FAMILY_CONVOLUTION && node->kind != LAYER_FC) || !bn ||
        bn->kind != LAYER_BN || !is_trained(lint, bn) || !is_trained(lint, node) || lint->shared[node->id])
        return;
    struct message *m = node_report(lint->diag, CHECK_BIAS_BEFORE_BN, node,
                                    "the bias of this %s has no effect: BN subtracts the mean of each map, and "
                                    "with it the bias",
                                    node_keyword(node));
    lint_label(lint, m, arena_printf(lint->arena, "its result goes to %s", lint_place(lint, bn)));
    message_fix_argument(
        m, "bias", "no", "write %s(..., bias=no), or default %s(bias=no) above: it saves %s parameter%s",
        node_keyword(node), node_keyword(node), text_thousands(lint->arena, bias->count), bias->count == 1 ? "" : "s");
}

/* dropout-before-bn: in training DROPOUT makes the variance of what it passes on larger, and BN remembers that variance
 * for a network in use, where DROPOUT does nothing. Silent if BN is frozen. */
void lint_dropout_before_bn(const struct lint *lint, const struct node *node)
{
    const struct node *bn = lint_only_reader(lint, node);
    const double kept = 1 - node->args.rate;
    if (node->kind != LAYER_DROPOUT || !bn || bn->kind != LAYER_BN || !is_trained(lint, bn) || kept >= 1 || kept <= 0)
        return;
    struct message *m =
        node_report(lint->diag, CHECK_DROPOUT_BEFORE_BN, node,
                    "BN after DROPOUT(%g) learns a variance at least %.3g times that of the network in use, where "
                    "nothing is dropped",
                    node->args.rate, 1 / kept);
    lint_label(lint, m, arena_printf(lint->arena, "its result goes to %s", lint_place(lint, bn)));
    message_help(m, "put DROPOUT behind the last BN, or leave it out: BN regularises, too");
}

/* bn-of-one: a number less the mean of itself alone. Silent if BN is frozen, or has its statistics from the text. */
void lint_bn_of_one(const struct lint *lint, const struct node *node)
{
    const struct shape shape = node->shape;
    if (node->kind != LAYER_BN || lint->graph->recipe->batch != 1 || shape.h * shape.w != 1 ||
        !is_trained(lint, node) || node_weight(node, ROLE_MEAN)->literal || node_weight(node, ROLE_VAR)->literal)
        return;
    struct message *m = diag_report(lint->diag, CHECK_BN_OF_ONE, node->span,
                                    "in a batch of 1, BN normalises each map of 1x1 by itself: whatever it is, it "
                                    "becomes 0, and nothing before BN learns");
    message_help(m, "train batch=16, say; LN normalises each picture by itself");
}

/* The layer that computes an output, behind its mark. */
static const struct node *result_of(const struct graph *graph, size_t output)
{
    const struct node *node = graph->outputs.items[output].node;
    return node_is_mark(node) ? node->inputs[0] : node;
}

/* softmax-before-loss: said once, of the first head, and only if CROSSENTROPY is written: whoever writes both should
 * know that there is only one softmax. */
static void lint_softmax_before_loss(const struct lint *lint)
{
    const struct recipe *recipe = lint->graph->recipe;
    if (recipe->loss.choice.word != RECIPE_CROSSENTROPY || !recipe->loss.choice.written)
        return;
    for (size_t i = 0; i < recipe->heads.count; i++) {
        const struct node *node = result_of(lint->graph, recipe->heads.items[i].output);
        if (node->kind != LAYER_SOFTMAX && node->kind != LAYER_LOGSOFTMAX)
            continue;
        struct message *m = diag_report(lint->diag, CHECK_SOFTMAX_BEFORE_LOSS, recipe->loss.choice.span,
                                        "CROSSENTROPY contains a softmax: in training it takes the logits before %s",
                                        lint_place(lint, node));
        message_help(m,
                     "nothing is lost: %s stays for inference; without it the network gives the logits, and the "
                     "same class is the largest",
                     node_keyword(node));
        return;
    }
}

static void warn_rate(const struct lint *lint, const char *words, const char *help)
{
    const struct recipe_schedule *s = &lint->graph->recipe->schedule;
    message_help(diag_report(lint->diag, CHECK_UNUSED_RATE, s->choice.span, "%s", words), "%s", help);
}

static const char *epochs_text(const struct lint *lint, int64_t epochs)
{
    return arena_printf(lint->arena, "%s epoch%s", text_thousands(lint->arena, epochs), epochs == 1 ? "" : "s");
}

/* unused-rate: a rate that is written, or follows from what is written, but that no step uses, since the epochs end
 * before. */
static void lint_unused_rate(const struct lint *lint)
{
    const struct recipe *recipe = lint->graph->recipe;
    const struct recipe_schedule *s = &recipe->schedule;
    const char *epochs = epochs_text(lint, recipe->epochs), *word = recipe_table[s->choice.word].word;
    struct arena *arena = lint->arena;
    const int64_t last = s->at.count ? s->at.items[s->at.count - 1] : 0;
    if (!s->choice.written)
        return;
    if (s->choice.word == RECIPE_STEP && last >= recipe->epochs)
        warn_rate(lint,
                  arena_printf(arena, "STEP lowers the rate after epoch %lld, but training ends after %s",
                               (long long)last, epochs),
                  arena_printf(arena, "leave %lld out, or set epochs to more", (long long)last));
    else if (s->choice.word == RECIPE_PLATEAU && s->patience + 2 >= recipe->epochs)
        warn_rate(lint,
                  arena_printf(arena,
                               "PLATEAU waits %s without progress, and training ends after %s: it cannot "
                               "lower the rate",
                               epochs_text(lint, s->patience), epochs),
                  arena_printf(arena, "it takes more than patience + 2 epochs: %lld", (long long)s->patience + 3));
    else if (s->warmup >= (double)recipe->epochs)
        warn_rate(lint,
                  arena_printf(arena, "%s warms up for %g epochs, but training ends after %s: the rate never %s %g",
                               word, s->warmup, epochs, s->warmup > (double)recipe->epochs ? "reaches" : "falls from",
                               recipe->optimiser.lr),
                  "warmup is a number of epochs, usually 1 to 5");
}

/* freeze-nothing: there is nothing to freeze. */
static void lint_freeze_nothing(const struct lint *lint)
{
    const struct recipe *recipe = lint->graph->recipe;
    for (size_t i = 0; i < recipe->freezes.count; i++) {
        const struct recipe_freeze *freeze = &recipe->freezes.items[i];
        if (freeze->tensors)
            continue;
        struct message *m = diag_report(lint->diag, CHECK_FREEZE_NOTHING, freeze->span,
                                        "%s holds no weights that training could change", freeze->label);
        message_help(m, "leave it out, or name the layer with the weights; --summary lists them");
    }
}

void lint_recipe(const struct lint *lint)
{
    lint_softmax_before_loss(lint);
    lint_unused_rate(lint);
    lint_freeze_nothing(lint);
}
