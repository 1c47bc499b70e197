m4_dnl A row of pixels of a depthwise convolution for two channels, PIXELS at a time. Where a row of the window is
m4_dnl UNROLLED, its weights stay in registers, and what several pixels read is read once.
ASSERT([<1 <= PIXELS && PIXELS <= 4 && STRIDE >= 1 && DILATION >= 1>])m4_dnl
m4_include([<cortexm/result.m4>])m4_dnl
m4_define([<WORDS_IN_ROW>], [<m4_eval((KERNEL_W + 1) / 2)>])m4_dnl
m4_define([<READ>], [<m4_eval((PIXELS - 1) * STRIDE + (KERNEL_W - 1) * DILATION + 1)>])m4_dnl
m4_dnl Pixel N meets tap T at place X of what is read.
m4_define([<MEETS>], [<X == N * STRIDE + T * DILATION>])m4_dnl
m4_define([<ANY_MEETS>], [<(0 EACH([<N>], PIXELS, [<EACH([<T>], KERNEL_W, [<|| MEETS >])>]))>])m4_dnl
m4_dnl WEIGHTS(a, b): the next word of weights, those of one tap and of the next.
m4_define([<WEIGHTS>], [<__asm__ volatile("ldr %0, [%2], #4\n\tsxtb16 %1, %0, ror #8\n\tsxtb16 %0, %0"
                             : "=&r"($1), "=&r"($2), "+r"(w)
                             :
                             : "memory");>])m4_dnl
m4_define([<MULTIPLY>], [<__asm__ volatile("smlabb %0, %2, %3, %0\n\tsmlatt %1, %2, %3, %1" m4_dnl
: "+&r"(a[<>]N), "+&r"(b[<>]N) : "r"(both), "r"($1));>])m4_dnl
/* `count' pixels of two channels, from `channel' on; `lines' are where the window begins. */
static WORDS[<>]_alone void @function@(const int16_t *const *lines, int channel, const signed char *weights,
                                const int32_t *factors, signed char *out, int count)
{
    for (int p = 0; p < count; IF(PIXELS > 1, [<p += PIXELS>], [<p++>])) {
        const int at = p < count - PIXELS ? p : count - PIXELS;
        const signed char *w = weights;
        signed char *to = out + TIMES([<at>], PITCH);
        int32_t SEPARATED([<, >], [<N>], PIXELS, [<a[<>]N = factors[0], b[<>]N = factors[4]>]);
        for (int i = 0; i < KERNEL_H; i++) {
            const int16_t *x = lines[i] + TIMES([<at>], m4_eval(STRIDE * PITCH)) + channel;
#ifdef WORDS[<>]_pairs
            WHEN(UNROLLED, [<
                uint32_t both, SEPARATED([<, >], [<T>], m4_eval(2 * WORDS_IN_ROW), [<w[<>]T>]);
EACH([<V>], WORDS_IN_ROW, [<                WEIGHTS([<w[<>]m4_eval(2 * V)>], [<w[<>]m4_eval(2 * V + 1)>])
>])m4_dnl
EACH([<X>], READ, [<IF(ANY_MEETS, [<m4_dnl
                __asm__ volatile("ldr %0, [%1, #m4_eval(2 * X * PITCH)]" : "=r"(both) : "r"(x) : "memory");
EACH([<N>], PIXELS, [<EACH([<T>], KERNEL_W, [<IF(MEETS, [<m4_dnl
                MULTIPLY([<w[<>]T>])
>])>])>])m4_dnl
>])>])m4_dnl
            >], [<
                for (int j = 0; j < KERNEL_W; j += 2) {
                    uint32_t both, tap, next;
                    WEIGHTS(tap, next)
EACH([<N>], PIXELS, [<m4_dnl
                    __asm__ volatile("ldr %0, [%1, #m4_eval(2 * N * STRIDE * PITCH)]" m4_dnl
: "=r"(both) : "r"(x) : "memory");
                    MULTIPLY(tap)
>])m4_dnl
                    IF(KERNEL_W % 2, [<if (j == m4_eval(KERNEL_W - 1))
                        break;>])
                    x += m4_eval(DILATION * PITCH);
EACH([<N>], PIXELS, [<m4_dnl
                    __asm__ volatile("ldr %0, [%1, #m4_eval(2 * N * STRIDE * PITCH)]" m4_dnl
: "=r"(both) : "r"(x) : "memory");
                    MULTIPLY(next)
>])m4_dnl
                    x += m4_eval(DILATION * PITCH);
                }
            >])
#else
            for (int j = 0; j < KERNEL_W; j++) {
                const signed char *tap = w + j / 2 * 4 + j % 2;
EACH([<N>], PIXELS, [<                a[<>]N += tap[0] * x[m4_eval(N * STRIDE * PITCH)];
                b[<>]N += tap[2] * x[m4_eval(N * STRIDE * PITCH + 1)];
>])m4_dnl
                x += m4_eval(DILATION * PITCH);
            }
            w += m4_eval(4 * WORDS_IN_ROW);
#endif
        }
RESULTS([<factors>], [<a>], [<to[m4_eval(N * PITCH)]>])m4_dnl
        {
            const int32_t *const second = factors + 4;
RESULTS([<second>], [<b>], [<to[m4_eval(N * PITCH + 1)]>])        }
    }
}

