m4_dnl One kind of phase of transposed.m4: the function KIND_NAME, all filters of a group, a unit after the other.
IF(UNITS, [<PART([<vector/direct_map.m4>], [<UNIT_NAME>], KIND_NAME[<_unit>], [<UNIT_VECTORS>], VECTORS,
                [<VARIES>], 0, [<USERS>], [<>])>])
IF(REST, [<PART([<vector/direct_map.m4>], [<UNIT_NAME>], KIND_NAME[<_rest>], [<UNIT_VECTORS>], REST,
               [<VARIES>], 0, [<USERS>], [<>])>])
/* The phases with m4_eval(KERNEL_H * KERNEL_W) taps. */
TARGET static void APPLY(KIND_NAME, [<const float *in>], [<const WEIGHT_TYPE *w>], [<const float *bias>],
    RESIDUAL_POINTER,
                         [<float *out>], IF(SHARED, [<int part, int parts>]))
{
    WHEN(FILL || (UNIT >= BLOCK && UNITS == 1 && !SPLIT_FILTERS), [<
        IF(FILL && SPLIT_FILTERS, [<if (part == 0)>])
        INDENT(FILL && SPLIT_FILTERS)RUN(KIND_NAME[<_unit>], 0, 1, 0)
    >])
    WHEN(!FILL && UNIT >= BLOCK && UNITS && (UNITS > 1 || SPLIT_FILTERS), [<
        for (int unit = FIRST_SHARED(UNITS); unit < END_SHARED(UNITS); unit++)
            RUN(KIND_NAME[<_unit>], unit, m4_eval(UNIT / BLOCK), 0)
    >])
    WHEN(!FILL && UNIT < BLOCK && UNITS, [<
        for (int block = FIRST_SHARED(GROUP_BLOCKS); block < END_SHARED(GROUP_BLOCKS); block++)
            for (int sub = 0; sub < BLOCK; sub += UNIT)
                RUN(KIND_NAME[<_unit>], block, 1, sub)
    >])
    WHEN(REST, [<
        IF(SPLIT_FILTERS, [<if (part == parts - 1)>])
        INDENT(SPLIT_FILTERS)RUN(KIND_NAME[<_rest>], m4_eval(UNITS * (UNIT / BLOCK)), 1, 0)
    >])
}

