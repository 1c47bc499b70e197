m4_dnl What kernels of floats share on microcontrollers. Where the processor has a floating-point unit that fuses
m4_dnl products and sums, tiles are statements of assembly, because compilers load one number at a time and move loads
m4_dnl out of loops until they spill. All others get plain C, which adds up in the same order.
m4_define([<W>], [<@function@>])m4_dnl
#if defined __GNUC__ && defined __thumb2__ && defined __ARM_FEATURE_FMA && defined __ARM_FP
#if __ARM_FP & 4
#define W[<>]_fused
#endif
#endif
#ifdef __GNUC__
#define W[<>]_alone __attribute__((noinline, unused))
#else
#define W[<>]_alone
#endif

/* Where a tile's sums go; how many runs of numbers each of them takes, how far apart those of neighbouring pixels
 * begin, and how long they are. */
struct W[<>]_tile {
    float *sums;
    int32_t runs, step, length;
};

static W[<>]_alone void W[<>]_copy(const float *from, float *to, int count)
{
#ifdef W[<>]_fused
    for (; count >= 16; count -= 16)
        __asm__ volatile("vldmia %0!, {s0-s15}\n\tvstmia %1!, {s0-s15}"
                         : "+r"(from), "+r"(to)
                         :
                         : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13",
                           "s14", "s15", "memory");
    for (; count >= 4; count -= 4)
        __asm__ volatile("vldmia %0!, {s0-s3}\n\tvstmia %1!, {s0-s3}"
                         : "+r"(from), "+r"(to)
                         :
                         : "s0", "s1", "s2", "s3", "memory");
#endif
    for (; count > 0; count--)
        *to++ = *from++;
}

static W[<>]_alone void W[<>]_clear(float *to, int count)
{
    for (; count > 0; count--)
        *to++ = 0.0f;
}

