m4_dnl What all instruction sets of a fast target share.
/* Kernels choose their own tiles and vectors. What gcc's other levels do with them costs up to half of the speed, so
 * they are compiled at one level whatever the flags are, but for -O0. */
#if defined __clang__
#pragma clang fp contract(fast)
#elif defined __GNUC__ && defined __OPTIMIZE__
#pragma GCC optimize("O2", "tree-vectorize", "fp-contract=fast")
#elif defined __GNUC__
#pragma GCC optimize("fp-contract=fast")
#endif
/* What a pointer points to is not kept in registers from one round of a loop to the next. */
#define READ_AGAIN(pointer) __asm__ volatile("" : "+r"(pointer))

/* Zeroes what lies around the maps of a tensor: rows above, columns left and right, rows below. */
__attribute__((unused, noinline)) static void APPLY([<@name@_zero_halo>],
    [<float *tensor>], [<int planes>], [<long plane>], [<long row>], [<int top>], [<int left>], [<int height>],
    [<int width>], [<int right>], [<int bottom>])
{
    for (int p = 0; p < planes; p++, tensor += plane) {
        float *at = tensor;
        memset(at, 0, (size_t)(top * row + left) * sizeof *at);
        at += top * row + left + width;
        for (int y = 0; y + 1 < height; y++, at += row)
            memset(at, 0, (size_t)(right + left) * sizeof *at);
        memset(at, 0, (size_t)(right + bottom * row) * sizeof *at);
    }
}

