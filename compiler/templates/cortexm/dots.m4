m4_dnl A row of pixels of a convolution for two filters, PIXELS at a time, what each reads PIXEL numbers apart.
m4_dnl Where runs are ALIGNED to words, two are read at once. Four numbers of a run are taken UNROLLED times in a
m4_dnl round; ONCE: that is all of the run. SINGLE: a window is one pixel.
ASSERT([<1 <= PIXELS && PIXELS <= 3 && PIXEL >= 1>])m4_dnl
m4_include([<cortexm/result.m4>])m4_dnl
m4_dnl The pixel that the pointer is at: with two words at once, offsets reach as far back as ahead.
m4_define([<AT>], [<IF(PIXELS == 3 && ALIGNED, 1, 0)>])m4_dnl
m4_define([<OFFSET>], [<m4_eval(2 * PIXEL * (N - AT))>])m4_dnl
m4_define([<LOADED>], [<IF(ALIGNED, [<"ldrd %2, %3, [%4, #OFFSET]\n\t">], [<m4_dnl
"ldr %2, [%4, #OFFSET]\n\tldr %3, [%4, #m4_eval(OFFSET + 4)]\n\t">])>])m4_dnl
m4_define([<LOADED_LAST>], [<IF(ALIGNED, [<"ldrd %2, %3, [%4], #8\n\t">], [<m4_dnl
"ldr %2, [%4], #4\n\tldr %3, [%4], #4\n\t">])>])m4_dnl
m4_define([<SUMMED>], [<"smlad %0, %2, %5, %0\n\tsmlad %1, %2, %6, %1\n\t"
                                     "smlad %0, %3, %7, %0\n\tsmlad %1, %3, %8, %1">])m4_dnl
m4_define([<OPERANDS>], [<"r"(even0), "r"(odd0), "r"(even1), "r"(odd1)>])m4_dnl
m4_define([<FOUR>], [<m4_dnl
                    __asm__ volatile("ldrd %0, %2, [%4], #8\n\tsxtb16 %1, %0, ror #8\n\tsxtb16 %0, %0\n\t"
                                     "sxtb16 %3, %2, ror #8\n\tsxtb16 %2, %2"
                                     : "=&r"(even0), "=&r"(odd0), "=&r"(even1), "=&r"(odd1), "+r"(w)
                                     :
                                     : "memory");
EACH([<N>], PIXELS, [<IF(N != AT, [<                    m4_dnl
__asm__ volatile(LOADED SUMMED
                                     : "+&r"(a[<>]N), "+&r"(b[<>]N), "=&r"(x0), "=&r"(x1)
                                     : "r"(x), OPERANDS
                                     : "memory");
>])>])m4_dnl
                    __asm__ volatile(LOADED_LAST SUMMED
                                     : "+&r"(a[<>]AT), "+&r"(b[<>]AT), "=&r"(x0), "=&r"(x1), "+&r"(x)
                                     : OPERANDS
                                     : "memory");
>])m4_dnl
m4_define([<RUN>], [<IF(ONCE, [<{
                    uint32_t even0, odd0, even1, odd1, x0, x1;
EACH([<U>], UNROLLED, [<FOUR[<>]>])m4_dnl
                }>], [<for (const int16_t *const end = x + row->length; x != end;) {
                    uint32_t even0, odd0, even1, odd1, x0, x1;
EACH([<U>], UNROLLED, [<FOUR[<>]>])m4_dnl
                }>])>])m4_dnl
/* `count' pixels for the two filters whose weights and factors these are; `lines' are where the window begins. */
static WORDS[<>]_alone void @function@(const int16_t *const *lines, const signed char *weights, const int32_t *factors,
                                signed char *out, int count, const struct WORDS[<>]_row *row)
{
    const int32_t *const second = factors + 4 * row->second;
    for (int p = 0; p < count; IF(PIXELS > 1, [<p += PIXELS>], [<p++>])) {
        const int at = p < count - PIXELS ? p : count - PIXELS;
        signed char *to = out + at * row->out_step;
#ifdef WORDS[<>]_pairs
        const signed char *w = weights;
        int32_t SEPARATED([<, >], [<N>], PIXELS, [<a[<>]N = factors[0], b[<>]N = second[0]>]);
        WHEN(SINGLE, [<
            const int16_t *x = lines[0] + TIMES([<(PLUS(at, AT))>], PIXEL);
            RUN
        >], [<
            for (int i = 0; i < row->lines; i++) {
                const int16_t *x = lines[i] + TIMES([<(PLUS(at, AT))>], PIXEL);
                for (int tap = row->taps; tap > 0; tap--) {
                    RUN
                    x += row->next - row->length;
                }
            }
        >])
#else
        const signed char *w = weights;
        int32_t SEPARATED([<, >], [<N>], PIXELS, [<a[<>]N = factors[0], b[<>]N = second[0]>]);
        for (int i = 0; i < row->lines; i++)
            for (int tap = 0; tap < row->taps; tap++) {
                const int16_t *x = lines[i] + TIMES([<at>], PIXEL) + tap * row->next;
                for (int n = 0; n < row->length; n += 2, w += 4) {
EACH([<N>], PIXELS, [<                    a[<>]N += w[0] * x[PLUS(n, m4_eval(N * PIXEL))] + m4_dnl
w[2] * x[n + m4_eval(N * PIXEL + 1)];
                    b[<>]N += w[1] * x[PLUS(n, m4_eval(N * PIXEL))] + w[3] * x[n + m4_eval(N * PIXEL + 1)];
>])m4_dnl
                }
            }
#endif
RESULTS([<factors>], [<a>], [<to[N * row->out_step]>])        to += row->second;
RESULTS([<second>], [<b>], [<to[N * row->out_step]>])    }
}

