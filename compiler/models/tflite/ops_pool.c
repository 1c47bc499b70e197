/* Pools and reductions. */
#include "models/tflite/convert.h"

static bool pool(struct convert *c, const char *type)
{
    struct value *x = tfl_first(c, tfl_view(c, 0));
    const int64_t padding = tfl_option(c, WINDOW_PADDING, 1, PADDING_SAME);
    const int64_t strides[] = {tfl_option(c, WINDOW_STRIDE_H, 4, 0), tfl_option(c, WINDOW_STRIDE_W, 4, 0)};
    const int64_t window[] = {tfl_option(c, POOL_HEIGHT, 4, 0), tfl_option(c, POOL_WIDTH, 4, 0)};
    if (!x)
        return false;
    for (int i = 0; i < 2; i++)
        if (strides[i] < 1 || window[i] < 1)
            return tfl_refuse(c, "its window is %lldx%lld and its stride %lldx%lld", (long long)window[0],
                              (long long)window[1], (long long)strides[0], (long long)strides[1]);
    if (padding != PADDING_SAME && padding != PADDING_VALID)
        return tfl_refuse(c, "its padding has the code %lld", (long long)padding);
    struct call *step = tfl_step(c, type, &x, 1);
    tfl_set_ints(c, step, "kernel_shape", window, 2);
    tfl_set_ints(c, step, "strides", strides, 2);
    tfl_set_string(c, step, "auto_pad", padding == PADDING_SAME ? "SAME_UPPER" : "VALID");
    return tfl_give_activated(c, tfl_last(c, tfl_do(c, step)), tfl_option(c, POOL_ACTIVATION, 1, FUSED_NONE));
}

bool tfl_average_pool(struct convert *c)
{
    return pool(c, "AveragePool");
}

bool tfl_max_pool(struct convert *c)
{
    return pool(c, "MaxPool");
}

static bool reduce(struct convert *c, const char *type)
{
    struct value *x = tfl_value(c, 0);
    int64_t axes[IMPORT_MAX_RANK];
    size_t count;
    if (!x || !tfl_integers(c, 1, "axes", axes, &count, IMPORT_MAX_RANK))
        return false;
    struct call *step = tfl_step(c, type, &x, 1);
    tfl_set_ints(c, step, "axes", axes, count);
    tfl_set_int(c, step, "keepdims", tfl_option(c, REDUCER_KEEP_DIMS, 1, 0) != 0);
    return count == 0 ? tfl_give(c, 0, x) : tfl_give(c, 0, tfl_do(c, step));
}

bool tfl_mean(struct convert *c)
{
    return reduce(c, "ReduceMean");
}

bool tfl_sum(struct convert *c)
{
    return reduce(c, "ReduceSum");
}

bool tfl_reduce_max(struct convert *c)
{
    return reduce(c, "ReduceMax");
}

bool tfl_reduce_min(struct convert *c)
{
    return reduce(c, "ReduceMin");
}

bool tfl_reduce_prod(struct convert *c)
{
    return reduce(c, "ReduceProd");
}
