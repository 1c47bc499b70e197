m4_dnl SOFTMAX and LOGSOFTMAX along the channels of each pixel of planes: vectors along the pixels. The largest number
m4_dnl is taken off first, so that no exponential overflows. What TILE pixels hold is brought together in scratch
m4_dnl memory: planes that are a power of two apart would drive each other from the cache. The result may lie where the
m4_dnl input lies.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1 && TILE % LANES == 0 && CHANNELS * TILE <= SCRATCH_COUNT>])m4_dnl
m4_define([<PLANE>], [<left + STEPS([<c>], PIXELS, CHANNELS)>])m4_dnl
m4_define([<TILES>], m4_eval((PIXELS + TILE - 1) / TILE))m4_dnl
/* @about@ */
WORK([<const float *in>], [<float *out>], [<float *restrict scratch>])
{
    IF(PIXELS % TILE, [<memset(scratch, 0, m4_eval(CHANNELS * TILE) * sizeof *scratch);>])
    for (int tile = FIRST_OF(TILES); tile < END_OF(TILES); tile++) {
        const int left = tile * TILE;
        const size_t count = IF(PIXELS % TILE, [<(size_t)(PIXELS - left < TILE ? PIXELS - left : TILE)>], TILE);
        for (int c = 0; c < CHANNELS; c++)
            memcpy(scratch + c * TILE, in + PLANE, count * sizeof *in);
        for (int i = 0; i < TILE; i += LANES) {
            float *x = scratch + i;
            VECTOR largest = LOAD(x), sum = {0};
            for (int c = 1; c < CHANNELS; c++) {
                const VECTOR p = LOAD(x + c * TILE);
                largest = PICK(p, >, largest, p, largest);
            }
            for (int c = 0; c < CHANNELS; c++) {
                const VECTOR e = EXP[<>](LOAD(x + c * TILE) - largest);
                IF(LOGARITHM, [<>], [<STORE(x + c * TILE, e)>])
                sum += e;
            }
            WHEN(LOGARITHM, [<
                const VECTOR shift = LOG[<>](sum);
                for (int c = 0; c < CHANNELS; c++)
                    STORE(x + c * TILE, LOAD(x + c * TILE) - largest - shift)
            >], [<
                const VECTOR share = 1.0f / sum;
                for (int c = 0; c < CHANNELS; c++)
                    STORE(x + c * TILE, LOAD(x + c * TILE) * share)
            >])
        }
        for (int c = 0; c < CHANNELS; c++)
            memcpy(out + PLANE, scratch + c * TILE, count * sizeof *in);
    }
}
SHARE([<in>])
