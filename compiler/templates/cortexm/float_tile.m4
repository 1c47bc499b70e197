m4_dnl PIXELS neighbours in a row by FILTERS filters of a convolution, which is summed up in registers. A sum is made of
m4_dnl runs of numbers, each of which meets as many weights of every filter. DEPTH numbers of a run are taken at once,
m4_dnl four in a round of the loop, if runs are LONG, and then the REST.
ASSERT([<1 <= PIXELS && PIXELS <= 5 && FILTERS >= 1 && (DEPTH == 1 || DEPTH == 2) && 0 <= REST && REST < 4>])m4_dnl
ASSERT([<PIXELS * FILTERS + DEPTH * (FILTERS + 1) <= 32>])m4_dnl
m4_include([<cortexm/float_registers.m4>])m4_dnl
m4_define([<NUMBER>], [<m4_eval(SUMS + DEPTH * FILTERS + ($1))>])m4_dnl
m4_dnl ADDED(count): so many numbers of each pixel.
m4_define([<ADDED>], [<        "vldmia %[w]!, REGISTERS(SUMS, $1 * FILTERS)\n\t"
EACH([<P>], PIXELS, [<        "vldmia %[x[<>]P]!, REGISTERS(NUMBER(0), $1)\n\t"
EACH([<N>], $1, [<EACH([<F>], FILTERS, [<        "vfma.f32 SUM(P, F), WEIGHT(N, F), s[<>]NUMBER(N)\n\t"
>])>])>])>])m4_dnl
m4_define([<SOME>], [<IF($1 >= DEPTH, [<ADDED(DEPTH)SOME(m4_eval($1 - DEPTH))>], [<IF($1, [<ADDED($1)>])>])>])m4_dnl
/* PIXELS neighbours by FILTERS filters: each run meets as many weights of every filter. */
static FLOATS[<>]_alone void @function@(const struct FLOATS[<>]_tile *tile, const float *const *runs,
                             int at, const float *weights, const float *bias)
{
#ifdef FLOATS[<>]_fused
    const float *x0 = bias[<>]EACH([<P>], m4_eval(PIXELS - 1), [<, *x[<>]m4_incr(P)>]);
    int32_t n, count;
    __asm__ volatile(
        BEGIN[<>]m4_dnl
        "ldr %[count], [%[tile], #4]\n"
        "1:\n\t"
        "ldr %[x0], [%[runs]], #4\n\t"
        "ldr %[n], [%[tile], #8]\n\t"
        "add %[x0], %[x0], %[at], lsl #2\n\t"
EACH([<P>], m4_eval(PIXELS - 1), [<        "add %[x[<>]m4_incr(P)], %[x[<>]P], %[n], lsl #2\n\t"
>])m4_dnl
IF(LONG, [<        "ldr %[n], [%[tile], #12]\n\t"
        "lsr %[n], %[n], #2\n"
        "2:\n\t"
SOME(4)m4_dnl
        "subs %[n], %[n], #1\n\t"
        "bne 2b\n\t"
>])m4_dnl
SOME(REST)m4_dnl
END
        : [x0] "+&r"(x0), EACH([<P>], m4_eval(PIXELS - 1), [<[x[<>]m4_incr(P)] "=&r"(x[<>]m4_incr(P)), >])m4_dnl
[n] "=&r"(n), [count] "=&r"(count), [runs] "+&r"(runs), [w] "+&r"(weights)
        : [tile] "r"(tile), [at] "r"(at)
        : "cc", "memory", CLOBBERED(m4_eval(SUMS + DEPTH * (FILTERS + 1))));
#else
    float *const sums = tile->sums;
    for (int p = 0; p < PIXELS; p++)
        for (int f = 0; f < FILTERS; f++)
            sums[p * FILTERS + f] = bias[f];
    for (int i = 0; i < tile->runs; i++)
        for (int n = 0; n < tile->length; n++, weights += FILTERS)
            for (int p = 0; p < PIXELS; p++) {
                const float x = runs[i][at + p * tile->step + n];
                for (int f = 0; f < FILTERS; f++)
                    sums[p * FILTERS + f] += weights[f] * x;
            }
#endif
}

