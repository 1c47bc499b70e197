/* What quantising has cost, in a table and in words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "passes/quantise.h"
#include "quantise/equalise.h"
#include "quantise/types.h"

/* Of the signal to the noise, in decibels; INFINITY: no noise, -INFINITY: unknown. */
static double decibels_of(const struct quantising_loss *loss, size_t layer)
{
    const double signal = loss->energies[2 * layer], noise = loss->energies[2 * layer + 1];
    return !(signal > 0) ? (double)-INFINITY : !(noise > 0) ? (double)INFINITY : 10 * log10(signal / noise);
}

static double points_lost(const struct quantising_loss *loss)
{
    return 100 * (double)(loss->right_in_floats - loss->right_in_integers) / (double)loss->pictures;
}

/* "CONV+BN+RELU" */
static const char *kinds_of(struct compilation *c, const struct op *op)
{
    struct text text = text_new(c->arena);
    for (size_t i = 0; i < op->nodes.count; i++)
        text_printf(&text, "%s%s", i ? "+" : "", node_keyword(op->nodes.items[i]));
    return text.length ? text.bytes : "CONVERT";
}

static void padded(struct text *out, const char *word, int width)
{
    const int columns = text_columns(word, strlen(word));
    text_add(out, word);
    text_repeat(out, ' ', columns < width ? width - columns + 2 : 2);
}

static void print_row(struct compilation *c, const struct probe *probe, double decibels, int widths[2],
                      struct text *out)
{
    const struct value *value = probe->op->output;
    padded(out, text_clean(c->arena, probe->node->name), widths[0]);
    padded(out, kinds_of(c, probe->op), widths[1]);
    padded(out, shape_text(c->arena, value->shape), 10);
    if (value->type != ELEMENT_S8) {
        text_add(out, "floats\n");
        return;
    }
    text_printf(out, "%12.6g  %5d  ", (double)value->quantisation->scale[0], (int)value->quantisation->zero[0]);
    if (isfinite(decibels))
        text_printf(out, "%8.1f dB\n", decibels);
    else
        text_printf(out, "%11s\n", decibels > 0 ? "exact" : "-");
}

double quantising_end(const struct plan *plan, const struct quantising_loss *loss)
{
    for (size_t i = plan->probes.count; i-- > 0;)
        if (plan->probes.items[i].op->output->type == ELEMENT_S8 && decibels_of(loss, i) > (double)-INFINITY)
            return decibels_of(loss, i);
    return (double)-INFINITY;
}

static void print_equalised(const struct plan *plan, const struct quantising_loss *loss, struct text *out)
{
    if (loss->equalised)
        text_printf(out,
                    "channels of %lld %s, which differed by %d times and more, are brought to one size: %.1f dB at the "
                    "end, %.1f before\n",
                    (long long)loss->equalised, loss->equalised == 1 ? "layer" : "layers", (int)EQUALISE_LEAST,
                    quantising_end(plan, loss), loss->end_before);
}

void quantising_print(struct compilation *c, const struct plan *plan, const struct quantising_loss *loss)
{
    struct text out = text_new(c->arena);
    int widths[2] = {5, 4};
    for (size_t i = 0; i < plan->probes.count; i++) {
        const struct probe *probe = &plan->probes.items[i];
        const int name = text_columns(probe->node->name, strlen(probe->node->name));
        const int kinds = (int)strlen(kinds_of(c, probe->op));
        widths[0] = name > widths[0] ? name : widths[0];
        widths[1] = kinds > widths[1] ? kinds : widths[1];
    }
    padded(&out, "layer", widths[0]);
    padded(&out, "kind", widths[1]);
    padded(&out, "result", 10);
    text_printf(&out, "%12s  %5s  %11s\n", "scale", "zero", "to noise");
    for (size_t i = 0; i < plan->probes.count; i++)
        print_row(c, &plan->probes.items[i], decibels_of(loss, i), widths, &out);
    print_equalised(plan, loss, &out);
    text_printf(&out, "%ld pictures: both networks find the same class in %.2f %%\n", loss->pictures,
                100 * (double)loss->agreed / (double)loss->pictures);
    if (loss->labelled)
        text_printf(&out, "right: %.2f %% in floats, %.2f %% in integers, %.2f points lost\n",
                    100 * (double)loss->right_in_floats / (double)loss->pictures,
                    100 * (double)loss->right_in_integers / (double)loss->pictures, points_lost(loss));
    fwrite(out.bytes, 1, out.length, stdout);
}

/* ---- --max-loss ---- */

/* The layers with weights at whose results the noise grows most over that of their inputs, worst first. */
static const char *proposal(struct compilation *c, const struct plan *plan, const struct quantising_loss *loss)
{
    enum { PROPOSED = 2 };
    struct text text = text_new(c->arena);
    bool *taken = ARENA_ARRAY(c->arena, bool, plan->probes.count + 1);
    for (int n = 0; n < PROPOSED; n++) {
        size_t worst = plan->probes.count;
        double least = (double)INFINITY;
        for (size_t i = 0; i < plan->probes.count; i++) {
            const struct op *op = plan->probes.items[i].op;
            const double decibels = decibels_of(loss, i);
            if (taken[i] || !op_is_linear(op) || op->output->type != ELEMENT_S8 || !(decibels < least))
                continue;
            worst = i;
            least = decibels;
        }
        if (worst == plan->probes.count)
            break;
        taken[worst] = true;
        text_printf(&text, "%s--keep-float=%s", n ? " " : "",
                    text_shell_word(c->arena, type_label(c->arena, plan->probes.items[worst].op->node)));
    }
    return text.length ? text.bytes : NULL;
}

bool quantising_is_enough(struct compilation *c, const struct plan *plan, const struct quantising_loss *loss)
{
    if (!c->options.max_loss_given)
        return true;
    if (!loss->labelled) {
        diag_report_file(c->diag, CHECK_FILE, c->options.quantize,
                         "--max-loss compares how many pictures are right, and these have no labels for the network's "
                         "classes");
        return false;
    }
    if (points_lost(loss) <= c->options.max_loss)
        return true;
    const char *keep = proposal(c, plan, loss);
    struct message *m = diag_report_file(c->diag, CHECK_WEIGHTS, NULL,
                                         "%.2f points are lost, more than --max-loss=%g: nothing is written",
                                         points_lost(loss), c->options.max_loss);
    if (keep)
        message_help(m, "%s keeps the layers with the most noise in floats", keep);
    return false;
}
