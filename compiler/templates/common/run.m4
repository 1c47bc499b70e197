m4_dnl The end of the C source: weights, the network's calls, and the tables that describe it.
m4_dnl Rows and calls are lists that cnnc defines: INPUT_ROWS, OUTPUT_ROWS, RESULT_ROWS, CALLS.
m4_dnl TENSOR_ROW(input or output, index, what struct cnn_tensor holds of it, bytes of a number, its type in C)
m4_define([<TENSOR_ROW>], [<    {"@$1:$2@", $3},
>])m4_dnl
m4_define([<RESULT_ROW>], [<    {"@layer:$1@", "@kind:$1@", $2, $3, $4, $5},
>])m4_dnl
m4_dnl INPUT_POINTER(tensor, type, index, numbers of each image of a batch that is computed image by image)
m4_define([<INPUT_POINTER>], [<    const $2 *const @tensor:$1@ = (const $2 *)inputs[$3]IMAGE_OFFSET($4);
>])m4_dnl
m4_define([<OUTPUT_POINTER>], [<    $2 *const @tensor:$1@ = ($2 *)outputs[$3]IMAGE_OFFSET($4);
>])m4_dnl
m4_define([<IMAGE_OFFSET>], [<IF($1, [< + image * $1>])>])m4_dnl
m4_define([<LAYER>], [<
    /* @step:$1@ */
>])m4_dnl
m4_dnl PLACE(tensor, type, where, bytes): in the arena, which is bytes, or among the numbers of a tensor of the
m4_dnl caller's.
m4_define([<PLACE>], [<    $2 *const @tensor:$1@ = IF($4, [<($2 *)(void *)($3)>], [<$3>]);
>])m4_dnl
m4_define([<INPUT_PLACE>], [<    const $2 *const @tensor:$1@ = $3;
>])m4_dnl
m4_define([<CONSTANT_PLACE>], [<    const $2 *const @tensor:$1@ = (const $2 *)(const void *)($3);
>])m4_dnl
m4_define([<WEIGHTS>], [<    const $2 *const @pack:$1@ = (const $2 *)(const void *)($3);
>])m4_dnl
m4_define([<CALL>], [<    @kernel:$1@($2);
>])m4_dnl
m4_define([<PROBE>], [<    CNN_PROBE($1, @tensor:$2@);
>])m4_dnl
m4_dnl PROBE_EACH(layer, tensor, numbers from one image to the next)
m4_define([<PROBE_EACH>], [<    for (size_t image = 0; image < BATCH; image++)
        CNN_PROBE($1, @tensor:$2@ + image * $3);
>])m4_dnl
m4_dnl Whatever the types of the packs, their bytes are written as words of 32 bits: each pack is whole cache lines.
IF(EMBEDDED, [<IF(HAS_BYTES, [</* Four signed bytes in a word, the first of them last. */
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define S8(word) ((word) >> 24 | ((word) >> 8 & 0xff00u) | ((word) << 8 & 0xff0000u) | (word) << 24)
#else
#define S8(word) (word)
#endif

>])m4_dnl
IF(HAS_HALVES, [</* Two half floats in a word, the first of them last. */
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define F16(word) ((word) >> 16 | (word) << 16)
#else
#define F16(word) (word)
#endif

>])m4_dnl
/* The weights, as the bits of floats; each layer's begin at a multiple of ALIGNMENT bytes. */
#ifdef __GNUC__
__attribute__((aligned(ALIGNMENT)))
#endif
static const union {
    uint32_t words[m4_eval(WEIGHT_BYTES / 4)];
    float floats[m4_eval(WEIGHT_BYTES / 4)];
} @name@_weights = {{
@weights@}};
IF(HAS_BYTES, [<#undef S8
>])m4_dnl
IF(HAS_HALVES, [<#undef F16
>])m4_dnl

>])m4_dnl
m4_define([<CALL_ISA>], [<    @kernel:$1@_[<>]ISA[<>]($2);
>])m4_dnl
m4_define([<CALL_SHARED>], [<    @kernel:$1@_[<>]ISA[<>](context, $2);
>])m4_dnl
m4_dnl Scratch holds transformed floats (winograd.m4), so it is a pointer to them and not to bytes, and kernels that
m4_dnl take it need no cast; one that keeps other numbers there casts.
m4_dnl
m4_dnl A batch is computed in segments: SEGMENT(number, ...) is the function of one that is called for each image. BEGIN
m4_dnl takes what a body needs: weights, the arena, a thread's own memory for an image, scratch (data_calls says it).
m4_define([<NAME_OF_SEGMENT>], [<@name@_images_$1[<>]IF(FAST, [<_[<>]ISA[<>]>])>])m4_dnl
m4_define([<SEGMENT>], [<m4_dnl
/* One image: from @from:$1@ to @to:$1@. */
static void NAME_OF_SEGMENT($1)(const struct cnn_context *context, const void *const inputs[],
    void *const outputs[], size_t image)
{
BEGIN($2, $3, $4, $5)IF($2 + $3 + $4 + $5 + $6, [<>], [<    (void)context;
>])$7}

>])m4_dnl
m4_define([<BEGIN>], [<m4_dnl
IF($1, [<    const unsigned char *const weights = m4_dnl
(const unsigned char *)IF(EMBEDDED, [<(context->weights ? context->weights : &@name@_weights)>], [<context->weights>]);
>])m4_dnl
IF($2, [<    unsigned char *const arena = (unsigned char *)context->arena;
>])m4_dnl
IF($3, [<    unsigned char *const own = (unsigned char *)context->scratch[<>]IF(OWN_OFFSET, [< + OWN_OFFSET>]);
>])m4_dnl
IF($4, [<    float *const scratch = (float *)context->scratch;
>])>])m4_dnl
m4_define([<CALL_SEGMENT>], [<    @name@_each_image(context, inputs, outputs, NAME_OF_SEGMENT($1));
>])m4_dnl
m4_define([<EACH_IMAGE>], [<m4_dnl
typedef void @name@_image(const struct cnn_context *context, const void *const inputs[], void *const outputs[],
    size_t image);

IF(SPREAD, [<struct @name@_batch {
    const struct cnn_context *context;
    const void *const *inputs;
    void *const *outputs;
    @name@_image *compute;
};

/* An image on a thread, which has memory for one beside its scratch. */
static void @name@_task(void *argument, int image, int images, void *scratch)
{
    const struct @name@_batch *const batch = (const struct @name@_batch *)argument;
    const struct cnn_context alone = {batch->context->weights, batch->context->arena, scratch, NULL};
    (void)images;
    batch->compute(&alone, batch->inputs, batch->outputs, (size_t)image);
}

>])m4_dnl
static void @name@_each_image(const struct cnn_context *context, const void *const inputs[], void *const outputs[],
    @name@_image *compute)
{
    IF(SPREAD, [<struct @name@_batch batch = {context, inputs, outputs, compute};
    if (context->pool && context->pool->threads <= BATCH) {
        context->pool->run(context->pool, @name@_task, &batch, BATCH);
        return;
    }>])
    for (size_t image = 0; image < BATCH; image++)
        compute(context, inputs, outputs, image);
}

>])m4_dnl
m4_define([<BATCH_BODY>], [<BEGIN(NEEDS)CALLS>])m4_dnl
m4_define([<BODY>], [<IF(BATCH > 1, [<BATCH_BODY>], [<ONE_BODY>])>])m4_dnl
m4_define([<ONE_BODY>], [<m4_dnl
    IF(EMBEDDED, [<const unsigned char *const weights = m4_dnl
(const unsigned char *)(context->weights ? context->weights : &@name@_weights);>], [<m4_dnl
IF(WEIGHT_BYTES > 0, [<const unsigned char *const weights = (const unsigned char *)context->weights;>])>])
    IF(ARENA_BYTES > 0, [<unsigned char *const arena = (unsigned char *)context->arena;>])
    IF(HANDS_SCRATCH, [<float *const scratch = (float *)context->scratch;>])
    IF(ARENA_BYTES > 0 || WEIGHT_BYTES > 0, [<>], [<(void)context;>])
POINTERS[<>]CALLS>])m4_dnl
m4_define([<ISA_RUN>], [<m4_define([<ISA>], [<$1>])m4_dnl
IF(BATCH > 1, [<SEGMENTS[<>]>])m4_dnl
static void @name@_run_$1(const struct cnn_context *context, const void *const inputs[], void *const outputs[])
{
BODY[<>]}

>])m4_dnl
m4_dnl SUPPORTS(feature, ...): has this machine all of them?
m4_define([<SUPPORTS>], [<__builtin_cpu_supports("$1")m4_ifelse([<$2>], [<>], [<>], [< &&
        SUPPORTS(m4_shift($@))>])>])m4_dnl
m4_dnl ISA_TRY(set, feature, ...)
m4_define([<ISA_TRY>], [<    if (SUPPORTS(m4_shift($@))) {
        @name@_run_$1(context, inputs, outputs);
        return;
    }
>])m4_dnl
m4_define([<ISA_LAST>], [<    @name@_run_$1(context, inputs, outputs);
>])m4_dnl
m4_dnl What the header asks of the caller, of an input or output by its row.
m4_define([<CHECK_END>], [<    CNN_ASSERT($1s[$2] != NULL[<>]IF($4 > 1, [< && (uintptr_t)$1s[$2] % sizeof($5) == 0>]));
>])m4_dnl
m4_define([<CHECK_MEMORY>], [<m4_dnl
    CNN_ASSERT(IF($2, [<context->$1 != NULL && >])(uintptr_t)context->$1 % ALIGNMENT == 0);
>])m4_dnl
m4_define([<CHECKS>], [<    CNN_ASSERT(context != NULL && inputs != NULL && outputs != NULL);
IF(WEIGHT_BYTES > 0, [<CHECK_MEMORY(weights, !EMBEDDED)>])m4_dnl
IF(ARENA_BYTES > 0, [<CHECK_MEMORY(arena, 1)>])m4_dnl
IF(SCRATCH_BYTES > 0, [<CHECK_MEMORY(scratch, 1)>])m4_dnl
m4_pushdef([<TENSOR_ROW>], m4_defn([<CHECK_END>]))INPUT_ROWS[<>]OUTPUT_ROWS[<>]m4_popdef([<TENSOR_ROW>])>])m4_dnl
IF(BATCH > 1, [<EACH_IMAGE[<>]IF(FAST, [<>], [<SEGMENTS[<>]>])>])m4_dnl
ISA_RUNS[<>]m4_dnl
void @name@_run_many(const struct cnn_context *context, const void *const inputs[], void *const outputs[])
{
CHECKS[<>]IF(FAST, [<ISA_CHOICE>], [<BODY>])}

IF(SINGLE, [<void @name@_run(const struct cnn_context *context, const IN_C_TYPE *input, OUT_C_TYPE *output)
{
    const void *const inputs[] = {input};
    void *const outputs[] = {output};
    @name@_run_many(context, inputs, outputs);
}

>])m4_dnl
static const struct cnn_tensor @name@_inputs[] = {
INPUT_ROWS[<>]};

static const struct cnn_tensor @name@_outputs[] = {
OUTPUT_ROWS[<>]};

IF(LAYERS > 0, [<static const struct cnn_layer @name@_layers[] = {
RESULT_ROWS[<>]};

>])m4_dnl
const struct cnn_model @name@_model = {
    CNN_ABI[<>]IF(BATCH > 1, [< | (uint32_t)(BATCH - 1) << 16>]), "@string@", UINT64_C(@hash@),
    WEIGHT_BYTES, ARENA_BYTES, SCRATCH_BYTES,
    IF(EMBEDDED, [<&@name@_weights>], [<NULL>]),
    @name@_inputs, @name@_outputs, IF(LAYERS > 0, [<@name@_layers>], [<NULL>]),
    INPUTS, OUTPUTS, LAYERS,
    @name@_run_many
};
