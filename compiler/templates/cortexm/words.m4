m4_dnl What kernels of s8 share on microcontrollers. Processors that multiply pairs of 16 bits are written for in their
m4_dnl own words, one statement for what belongs together, in this order: compilers neither turn a byte and widen it in
m4_dnl one instruction, nor keep to fourteen registers when they move loads. All others get plain C, which computes the
m4_dnl same.
m4_define([<W>], [<@function@>])m4_dnl
#if defined __GNUC__ && defined __thumb2__ && defined __ARM_FEATURE_DSP && !defined __ARM_BIG_ENDIAN
#define W[<>]_pairs
#endif
#ifdef __GNUC__
#define W[<>]_alone __attribute__((noinline, unused))
#define W[<>]_inline inline __attribute__((unused))
#else
#define W[<>]_alone
#define W[<>]_inline inline
#endif

/* A row of pixels of a convolution: numbers from one pixel of the result to the next, and from a filter to the next,
 * of which there may be only one; lines of the window, runs in a line, from one run to the next, numbers in a run. */
struct W[<>]_row {
    int out_step, second, lines, taps, next, length;
};

/* a * b / 2^32, rounded to nearest. */
static W[<>]_inline int32_t W[<>]_high(int32_t a, int32_t b)
{
#ifdef W[<>]_pairs
    int32_t x;
    __asm__("smmulr %0, %1, %2" : "=r"(x) : "r"(a), "r"(b));
    return x;
#else
    return (int32_t)(((int64_t)a * b + (INT64_C(1) << 31)) >> 32);
#endif
}

/* From -128 to 127. */
static W[<>]_inline int32_t W[<>]_byte(int32_t x)
{
#ifdef W[<>]_pairs
    __asm__("ssat %0, #8, %1" : "=r"(x) : "r"(x));
    return x;
#else
    return x < -128 ? -128 : x > 127 ? 127 : x;
#endif
}

/* sum * multiplier / 2^(31 + shift), rounded twice as TensorFlow Lite does, plus what else the summand holds. The sum
 * is smaller than 2^30. */
static W[<>]_inline int32_t W[<>]_scale(int32_t sum, int32_t multiplier, int32_t shift, int32_t summand)
{
    const int32_t x = W[<>]_high((int32_t)((uint32_t)sum << 1), multiplier);
    return (x + (x >> 31) + summand) >> shift;
}

/* The same for shifts to either side: the lowest byte is one to the right, the next one to the left, and the sign says
 * whether the first shifts at all. */
static W[<>]_inline int32_t W[<>]_shift(int32_t sum, int32_t multiplier, int32_t shifts, int32_t summand)
{
#ifdef W[<>]_pairs
    int32_t x;
    __asm__("lsr %0, %2, #8\n\tlsl %0, %1, %0\n\tsmmulr %0, %0, %3"
            : "=&r"(x)
            : "r"(sum), "r"(shifts), "r"(multiplier));
    x += ((x & shifts) >> 31) + summand;
    __asm__("asr %0, %1, %2" : "=r"(x) : "r"(x), "r"(shifts));
    return x;
#else
    const int32_t x = W[<>]_high((int32_t)((uint32_t)sum << (shifts >> 8 & 31)), multiplier);
    return (x + ((x & shifts) >> 31) + summand) >> (shifts & 31);
#endif
}

/* Bytes become numbers of 16 bits. */
static W[<>]_alone void W[<>]_widen(const signed char *from, int16_t *to, int count)
{
#ifdef W[<>]_pairs
    for (; count >= 4; count -= 4) {
        uint32_t word, even, odd;
        __asm__ volatile("ldr %0, [%3], #4\n\tsxtb16 %1, %0\n\tsxtb16 %2, %0, ror #8\n\t"
                         "pkhbt %0, %1, %2, lsl #16\n\tpkhtb %1, %2, %1, asr #16\n\t"
                         "str %0, [%4], #4\n\tstr %1, [%4], #4"
                         : "=&r"(word), "=&r"(even), "=&r"(odd), "+r"(from), "+r"(to)
                         :
                         : "memory");
    }
#endif
    for (; count > 0; count--)
        *to++ = *from++;
}

static W[<>]_inline void W[<>]_fill(int16_t *to, int number, int count)
{
    for (; count > 0; count--)
        *to++ = (int16_t)number;
}

