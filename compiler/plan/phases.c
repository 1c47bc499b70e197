/* Which taps of a transposed convolution meet which pixels. Tap k puts row i of the input on row i*stride +
 * k*dilation - pad of the result; read backwards, row y gets row (y + pad - k*dilation)/stride where that is whole. */
#include "plan/phases.h"

/* From one tap of a phase to the next. */
static int64_t period(const struct phases *phases)
{
    return phases->stride / common_divisor(phases->dilation, phases->stride);
}

/* The first tap of phase r; `window` or more if it has none. */
static int64_t first_tap(const struct phases *phases, int64_t r)
{
    int64_t every = period(phases);
    if (phases->dilation == 1)
        return (r + phases->pad) % phases->stride;
    for (int64_t k = 0; k < every && k < phases->window; k++)
        if ((r + phases->pad - k * phases->dilation) % phases->stride == 0)
            return k;
    return phases->window;
}

int64_t phase_taps(const struct phases *phases, int64_t r)
{
    int64_t first = first_tap(phases, r);
    return first < phases->window ? (phases->window - 1 - first) / period(phases) + 1 : 0;
}

int64_t phase_tap(const struct phases *phases, int64_t r, int64_t t)
{
    return first_tap(phases, r) + (phase_taps(phases, r) - 1 - t) * period(phases);
}

static struct band phase_alone(const struct phases *phases, int64_t r, int64_t out)
{
    struct band band = {.first = r, .phases = 1, .taps = phase_taps(phases, r), .before = phases->taps};
    band.count = (out - r + phases->stride - 1) / phases->stride;
    if (band.taps)
        band.origin = (r + phases->pad - phase_tap(phases, r, 0) * phases->dilation) / phases->stride;
    return band;
}

static bool find_bands(struct phases *phases, int64_t out)
{
    phases->step = phases->dilation / common_divisor(phases->dilation, phases->stride);
    phases->phases = phases->stride < out ? phases->stride : out;
    phases->taps = 0;
    phases->count = 0;
    for (int64_t r = 0; r < phases->phases; r++) {
        struct band band = phase_alone(phases, r, out), *last = &phases->bands[phases->count ? phases->count - 1 : 0];
        phases->taps += band.taps;
        if (phases->count && band.taps == last->taps && band.count == last->count && band.origin == last->origin)
            last->phases++;
        else if (phases->count == MOST_BANDS)
            return false;
        else
            phases->bands[phases->count++] = band;
    }
    return true;
}

bool phases_along(const struct op *op, enum axis axis, struct phases *phases)
{
    const struct window *w = &op->window;
    struct shape from = op->inputs.items[0]->shape, to = op->output->shape;
    bool rows = axis == AXIS_H;
    int64_t in = rows ? from.h : from.w, out = rows ? to.h : to.w;
    *phases = (struct phases){.window = rows ? w->size.h : w->size.w,
                              .pad = rows ? w->pad.top : w->pad.left,
                              .dilation = rows ? w->dilation.h : w->dilation.w,
                              .stride = rows ? w->stride.h : w->stride.w};
    struct phases spread = *phases;
    /* One pixel comes in: its stride does not matter. A long one leaves a tap to each phase, and none to zeros. */
    spread.stride += out + spread.pad + spread.window * spread.dilation;
    if (in == 1 && find_bands(&spread, out)) {
        *phases = spread;
        return true;
    }
    return find_bands(phases, out);
}
