/* The train statements as a Python function: the optimiser, the schedule, the loss and what is done to pictures. */
#include <string.h>

#include "pytorch/module.h"
#include "recipe.h"

static const char *number(struct writer *w, double value)
{
    return pytorch_number(w->arena, value);
}

/* ---- initialisation ---- */

static void add_initialise(struct writer *w, struct text *out)
{
    const struct recipe_initialisation *in = &w->graph->recipe->initialisation;
    const char *how = "nn.init.kaiming_normal_(module.weight)";
    if (in->choice.word == RECIPE_XAVIER)
        how = "nn.init.xavier_normal_(module.weight)";
    else if (in->choice.word == RECIPE_NORMAL)
        how = arena_printf(w->arena, "nn.init.normal_(module.weight, std=%s)", number(w, in->sd));
    else if (in->choice.word == RECIPE_UNIFORM)
        how = arena_printf(w->arena, "nn.init.uniform_(module.weight, -%s, %s)", number(w, in->bound),
                           number(w, in->bound));
    text_printf(out,
                "def initialise(model):\n"
                "    for module in model.modules():\n"
                "        if not isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):\n"
                "            continue\n"
                "        if isinstance(module.weight, nn.Parameter):\n"
                "            %s\n",
                how);
    if (in->choice.word == RECIPE_DIRAC)
        text_add(out, "            if isinstance(module, nn.Conv2d):\n"
                      "                with torch.no_grad():\n"
                      "                    first = torch.zeros_like(module.weight[:module.weight.shape[1]])\n"
                      "                    module.weight[:first.shape[0]] = nn.init.dirac_(first)\n");
    text_add(out, "        if isinstance(module.bias, nn.Parameter):\n"
                  "            nn.init.zeros_(module.bias)\n\n\n");
}

/* The convolution that begins with directions of the pictures' windows; NULL: none does. */
static const struct node *whitened(const struct writer *w)
{
    return w->graph->recipe->whiten ? recipe_whitened(w->graph) : NULL;
}

static void add_whiten(struct writer *w, struct text *out)
{
    if (!whitened(w))
        return;
    text_add(out, "@torch.no_grad()\n"
                  "def whiten(conv, pictures):\n"
                  "    \"\"\"Filters along which windows of the pictures vary most, and their opposites.\"\"\"\n"
                  "    windows = F.unfold(pictures, conv.kernel_size, conv.dilation).transpose(1, 2).flatten(0, 1)\n"
                  "    values, vectors = torch.linalg.eigh(windows.double().T @ windows.double() / len(windows))\n"
                  "    filters = (vectors / torch.sqrt(values.clamp(min=0) + 5e-4 * values.mean())).T.flip(0)\n"
                  "    filters = filters[:conv.out_channels // 2]\n"
                  "    filters = torch.cat([filters, -filters]).reshape(-1, *conv.weight.shape[1:])\n"
                  "    conv.weight[:len(filters)] = filters\n\n\n");
}

/* What INPUT makes of the pictures, in training: the module's own statement, for pictures outside of it. */
static const char *prepared(struct writer *w, const struct node *input)
{
    const struct layer_args *a = &input->args;
    const char *text = "images[:2000].float()";
    const double *const numbers[] = {a->mean, a->scale};
    for (int i = 0; i < 2; i++) {
        struct text list = text_new(w->arena);
        for (int64_t c = 0; numbers[i] && c < input->shape.c; c++)
            text_printf(&list, "%s%s", c ? ", " : "", number(w, numbers[i][c]));
        if (numbers[i])
            text = arena_printf(w->arena, "%s %s torch.tensor([%s]).reshape(-1, 1, 1)",
                                pytorch_enclosed(w->arena, text), i ? "*" : "-", list.bytes);
    }
    return text;
}

/* ---- augmentation ---- */

static const char *augmentation(struct writer *w, const struct recipe_augmentation *a)
{
    const enum recipe_word word = a->choice.word;
    w->needs[PART_MOVE] = w->needs[PART_MOVE] || word == RECIPE_CROP || word == RECIPE_SHIFT;
    w->needs[PART_TURN] = w->needs[PART_TURN] || word == RECIPE_ROTATE || word == RECIPE_ZOOM;
    w->needs[PART_CUT_OUT] = w->needs[PART_CUT_OUT] || word == RECIPE_CUTOUT;
    w->needs[PART_UNIFORM] = w->needs[PART_UNIFORM] || word == RECIPE_ROTATE || word == RECIPE_ZOOM ||
                             word == RECIPE_BRIGHTNESS;
    switch (word) {
    case RECIPE_FLIP:
        return arena_printf(w->arena, "torch.where(torch.rand(x.shape[0], 1, 1, 1) < %s, x.flip(3), x)",
                            number(w, a->p));
    case RECIPE_CROP: return arena_printf(w->arena, "move(x, %lld, \"constant\")", (long long)a->pad);
    case RECIPE_SHIFT: return arena_printf(w->arena, "move(x, %lld, \"reflect\")", (long long)a->pixels);
    case RECIPE_ROTATE:
        return arena_printf(w->arena, "turn(x, torch.deg2rad(uniform(x.shape[0], -%s, %s)), torch.ones(x.shape[0]))",
                            number(w, a->degrees), number(w, a->degrees));
    case RECIPE_ZOOM:
        return arena_printf(w->arena, "turn(x, torch.zeros(x.shape[0]), uniform(x.shape[0], %s, %s))", number(w, a->lo),
                            number(w, a->hi));
    case RECIPE_CUTOUT: return arena_printf(w->arena, "cut_out(x, %lld)", (long long)a->size);
    case RECIPE_NOISE: return arena_printf(w->arena, "x + %s * torch.randn_like(x)", number(w, a->sd));
    default:
        return arena_printf(w->arena, "x * uniform(x.shape[0], %s, %s).reshape(-1, 1, 1, 1)", number(w, 1 - a->amount),
                            number(w, 1 + a->amount));
    }
}

/* MIXUP, which mixes two pictures; or NULL. */
static const struct recipe_augmentation *mixup_of(const struct recipe *recipe)
{
    for (size_t i = 0; i < recipe->augmentations.count; i++)
        if (recipe->augmentations.items[i].choice.word == RECIPE_MIXUP)
            return &recipe->augmentations.items[i];
    return NULL;
}

static bool changes_pictures(const struct recipe *recipe)
{
    return recipe->augmentations.count > (mixup_of(recipe) ? 1 : 0);
}

static void add_augment(struct writer *w, struct text *out)
{
    const struct recipe *recipe = w->graph->recipe;
    const bool bytes = w->graph->inputs.count && w->graph->inputs.items[0]->args.type == ELEMENT_U8;
    if (!changes_pictures(recipe))
        return;
    text_add(out, "def augment(x):\n    x = x.float()\n");
    for (size_t i = 0; i < recipe->augmentations.count; i++)
        if (recipe->augmentations.items[i].choice.word != RECIPE_MIXUP)
            text_printf(out, "    x = %s\n", augmentation(w, &recipe->augmentations.items[i]));
    text_printf(out, "    return x%s\n\n\n", bytes ? ".clamp(0, 255)" : "");
}

/* ---- the rate ---- */

static void add_rate(struct writer *w, struct text *out)
{
    const struct recipe_schedule *s = &w->graph->recipe->schedule;
    const char *lr = number(w, w->graph->recipe->optimiser.lr), *to = number(w, s->to);
    text_printf(out, "def rate(step, steps, epoch):\n"
                     "    \"\"\"The learning rate of a step, of `steps` in all and `epoch` in an epoch.\"\"\"\n");
    if (s->warmup > 0)
        text_printf(out,
                    "    warmup = round(%s * epoch)\n"
                    "    if step < warmup:\n"
                    "        return %s * (step + 1) / warmup\n"
                    "    passed = (step - warmup) / (steps - warmup)\n",
                    number(w, s->warmup), lr);
    else if (s->choice.word == RECIPE_COSINE || s->choice.word == RECIPE_LINEAR)
        text_add(out, "    passed = step / steps\n");
    switch (s->choice.word) {
    case RECIPE_STEP:
        text_printf(out, "    return %s * %s ** sum(step >= at * epoch for at in (", lr, number(w, s->factor));
        for (size_t i = 0; i < s->at.count; i++)
            text_printf(out, "%lld,%s", (long long)s->at.items[i], i + 1 < s->at.count ? " " : "");
        text_add(out, "))\n\n\n");
        break;
    case RECIPE_COSINE:
        text_printf(out, "    return %s + (%s - %s) * (1 + math.cos(math.pi * passed)) / 2\n\n\n", to, lr, to);
        break;
    case RECIPE_LINEAR: text_printf(out, "    return %s + (%s - %s) * passed\n\n\n", lr, to, lr); break;
    case RECIPE_ONECYCLE:
        text_printf(out,
                    "    top, end = %s * steps - 1, steps - 1\n"
                    "    if step < top:\n"
                    "        low, high, passed = %s * %s, %s, step / top\n"
                    "    else:\n"
                    "        low, high, passed = %s, %s * %s, (step - top) / (end - top)\n"
                    "    return high + (low - high) * (1 + math.cos(math.pi * passed)) / 2\n\n\n",
                    number(w, s->peak), number(w, s->from), lr, lr, lr, to, lr);
        break;
    default: text_printf(out, "    return %s\n\n\n", lr); break;
    }
}

/* ---- the loss ---- */

static const struct node *last_layer(const struct node *node)
{
    while (node_is_mark(node))
        node = node->inputs[0];
    return node;
}

static const char *loss_of(struct writer *w, const struct node *node, const char *scores, const char *y)
{
    const struct recipe_loss *loss = &w->graph->recipe->loss;
    const struct node *last = last_layer(node);
    const bool vector = node->shape.h * node->shape.w == 1;
    if (vector && !w->flat[node->id])
        scores = arena_printf(w->arena, "torch.flatten(%s, 1)", scores);
    switch (loss->choice.word) {
    case RECIPE_MSE: return arena_printf(w->arena, "F.mse_loss(%s, %s)", scores, y);
    case RECIPE_MAE: return arena_printf(w->arena, "F.l1_loss(%s, %s)", scores, y);
    case RECIPE_BCE: return arena_printf(w->arena, "F.binary_cross_entropy_with_logits(%s, %s)", scores, y);
    case RECIPE_HINGE:
        if (!vector)
            scores = arena_printf(w->arena, "%s.movedim(1, -1).flatten(0, -2)", scores),
            y = arena_printf(w->arena, "%s.flatten()", y);
        return arena_printf(w->arena, "%lld * F.multi_margin_loss(%s, %s%s)", (long long)node->shape.c, scores, y,
                            loss->margin == 1 ? "" : arena_printf(w->arena, ", margin=%s", number(w, loss->margin)));
    default: break;
    }
    if (last->kind == LAYER_SOFTMAX)
        scores = arena_printf(w->arena, "torch.log(%s.clamp_min(1e-30))", scores);
    return arena_printf(
        w->arena, "F.cross_entropy(%s, %s%s)", scores, y,
        loss->smoothing == 0 ? "" : arena_printf(w->arena, ", label_smoothing=%s", number(w, loss->smoothing)));
}

static void add_loss(struct writer *w, struct text *out)
{
    const struct recipe *recipe = w->graph->recipe;
    const bool several = w->graph->outputs.count > 1;
    struct text sum = text_new(w->arena);
    for (size_t i = 0; i < recipe->heads.count; i++) {
        const struct recipe_head *head = &recipe->heads.items[i];
        const char *scores = several ? arena_printf(w->arena, "results[%zu]", head->output) : "results";
        const char *factor = head->weight == 1 ? "" : arena_printf(w->arena, "%s * ", number(w, head->weight));
        text_printf(&sum, "%s%s%s", i ? "\n            + " : "", factor,
                    loss_of(w, w->graph->outputs.items[head->output].node, scores, "y"));
    }
    const bool lines = recipe->heads.count > 1;
    text_printf(out, "def loss_of(results, y):\n    return %s%s%s\n\n\n", lines ? "(" : "", sum.bytes,
                lines ? ")" : "");
}

/* ---- training ---- */

static const char *optimiser(struct writer *w)
{
    const struct recipe_optimiser *o = &w->graph->recipe->optimiser;
    struct text out = text_new(w->arena);
    static const char *const names[] = {"SGD", "Adam", "AdamW", "RMSprop"};
    const int which = o->choice.word == RECIPE_SGD     ? 0
                      : o->choice.word == RECIPE_ADAM  ? 1
                      : o->choice.word == RECIPE_ADAMW ? 2
                                                       : 3;
    text_printf(&out, "torch.optim.%s(learning, lr=%s", names[which], number(w, o->lr));
    if (which == 0 && o->momentum != 0)
        text_printf(&out, ", momentum=%s", number(w, o->momentum));
    if (which == 0 && o->nesterov)
        text_add(&out, ", nesterov=True");
    if (which == 1 || which == 2)
        text_printf(&out, ", betas=(%s, %s)", number(w, o->beta1), number(w, o->beta2));
    if (which == 3)
        text_printf(&out, ", alpha=%s", number(w, o->alpha));
    if (which != 0)
        text_printf(&out, ", eps=%s", number(w, o->eps));
    if (which != 3 && (o->decay != 0 || which == 2))
        text_printf(&out, ", weight_decay=%s", number(w, o->decay));
    text_add_char(&out, ')');
    return out.bytes;
}

static const char *frozen_labels(struct writer *w)
{
    const struct recipe *recipe = w->graph->recipe;
    struct text out = text_new(w->arena);
    for (size_t i = 0; i < recipe->freezes.count; i++)
        text_printf(&out, "%s, ",
                    pytorch_string(w->arena, arena_printf(w->arena, "%s.", recipe->freezes.items[i].label)));
    return out.length ? arena_copy(w->arena, out.bytes, out.length - 2) : NULL;
}

static void add_step(struct writer *w, struct text *out)
{
    const struct recipe *recipe = w->graph->recipe;
    const struct recipe_augmentation *mixup = mixup_of(recipe);
    const bool plateau = recipe->schedule.choice.word == RECIPE_PLATEAU;
    text_printf(out,
                "            chosen = order[%lld * batch:%lld * (batch + 1)]\n"
                "            x, y = %s, targets[chosen]\n",
                (long long)recipe->batch, (long long)recipe->batch,
                changes_pictures(recipe) ? "augment(images[chosen])" : "images[chosen]");
    if (!plateau)
        text_add(out, "            for group in optimiser.param_groups:\n"
                      "                group[\"lr\"] = rate(epoch * batches + batch, steps, batches)\n");
    if (mixup) {
        text_printf(out,
                    "            share = torch.distributions.Beta(%s, %s).sample()\n"
                    "            other = torch.randperm(len(x))\n"
                    "            results = model(share * x + (1 - share) * x[other])\n"
                    "            loss = share * loss_of(results, y) + (1 - share) * loss_of(results, y[other])\n",
                    number(w, mixup->alpha), number(w, mixup->alpha));
    } else {
        text_add(out, "            loss = loss_of(model(x), y)\n");
    }
    text_add(out, "            optimiser.zero_grad()\n            loss.backward()\n");
    if (recipe->clip > 0)
        text_printf(out, "            nn.utils.clip_grad_norm_(learning, %s)\n", number(w, recipe->clip));
    text_add(out, "            optimiser.step()\n");
    if (recipe->average > 0)
        text_printf(out,
                    "            with torch.no_grad():\n"
                    "                for mean, parameter in zip(means, learning):\n"
                    "                    mean.lerp_(parameter, 1 - %s)\n",
                    number(w, recipe->average));
    text_add(out, "            total += loss.item()\n");
}

static void add_train(struct writer *w, struct text *out)
{
    const struct recipe *recipe = w->graph->recipe;
    const bool plateau = recipe->schedule.choice.word == RECIPE_PLATEAU;
    const char *frozen = frozen_labels(w);
    text_printf(out,
                "def train(model, images, targets%s):\n"
                "    \"\"\"Trains by the recipe of the text; images and targets are tensors.\"\"\"\n"
                "    torch.manual_seed(%lld)\n    initialise(model)\n",
                plateau ? ", validate" : "", (long long)recipe->seed);
    if (frozen)
        text_printf(out,
                    "    frozen = (%s)\n"
                    "    for name, parameter in model.named_parameters():\n"
                    "        parameter.requires_grad_(not name.startswith(frozen))\n",
                    recipe->freezes.count > 1 ? frozen : arena_printf(w->arena, "%s,", frozen));
    if (whitened(w))
        text_printf(out, "    whiten(model.get_submodule(\"%s\"), %s)\n", pytorch_layer_path(w, whitened(w)),
                    prepared(w, w->graph->inputs.items[0]));
    text_printf(out,
                "    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]\n"
                "    optimiser = %s\n",
                optimiser(w));
    if (plateau)
        text_printf(out,
                    "    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, factor=%s, patience=%lld)\n",
                    number(w, recipe->schedule.factor), (long long)recipe->schedule.patience);
    if (recipe->average > 0)
        text_add(out, "    means = [parameter.detach().clone() for parameter in learning]\n");
    text_printf(out,
                "    batches = len(images) // %lld\n%s"
                "    for epoch in range(%lld):\n"
                "        model.train()\n",
                (long long)recipe->batch,
                plateau ? "" : arena_printf(w->arena, "    steps = %lld * batches\n", (long long)recipe->epochs),
                (long long)recipe->epochs);
    if (frozen)
        text_add(out, "        for name, module in model.named_modules():\n"
                      "            if (name + \".\").startswith(frozen):\n"
                      "                module.eval()\n");
    text_add(out, "        order = torch.randperm(len(images))\n        total = 0\n"
                  "        for batch in range(batches):\n");
    add_step(w, out);
    text_add(out, "        print(f\"epoch {epoch + 1}: loss {total / max(batches, 1):.4f}\")\n");
    if (plateau)
        text_add(out, "        plateau.step(validate(model))  # the error on pictures that it does not learn from\n");
    if (recipe->average > 0)
        text_add(out, "    with torch.no_grad():\n"
                      "        for mean, parameter in zip(means, learning):\n"
                      "            parameter.copy_(mean)\n");
    text_add(out, "    return model\n");
}

void pytorch_add_recipe(struct writer *w, struct text *out)
{
    const bool plateau = w->graph->recipe->schedule.choice.word == RECIPE_PLATEAU;
    add_initialise(w, out);
    add_whiten(w, out);
    add_augment(w, out);
    if (!plateau)
        add_rate(w, out);
    add_loss(w, out);
    add_train(w, out);
}
