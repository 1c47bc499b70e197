m4_dnl FILTERS results of a fully connected layer: four weights of each filter meet four numbers.
ASSERT([<1 <= FILTERS && FILTERS <= 4>])m4_dnl
m4_include([<cortexm/result.m4>])m4_dnl
m4_define([<TWO>], [<"ldrd %2, %4, [%6], #8\n\tsxtb16 %3, %2, ror #8\n\tsxtb16 %2, %2\n\t"
                         "sxtb16 %5, %4, ror #8\n\tsxtb16 %4, %4\n\t"
                         "smlad %0, %7, %2, %0\n\tsmlad %1, %7, %4, %1\n\tsmlad %0, %8, %3, %0\n\t"
                         "smlad %1, %8, %5, %1">])m4_dnl
m4_define([<ONE>], [<"ldr %1, [%3], #4\n\tsxtb16 %2, %1, ror #8\n\tsxtb16 %1, %1\n\t"
                         "smlad %0, %4, %1, %0\n\tsmlad %0, %5, %2, %0">])m4_dnl
m4_define([<FOUR>], [<m4_dnl
        __asm__ volatile("ldr %0, [%2], #4\n\tsxtb16 %1, %0, ror #8\n\tsxtb16 %0, %0"
                         : "=&r"(even), "=&r"(odd), "+r"(in)
                         :
                         : "memory");
EACH([<V>], m4_eval(FILTERS / 2), [<        __asm__ volatile(TWO
                         : "+&r"(a[<>]m4_eval(2 * V)), "+&r"(a[<>]m4_eval(2 * V + 1)), "=&r"(w0), "=&r"(w1), m4_dnl
"=&r"(w2), "=&r"(w3), "+&r"(weights)
                         : "r"(even), "r"(odd)
                         : "memory");
>])m4_dnl
IF(FILTERS % 2, [<        __asm__ volatile(ONE
                         : "+&r"(a[<>]m4_eval(FILTERS - 1)), "=&r"(w0), "=&r"(w1), "+&r"(weights)
                         : "r"(even), "r"(odd)
                         : "memory");
>])m4_dnl
>])m4_dnl
static WORDS[<>]_alone void @function@(const signed char *in, const signed char *weights, const int32_t *factors,
                                signed char *out, int count)
{
    int32_t SEPARATED([<, >], [<N>], FILTERS, [<a[<>]N = factors[m4_eval(4 * N)]>]);
#ifdef WORDS[<>]_pairs
    uint32_t even, odd, LIST(w0, w1, IF(FILTERS > 1, [<w2>]), IF(FILTERS > 1, [<w3>]));
    for (; count >= 16; count -= 16) {
FOUR[<>]FOUR[<>]FOUR[<>]FOUR[<>]m4_dnl
    }
    for (; count >= 4; count -= 4) {
FOUR[<>]m4_dnl
    }
#endif
    for (; count >= 4; count -= 4, in += 4, weights += m4_eval(4 * FILTERS)) {
        FOR([<N>], FILTERS, [<
            a[<>]N += weights[m4_eval(4 * N)] * in[0] + weights[m4_eval(4 * N + 1)] * in[1] + m4_dnl
weights[m4_eval(4 * N + 2)] * in[2] + weights[m4_eval(4 * N + 3)] * in[3];
        >])
    }
    for (int i = 0; i < count; i++) {
        FOR([<N>], FILTERS, [<
            a[<>]N += weights[i + m4_eval(4 * N)] * in[i];
        >])
    }
    FOR([<N>], FILTERS, [<
        out[N] = @function@_result(a[<>]N, factors[m4_eval(4 * N + 1)], factors[m4_eval(4 * N + 2)], m4_dnl
factors[m4_eval(4 * N + 3)]);
    >])
}

