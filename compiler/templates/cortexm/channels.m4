m4_dnl A row of pixels of a depthwise convolution for two channels, PIXELS at a time. Where a row of the window is
m4_dnl UNROLLED, its weights stay in registers, and what several pixels read is read once.
ASSERT([<1 <= PIXELS && PIXELS <= 4 && STRIDE >= 1 && DILATION >= 1>])m4_dnl
m4_include([<cortexm/result.m4>])m4_dnl
m4_define([<WORDS_IN_ROW>], [<m4_eval((KERNEL_W + 1) / 2)>])m4_dnl
m4_define([<READ>], [<m4_eval((PIXELS - 1) * STRIDE + (KERNEL_W - 1) * DILATION + 1)>])m4_dnl
m4_dnl Pixel N meets tap T at place X of what is read.
m4_define([<MEETS>], [<X == N * STRIDE + T * DILATION>])m4_dnl
m4_define([<ANY_MEETS>], [<(0 EACH([<N>], PIXELS, [<EACH([<T>], KERNEL_W, [<|| MEETS >])>]))>])m4_dnl
m4_dnl TAKE(a, b): the next word of weights, those of one tap and of the next, if there is a next.
m4_define([<TAKE>], [<m4_ifelse([<$2>], [<>], [<m4_dnl
__asm__ volatile("ldr %0, [%1], #4\n\tsxtb16 %0, %0" : "=&r"($1), "+r"(w) : : "memory");>], [<m4_dnl
__asm__ volatile("ldr %0, [%2], #4\n\tsxtb16 %1, %0, ror #8\n\tsxtb16 %0, %0" m4_dnl
: "=&r"($1), "=&r"($2), "+r"(w) : : "memory");>])>])m4_dnl
m4_define([<READ_BOTH>], [<m4_dnl
__asm__ volatile("ldr %0, [%1, #m4_eval(2 * ($1) * PITCH)]" : "=r"(both) : "r"(x) : "memory");>])m4_dnl
m4_define([<MULTIPLY>], [<__asm__ volatile("smlabb %0, %2, %3, %0\n\tsmlatt %1, %2, %3, %1" m4_dnl
: "+&r"(a[<>]N), "+&r"(b[<>]N) : "r"(both), "r"($1));>])m4_dnl
m4_define([<WEIGHT_WORDS>], [<EACH([<V>], WORDS_IN_ROW, [<m4_dnl
            TAKE([<w[<>]m4_eval(2 * V)>], IF(2 * V + 1 < KERNEL_W, [<w[<>]m4_eval(2 * V + 1)>]))
>])>])m4_dnl
m4_define([<PLACES>], [<EACH([<X>], READ, [<IF(ANY_MEETS, [<m4_dnl
            READ_BOTH(X)
EACH([<N>], PIXELS, [<EACH([<T>], KERNEL_W, [<IF(MEETS, [<            MULTIPLY([<w[<>]T>])
>])>])>])m4_dnl
>])>])>])m4_dnl
/* `count' pixels of two channels, from `channel' on; `lines' are where the window begins. */
static WORDS[<>]_alone void @function@(const int16_t *const *lines, int channel, const signed char *weights,
                                const int32_t *factors, signed char *out, int count)
{
    for (int p = 0; p < count; IF(PIXELS > 1, [<p += PIXELS>], [<p++>])) {
        const int at = p < count - PIXELS ? p : count - PIXELS;
        const int offset = TIMES([<at>], m4_eval(STRIDE * PITCH)) + channel;
        const signed char *w = weights;
        signed char *to = out + TIMES([<at>], PITCH);
        int32_t SEPARATED([<, >], [<N>], PIXELS, [<a[<>]N = factors[0], b[<>]N = factors[4]>]);
#ifdef WORDS[<>]_pairs
        IF(UNROLLED, [<uint32_t both, SEPARATED([<, >], [<T>], KERNEL_W, [<w[<>]T>]);>])
        WHEN(UNROLLED, [<
            for (int i = 0; i < KERNEL_H; i++) {
                const int16_t *x = lines[i] + offset;
WEIGHT_WORDS[<>]PLACES[<>]m4_dnl
            }
        >], [<
            for (int i = 0; i < KERNEL_H; i++) {
                const int16_t *x = lines[i] + offset;
                for (int j = 0; j < KERNEL_W; j += 2, x += m4_eval(DILATION * PITCH)) {
                    uint32_t both, tap, next;
                    TAKE(tap, next)
EACH([<N>], PIXELS, [<                    READ_BOTH(N * STRIDE)
                    MULTIPLY(tap)
>])m4_dnl
                    IF(KERNEL_W % 2, [<if (j == m4_eval(KERNEL_W - 1))
                        break;>])
                    x += m4_eval(DILATION * PITCH);
EACH([<N>], PIXELS, [<                    READ_BOTH(N * STRIDE)
                    MULTIPLY(next)
>])m4_dnl
                }
            }
        >])
#else
        for (int i = 0; i < KERNEL_H; i++, w += m4_eval(4 * WORDS_IN_ROW)) {
            const int16_t *x = lines[i] + offset;
            for (int j = 0; j < KERNEL_W; j++, x += m4_eval(DILATION * PITCH)) {
                const signed char *tap = w + j / 2 * 4 + j % 2;
EACH([<N>], PIXELS, [<                a[<>]N += tap[0] * x[m4_eval(N * STRIDE * PITCH)];
                b[<>]N += tap[2] * x[m4_eval(N * STRIDE * PITCH + 1)];
>])m4_dnl
            }
        }
#endif
RESULTS([<factors>], [<a>], [<to[m4_eval(N * PITCH)]>])m4_dnl
        {
            const int32_t *const second = factors + 4;
RESULTS([<second>], [<b>], [<to[m4_eval(N * PITCH + 1)]>])        }
    }
}

