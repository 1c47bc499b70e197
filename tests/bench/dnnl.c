/* Knows the interface of oneDNN 2; other versions count as missing. */
#include "dnnl.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(__has_include) && !defined(WITHOUT_DNNL)
#if __has_include(<oneapi/dnnl/dnnl.h>)
#include <oneapi/dnnl/dnnl.h>
#endif
#endif

#if defined(DNNL_VERSION_MAJOR) && DNNL_VERSION_MAJOR == 2

enum { NUMBERS = 15, TENSORS = 4 };

struct dnnl_bench {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_t primitive;
    dnnl_exec_arg_t arguments[TENSORS];
};

static int read_numbers(const char *problem, long *numbers)
{
    for (int i = 0; i < NUMBERS; i++) {
        char *end;
        numbers[i] = strtol(problem, &end, 10);
        if (end == problem || *end != (i + 1 < NUMBERS ? ',' : '\0'))
            return 0;
        problem = end + 1;
    }
    return 1;
}

static dnnl_status_t describe(dnnl_convolution_desc_t *convolution, const long *n)
{
    const long channels = n[0], filters = n[3], groups = n[14];
    const long tall = n[1] + n[8] + n[10] - n[12] * (n[4] - 1) - 1, wide = n[2] + n[9] + n[11] - n[13] * (n[5] - 1) - 1;
    const dnnl_dims_t source = {1, channels, n[1], n[2]}, result = {1, filters, tall / n[6] + 1, wide / n[7] + 1};
    const dnnl_dims_t grouped = {groups, filters / groups, channels / groups, n[4], n[5]};
    const dnnl_dims_t plain = {filters, channels, n[4], n[5]}, bias = {filters};
    const dnnl_dims_t strides = {n[6], n[7]}, dilations = {n[12] - 1, n[13] - 1};
    const dnnl_dims_t before = {n[8], n[9]}, after = {n[10], n[11]};
    dnnl_memory_desc_t of_source, of_weights, of_bias, of_result;
    dnnl_memory_desc_init_by_tag(&of_source, 4, source, dnnl_f32, dnnl_format_tag_any);
    dnnl_memory_desc_init_by_tag(&of_weights, groups > 1 ? 5 : 4, groups > 1 ? grouped : plain, dnnl_f32,
                                 dnnl_format_tag_any);
    dnnl_memory_desc_init_by_tag(&of_bias, 1, bias, dnnl_f32, dnnl_a);
    dnnl_memory_desc_init_by_tag(&of_result, 4, result, dnnl_f32, dnnl_format_tag_any);
    return dnnl_dilated_convolution_forward_desc_init(convolution, dnnl_forward_inference, dnnl_convolution_auto,
                                                      &of_source, &of_weights, &of_bias, &of_result, strides, dilations,
                                                      before, after);
}

static dnnl_status_t allocate(struct dnnl_bench *bench, const_dnnl_primitive_desc_t chosen)
{
    static const struct {
        dnnl_query_t query;
        int index, argument;
    } tensors[TENSORS] = {{dnnl_query_src_md, 0, DNNL_ARG_SRC},
                          {dnnl_query_weights_md, 0, DNNL_ARG_WEIGHTS},
                          {dnnl_query_weights_md, 1, DNNL_ARG_BIAS},
                          {dnnl_query_dst_md, 0, DNNL_ARG_DST}};
    for (int i = 0; i < TENSORS; i++) {
        const dnnl_memory_desc_t *tensor = dnnl_primitive_desc_query_md(chosen, tensors[i].query, tensors[i].index);
        const size_t bytes = (dnnl_memory_desc_get_size(tensor) + 63) / 64 * 64;
        float *data = aligned_alloc(64, bytes);
        if (!data)
            return dnnl_out_of_memory;
        for (size_t k = 0; k < bytes / sizeof *data; k++)
            data[k] = 0;
        bench->arguments[i].arg = tensors[i].argument;
        const dnnl_status_t status = dnnl_memory_create(&bench->arguments[i].memory, tensor, bench->engine, data);
        if (status != dnnl_success)
            return status;
    }
    return dnnl_success;
}

struct dnnl_bench *dnnl_bench_open(const char *problem, char *error, size_t error_size)
{
    struct dnnl_bench *bench = calloc(1, sizeof *bench);
    dnnl_convolution_desc_t convolution;
    dnnl_primitive_desc_t chosen = NULL;
    long numbers[NUMBERS];
    if (!bench || !read_numbers(problem, numbers)) {
        snprintf(error, error_size, "\"%s\" is no convolution", problem);
        free(bench);
        return NULL;
    }
    dnnl_status_t status = dnnl_engine_create(&bench->engine, dnnl_cpu, 0);
    status = status ? status : dnnl_stream_create(&bench->stream, bench->engine, dnnl_stream_default_flags);
    status = status ? status : describe(&convolution, numbers);
    status = status ? status : dnnl_primitive_desc_create(&chosen, &convolution, NULL, bench->engine, NULL);
    status = status ? status : dnnl_primitive_create(&bench->primitive, chosen);
    status = status ? status : allocate(bench, chosen);
    if (status == dnnl_success)
        return bench;
    snprintf(error, error_size, "oneDNN: status %d", (int)status);
    free(bench); /* what it holds is left to the end of the process */
    return NULL;
}

void dnnl_bench_run(struct dnnl_bench *bench)
{
    dnnl_primitive_execute(bench->primitive, bench->stream, TENSORS, bench->arguments);
    dnnl_stream_wait(bench->stream);
}

#else

struct dnnl_bench *dnnl_bench_open(const char *problem, char *error, size_t error_size)
{
    (void)problem;
    snprintf(error, error_size, "the bench was built without oneDNN 2");
    return NULL;
}

void dnnl_bench_run(struct dnnl_bench *bench)
{
    (void)bench;
}

#endif
