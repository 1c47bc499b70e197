m4_dnl What cnn_train.h asks of a network, for its driver. Lists that cnnc defines: TENSOR_ROWS, AUGMENTATION_ROWS,
m4_dnl EPOCHS. PARAMETER_ROW(number, dimensions, shape, offset, count, fan in, fan out, kind, frozen and idle)
m4_define([<PARAMETER_ROW>], [<    {"@parameter:$1@", $2, {$3}, $4, $5, $6, $7, $8, $9},
>])m4_dnl

/* For the driver in libcnntrain.a: cc -include cnn_train.h; with -DCNN_TRAIN_MAIN a program. */
#ifdef CNN_TRAIN_H
static const struct cnn_tensor @name@_trainee_input = {"@input:0@", IN_H, IN_W, IN_C, IN_LAYOUT, IN_TYPE, 0.0f, 0};
static const struct cnn_tensor @name@_trainee_output = {"@output:0@", OUT_H, OUT_W, OUT_C, 0, 0, 0.0f, 0};

static const struct cnn_trainee_tensor @name@_trainee_tensors[] = {
TENSOR_ROWS[<>]};

IF(AUGMENTATIONS, [<static const struct cnn_augmentation @name@_trainee_augmentations[] = {
AUGMENTATION_ROWS[<>]};

>])m4_dnl
IF(EPOCH_COUNT, [<static const double @name@_trainee_epochs[] = {EPOCHS};

>])m4_dnl
IF(R_WHITENED + 1, [<m4_dnl
IF(R_HAS_MEANS, [<static const double @name@_trainee_means[] = {R_MEANS};
>])m4_dnl
IF(R_HAS_SCALES, [<static const double @name@_trainee_scales[] = {R_SCALES};
>])m4_dnl
static const struct cnn_whitening @name@_trainee_whitening = {
    R_WHITENED, R_DILATION_Y, R_DILATION_X,
    IF(R_HAS_MEANS, [<@name@_trainee_means>], NULL), IF(R_HAS_SCALES, [<@name@_trainee_scales>], NULL),
};

>])m4_dnl
static const struct cnn_recipe @name@_trainee_recipe = {
    R_RATE, R_SCHEDULE, R_FACTOR, R_TO, R_WARMUP, R_PEAK, R_FROM, R_PATIENCE,
    IF(EPOCH_COUNT, [<@name@_trainee_epochs>], NULL), EPOCH_COUNT,
    R_LOSS, R_SMOOTHING, R_MARGIN, R_OUTPUTS,
    R_INITIALISATION, R_SPREAD,
    IF(AUGMENTATIONS, [<@name@_trainee_augmentations>], NULL), AUGMENTATIONS,
    R_EPOCHS, R_BATCH, UINT64_C(R_SEED), R_CLIP, R_AVERAGE, IF(R_WHITENED + 1, [<&@name@_trainee_whitening>], NULL),
};

static void *@name@_trainee_begin(void *memory, int batch, struct cnn_pool *pool)
{
    return @name@_train_begin(memory, batch, pool);
}

static float *@name@_trainee_parameters(void *self)
{
    return @name@_train_parameters((struct @name@_trainer *)self);
}

static float *@name@_trainee_gradients(void *self)
{
    return @name@_train_gradients((struct @name@_trainer *)self);
}

static void @name@_trainee_rate(void *self, float rate)
{
    @name@_train_rate((struct @name@_trainer *)self, rate);
}

static float @name@_trainee_batch(void *self, const struct cnn_batch *batch)
{
    struct @name@_trainer *const trainer = (struct @name@_trainer *)self;
    IF(MIXES, [<if (batch->shares)>])
        IF(MIXES, [<return @name@_train_mixed(trainer, (const IMAGE_TYPE *)batch->images, m4_dnl
(const TARGET_TYPE *)batch->targets,
            batch->others, batch->shares);>])
    return @name@_train_gradient(trainer, (const IMAGE_TYPE *)batch->images, (const TARGET_TYPE *)batch->targets);
}

static int32_t @name@_trainee_beyond(void *self, const struct cnn_batch *batch)
{
    struct @name@_work work;
    int beyond = -1;
    memset(&work, 0, sizeof work);
    work.images[0] = batch->images;
    work.targets[0] = batch->targets;
    work.others = batch->others;
    work.shares = batch->shares;
    work.beyond = &beyond;
    @name@_learn((struct @name@_trainer *)self, &work);
    return beyond;
}

static const char *@name@_trainee_layer(int32_t number)
{
    return @name@_seen[number].layer;
}

/* The driver has clipped the gradients. */
static void @name@_trainee_change(void *self)
{
    struct @name@_trainer *const trainer = (struct @name@_trainer *)self;
    trainer->state->step++;
    @name@_run_update(trainer, 1.0f);
}

static void @name@_trainee_results(void *self, const void *images, int count, float *outputs)
{
    @name@_evaluate((struct @name@_trainer *)self, (const IMAGE_TYPE *)images, count, outputs);
}

static void *@name@_trainee_memory(void *self, size_t *bytes)
{
    return @name@_train_state((struct @name@_trainer *)self, bytes);
}

static void @name@_trainee_part(void *self, int first, int end, cnn_meeting *meet, void *context)
{
    @name@_train_part((struct @name@_trainer *)self, first, end, meet, context);
}

extern const struct cnn_trainee @name@_trainee;
const struct cnn_trainee @name@_trainee = {
    CNN_TRAIN_ABI, "@string@", UINT64_C(@hash@),
    &@name@_trainee_input, &@name@_trainee_output,
    @name@_trainee_tensors, TENSOR_COUNT, PARAMETER_COUNT, TRAINED_COUNT,
    &@name@_trainee_recipe,
    @name@_train_bytes, @name@_trainee_begin, @name@_trainee_parameters, @name@_trainee_gradients, @name@_trainee_rate,
    @name@_trainee_batch, @name@_trainee_change, @name@_trainee_results, @name@_trainee_memory, 0,
    @name@_trainee_part, @name@_trainee_beyond, @name@_trainee_layer, IN_RAW,
};

#ifdef CNN_TRAIN_MAIN
int main(int argc, char **argv)
{
    return CNN_TRAIN_RUN(&@name@_trainee, argc, argv);
}
#endif
#endif
