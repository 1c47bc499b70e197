
/* ---- What the JavaScript module calls. A network lies in the memory of its instance, and shares nothing. ---- */

#include "cnnw.h"

#define WEB_EXPORT(word) __attribute__((export_name(word), used))

enum { WEB_INPUTS = @inputs@, WEB_OUTPUTS = @outputs@, WEB_ALIGNMENT = 64, WEB_PAGE_BYTES = 65536 };

extern unsigned char __heap_base;

static struct cnn_context cnn_web_context;
static const void *cnn_web_inputs[WEB_INPUTS];
static void *cnn_web_outputs[WEB_OUTPUTS];
/* What `open` tells the module: where a .cnnw file goes, then the inputs, then the outputs. */
static uint32_t cnn_web_places[1 + WEB_INPUTS + WEB_OUTPUTS];

static uint32_t cnn_web_take(uint64_t *end, uint64_t bytes)
{
    const uint64_t at = (*end + WEB_ALIGNMENT - 1) & ~(uint64_t)(WEB_ALIGNMENT - 1);
    *end = at + bytes;
    return (uint32_t)at;
}

static uint64_t cnn_web_bytes(const struct cnn_tensor *tensor)
{
    return (uint64_t)tensor->height * (uint64_t)tensor->width * (uint64_t)tensor->channels *
           (tensor->type == 0 || tensor->type == 3 ? 4 : 1);
}

/* Memory for everything, once: 0 if there is not so much. */
WEB_EXPORT("open") uint32_t cnn_web_open(void)
{
    const struct cnn_model *model = &@name@_model;
    const size_t have = __builtin_wasm_memory_size(0);
    uint32_t *place = cnn_web_places;
    uint64_t end = (uintptr_t)&__heap_base;
    const uint64_t file = model->weights ? 0 : CNNW_HEADER_BYTES + model->weight_bytes;
    *place = cnn_web_take(&end, file);
    cnn_web_context.weights = model->weights ? model->weights : (const void *)(uintptr_t)(*place + CNNW_HEADER_BYTES);
    place++;
    for (int i = 0; i < WEB_INPUTS; i++)
        cnn_web_inputs[i] = (const void *)(uintptr_t)(*place++ = cnn_web_take(&end, cnn_web_bytes(&model->inputs[i])));
    for (int i = 0; i < WEB_OUTPUTS; i++)
        cnn_web_outputs[i] = (void *)(uintptr_t)(*place++ = cnn_web_take(&end, cnn_web_bytes(&model->outputs[i])));
    cnn_web_context.arena = (void *)(uintptr_t)cnn_web_take(&end, model->arena_bytes);
    cnn_web_context.scratch = (void *)(uintptr_t)cnn_web_take(&end, model->scratch_bytes);
    const uint64_t pages = (end + WEB_PAGE_BYTES - 1) / WEB_PAGE_BYTES;
    if (pages >= WEB_PAGE_BYTES ||
        (pages > have && __builtin_wasm_memory_grow(0, (size_t)pages - have) == (size_t)-1))
        return 0;
    return (uint32_t)(uintptr_t)cnn_web_places;
}

WEB_EXPORT("plan") uint64_t cnn_web_plan(void)
{
    return @name@_model.plan_hash;
}

/* Of the weights that the module has put behind the file's header. */
WEB_EXPORT("checksum") uint64_t cnn_web_checksum(void)
{
    return cnnw_checksum(cnn_web_context.weights, @name@_model.weight_bytes);
}

WEB_EXPORT("run") void cnn_web_run(void)
{
    @name@_model.run(&cnn_web_context, cnn_web_inputs, cnn_web_outputs);
}
