m4_dnl PIXELS neighbours in a row by FILTERS channels of a depthwise convolution, summed up in registers. A run is TAPS
m4_dnl taps in a row of the window; a number of the image meets all taps that see it.
ASSERT([<PIXELS >= 1 && TAPS >= 1 && FILTERS * (PIXELS + TAPS + 1) <= 32>])m4_dnl
m4_include([<cortexm/float_registers.m4>])m4_dnl
m4_define([<NUMBERS>], [<m4_eval(SUMS + TAPS * FILTERS)>])m4_dnl
m4_define([<LAST_COLUMN>], [<m4_eval((PIXELS - 1) * STRIDE + (TAPS - 1) * DILATION)>])m4_dnl
m4_define([<SEES>], [<P * STRIDE + T * DILATION == Q>])m4_dnl
m4_define([<IS_SEEN>], [<(0[<>]EACH([<P>], PIXELS, [<EACH([<T>], TAPS, [< || (SEES)>])>]))>])m4_dnl
m4_define([<MET>], [<EACH([<P>], PIXELS, [<EACH([<T>], TAPS, [<IF(SEES, [<EACH([<F>], FILTERS, [<m4_dnl
        "vfma.f32 SUM(P, F), WEIGHT(T, F), s[<>]m4_eval(NUMBERS + F)\n\t"
>])>])>])>])>])m4_dnl
/* PIXELS neighbours by FILTERS channels: each run meets TAPS taps in a row of the window. */
static FLOATS[<>]_alone void @function@(const struct FLOATS[<>]_tile *tile, const float *const *runs,
                             int at, const float *weights, const float *bias)
{
#ifdef FLOATS[<>]_fused
    const float *x0 = bias;
    int32_t n, count;
    __asm__ volatile(
        BEGIN[<>]m4_dnl
        "ldr %[count], [%[tile], #4]\n"
        "1:\n\t"
        "ldr %[x0], [%[runs]], #4\n\t"
        "ldr %[n], [%[tile], #8]\n\t"
        "add %[x0], %[x0], %[at], lsl #2\n\t"
        "vldmia %[w]!, REGISTERS(SUMS, TAPS * FILTERS)\n\t"
EACH([<Q>], m4_incr(LAST_COLUMN), [<m4_dnl
IF(IS_SEEN, [<        "vldmia %[x0], REGISTERS(NUMBERS, FILTERS)\n\t"
>])MET[<>]IF(Q < LAST_COLUMN, [<        "add %[x0], %[x0], %[n], lsl #2\n\t"
>])>])m4_dnl
END
        : [x0] "+&r"(x0), [n] "=&r"(n), [count] "=&r"(count), [runs] "+&r"(runs), [w] "+&r"(weights)
        : [tile] "r"(tile), [at] "r"(at)
        : "cc", "memory", CLOBBERED(m4_eval(NUMBERS + FILTERS)));
#else
    float *const sums = tile->sums;
    for (int p = 0; p < PIXELS; p++)
        for (int f = 0; f < FILTERS; f++)
            sums[p * FILTERS + f] = bias[f];
    for (int i = 0; i < tile->runs; i++)
        for (int t = 0; t < TAPS; t++, weights += FILTERS)
            for (int p = 0; p < PIXELS; p++) {
                const float *const x = runs[i] + at + (TIMES([<p>], STRIDE) + TIMES([<t>], DILATION)) * tile->step;
                for (int f = 0; f < FILTERS; f++)
                    sums[p * FILTERS + f] += weights[f] * x[f];
            }
#endif
}

