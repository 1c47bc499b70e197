/* The description of a network that learns to the driver of cnn_train.h, as data for m4. */
#include "emit/define.h"
#include "emit/train.h"

#include <math.h>

#include "recipe.h"

/* ---- tensors ---- */

static void add_tensor(const struct training_tensor *tensor, size_t number, struct text *data)
{
    const struct weight *weight = tensor->weight;
    int64_t window = 1;
    text_printf(data, "PARAMETER_ROW(%zu, %d, [<", number, weight->rank);
    for (int i = 0; i < weight->rank; i++) {
        text_printf(data, "%s%lld", i ? ", " : "", (long long)weight->dims[i]);
        window *= i > 1 ? weight->dims[i] : 1;
    }
    bool fans = tensor->kind == TRAINING_WEIGHT && weight->rank > 1;
    text_printf(data, ">], %lld, %lld, %lld, %lld, %d, [<%d, %lld>])m4_dnl\n", (long long)tensor->offset,
                (long long)weight->count, (long long)(fans ? weight->dims[1] * window : 0),
                (long long)(fans ? weight->dims[0] * window : 0), tensor->kind, !tensor->learns && !tensor->buffer,
                (long long)tensor->idle);
}

static void add_tensors(const struct training *training, struct text *data)
{
    define_integer(data, "TENSOR_COUNT", (int64_t)training->tensors.count);
    text_add(data, "m4_define([<TENSOR_ROWS>], [<");
    for (size_t i = 0; i < training->tensors.count; i++)
        add_tensor(&training->tensors.items[i], i, data);
    text_add(data, ">])m4_dnl\n");
}

/* ---- the recipe: the enumerations of cnn_train.h are in the order of the words of recipes.def ---- */

static void add_augmentations(const struct recipe *recipe, struct text *data)
{
    define_integer(data, "AUGMENTATIONS", (int64_t)recipe->augmentations.count);
    text_add(data, "m4_define([<AUGMENTATION_ROWS>], [<");
    for (size_t i = 0; i < recipe->augmentations.count; i++) {
        const struct recipe_augmentation *a = &recipe->augmentations.items[i];
        double first = 0, second = 0;
        switch (a->choice.word) {
        case RECIPE_FLIP: first = a->p; break;
        case RECIPE_CROP: first = (double)a->pad; break;
        case RECIPE_SHIFT: first = (double)a->pixels; break;
        case RECIPE_ROTATE: first = a->degrees; break;
        case RECIPE_ZOOM: first = a->lo, second = a->hi; break;
        case RECIPE_CUTOUT: first = (double)a->size; break;
        case RECIPE_NOISE: first = a->sd; break;
        case RECIPE_BRIGHTNESS: first = a->amount; break;
        default: first = a->alpha; break;
        }
        text_printf(data, "    {%d, %.17g, %.17g},\n", (int)(a->choice.word - RECIPE_FLIP), first, second);
    }
    text_add(data, ">])m4_dnl\n");
}

static void add_epochs(const struct recipe_epochs *at, struct text *data)
{
    define_integer(data, "EPOCH_COUNT", (int64_t)at->count);
    text_add(data, "m4_define([<EPOCHS>], [<");
    for (size_t i = 0; i < at->count; i++)
        text_printf(data, "%s%lld", i ? ", " : "", (long long)at->items[i]);
    text_add(data, ">])m4_dnl\n");
}

/* What NAME_evaluate returns if this operation is the last: enum cnn_outputs. */
static int outputs_of(enum training_loss loss, const struct op *last)
{
    if (loss == LOSS_CROSSENTROPY && last->kind == OP_SOFTMAX)
        return last->logarithm ? 2 : 1;
    bool sigmoid = last->kind == OP_UNARY && last->function.kind == FUNCTION_SIGMOID;
    return loss == LOSS_BCE && sigmoid ? 3 : 0;
}

static int kind_of_outputs(const struct training *training)
{
    const struct op_list *list = training->list;
    for (size_t i = list->ops.count; i-- > 0;)
        if (list->ops.items[i]->kind == OP_OUTPUT)
            return outputs_of(training->recipe.loss, list->ops.items[i]->inputs.items[0]->producer);
    return 0;
}

static void add_recipe(const struct training *training, struct text *data)
{
    const struct recipe *recipe = training->graph->recipe;
    const struct recipe_schedule *s = &recipe->schedule;
    define_double(data, "R_RATE", recipe->optimiser.lr);
    define_integer(data, "R_SCHEDULE", (int64_t)s->choice.word - RECIPE_CONSTANT);
    define_double(data, "R_FACTOR", s->factor);
    define_double(data, "R_TO", s->to);
    define_double(data, "R_WARMUP", s->warmup);
    define_double(data, "R_PEAK", s->peak);
    define_double(data, "R_FROM", s->from);
    define_integer(data, "R_PATIENCE", s->patience);
    add_epochs(&s->at, data);
    define_integer(data, "R_LOSS", (int64_t)recipe->loss.choice.word - RECIPE_CROSSENTROPY);
    define_double(data, "R_SMOOTHING", recipe->loss.smoothing);
    define_double(data, "R_MARGIN", recipe->loss.margin);
    define_integer(data, "R_OUTPUTS", kind_of_outputs(training));
    define_integer(data, "R_INITIALISATION", (int64_t)recipe->initialisation.choice.word - RECIPE_HE);
    define_double(data, "R_SPREAD", recipe->initialisation.sd + recipe->initialisation.bound);
    add_augmentations(recipe, data);
    define_integer(data, "R_EPOCHS", recipe->epochs);
    define_integer(data, "R_BATCH", recipe->batch);
    define_integer(data, "R_SEED", recipe->seed);
    define_double(data, "R_CLIP", recipe->clip);
    define_double(data, "R_AVERAGE", recipe->average);
}

/* R_NAME, numbers a channel, and R_HAS_NAME. */
static void add_channels(struct text *data, const char *name, const double *numbers, int64_t channels)
{
    text_printf(data, "m4_define([<R_HAS_%s>], %d)m4_define([<R_%s>], [<", name, numbers != NULL, name);
    for (int64_t c = 0; numbers && c < channels; c++)
        text_printf(data, "%s%.17g", c ? ", " : "", numbers[c]);
    text_add(data, ">])m4_dnl\n");
}

/* The tensor that begins with directions of the pictures' windows, if one does. */
static void add_whitening(const struct training *training, struct text *data)
{
    const struct graph *graph = training->graph;
    const struct node *conv = graph->recipe->whiten ? recipe_whitened(graph) : NULL;
    const struct layer_args *input = &graph->inputs.items[0]->args;
    int64_t tensor = -1;
    for (size_t i = 0; conv && i < training->tensors.count; i++)
        if (training->tensors.items[i].weight == &conv->weights[0])
            tensor = (int64_t)i;
    define_integer(data, "R_WHITENED", tensor);
    define_integer(data, "R_DILATION_Y", conv ? conv->args.dilation.h : 1);
    define_integer(data, "R_DILATION_X", conv ? conv->args.dilation.w : 1);
    add_channels(data, "MEANS", conv ? input->mean : NULL, graph->inputs.items[0]->shape.c);
    add_channels(data, "SCALES", conv ? input->scale : NULL, graph->inputs.items[0]->shape.c);
}

/* Do the first weights meet INPUT's numbers as they are? */
static bool is_raw(const struct training *training)
{
    const struct layer_args *input = &training->graph->inputs.items[0]->args;
    if (input->mean || input->scale)
        return false;
    for (size_t i = 0; i < training->list->ops.count; i++) {
        const struct op *op = training->list->ops.items[i];
        for (size_t k = 0; op->kind == OP_INPUT && k < op->output->readers.count; k++) {
            const struct op *reader = op->output->readers.items[k];
            if (!reader->of && reader->kind != OP_CONVOLUTION && reader->kind != OP_DENSE)
                return false;
        }
    }
    return true;
}

static void add_ends(const struct training *training, struct text *data)
{
    const struct node *input = training->graph->inputs.items[0], *output = training->graph->outputs.items[0].node;
    enum training_loss loss = training->recipe.loss;
    define_integer(data, "IN_H", input->shape.h);
    define_integer(data, "IN_W", input->shape.w);
    define_integer(data, "IN_C", input->shape.c);
    define_integer(data, "IN_LAYOUT", input->args.layout == LAYOUT_HWC);
    define_integer(data, "IN_TYPE", (int64_t)input->element);
    define_integer(data, "IN_RAW", is_raw(training));
    define_integer(data, "OUT_H", output->shape.h);
    define_integer(data, "OUT_W", output->shape.w);
    define_integer(data, "OUT_C", output->shape.c);
    define_word(data, "IMAGE_TYPE", element_c(input->element));
    define_word(data, "TARGET_TYPE", loss == LOSS_CROSSENTROPY || loss == LOSS_HINGE ? "int32_t" : "float");
}

bool data_trainee(const struct train_plan *plan, struct text *data)
{
    const struct training *training = plan->training;
    if (training->graph->inputs.count != 1 || training->graph->outputs.count != 1)
        return false;
    add_tensors(training, data);
    add_recipe(training, data);
    add_whitening(training, data);
    add_ends(training, data);
    return true;
}
