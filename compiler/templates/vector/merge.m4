m4_dnl OPERANDS tensors become a blocked one: their sum, difference, product, maximum or the like, number by number. One
m4_dnl that is smaller is repeated along an axis, and has a step of 0 there; with one channel it is SCALAR, a number for
m4_dnl all channels of a pixel, and may be planar. The result may overwrite an operand of its own size.
m4_dnl
m4_dnl Of operand K: OF(K, BEGIN), and its steps from one block, row and pixel to the next.
ASSERT([<OPERANDS >= 2>])m4_dnl
m4_define([<OF>], [<m4_indir([<IN>]$1[<_$2>])>])m4_dnl
m4_define([<ROW_OF>], [<TERMS([<PLUS([<in>]$1, OF($1, BEGIN))>],
    IF(OF($1, PLANE), [<STEPS(block, OF([<$1>], PLANE), BLOCKS)>]),
    IF(OF($1, ROW), [<TIMES(y, OF([<$1>], ROW))>]), IF(OF($1, SCALAR), [<>], [<lane>]))>])m4_dnl
m4_define([<PIXEL_OF>], [<IF(OF($1, COLUMN), [<TIMES(x, OF([<$1>], COLUMN))>], 0)>])m4_dnl
m4_define([<NUMBERS_OF>], [<IF(OF($1, SCALAR), [<SPLAT(p$1[PIXEL_OF($1)])>], [<LOAD(PLUS(p$1, PIXEL_OF($1)))>])>])m4_dnl
m4_define([<MERGED_add>], [<$1 + $2>])m4_dnl
m4_define([<MERGED_sub>], [<$1 - $2>])m4_dnl
m4_define([<MERGED_mul>], [<$1 * $2>])m4_dnl
m4_define([<MERGED_max>], [<LARGER($1, $2)>])m4_dnl
m4_define([<MERGED_min>], [<LESSER([<$1>], [<$2>])>])m4_dnl
m4_define([<MERGED_div>], [<$1 / $2>])m4_dnl
m4_define([<MERGED_pow>], [<POWER_OF([<$1>], [<$2>])>])m4_dnl
m4_define([<MERGED_less>], [<PICK($1, <, $2, SPLAT(1.0f), SPLAT(0.0f))>])m4_dnl
m4_define([<MERGED_greater>], [<PICK($1, >, $2, SPLAT(1.0f), SPLAT(0.0f))>])m4_dnl
m4_define([<MERGED_equal>], [<PICK($1, ==, $2, SPLAT(1.0f), SPLAT(0.0f))>])m4_dnl
m4_dnl A WHERE chooses between its second operand and the third, once it has that.
m4_define([<MERGED_where>], [<IF($3 > 1, [<PICK(r0, !=, SPLAT(0.0f), $1, $2)>], [<$2>])>])m4_dnl
m4_define([<MERGED>],
    [<IF($1, [<m4_indir([<MERGED_>]KIND, [<r>]m4_decr($1), NUMBERS_OF($1), $1)>], NUMBERS_OF($1))>])m4_dnl
m4_define([<RESULT>], [<r[<>]m4_decr(OPERANDS)>])m4_dnl
/* @about@ */
WORK(SEPARATED([<,>], [<K>], OPERANDS, [<const float *in[<>]K>]), [<float *out>])
{
    ZERO_HALO(BLOCKS)
    for (int block = FIRST_OF(BLOCKS); block < END_OF(BLOCKS); block++)
        for (int lane = 0; lane < BLOCK; lane += LANES)
            for (int y = 0; y < OUT_H; y++) {
                FOR([<K>], OPERANDS, [<
                    const float *p[<>]K = ROW_OF(K);
                >])
                float *to = MAPS(out, OUT, block, BLOCKS) + y * OUT_ROW + lane;
                for (int x = 0; x < OUT_W; x++) {
                    FOR([<K>], OPERANDS, [<
                        const VECTOR r[<>]K = MERGED(K);
                    >])
                    STORE(to + x * BLOCK, VECTOR_ACTIVATE(RESULT))
                }
m4_dnl A number that is not zero beside the channels could become a NaN there.
                WHEN(LAST_CHANNELS, [<
                    for (int x = 0; block == m4_eval(BLOCKS - 1) && x < OUT_W; x++)
                        for (int c = LAST_CHANNELS; c < BLOCK; c++)
                            if (c >= lane && c < lane + LANES)
                                to[x * BLOCK + c - lane] = 0.0f;
                >])
            }
}
SHARE(SEPARATED([<,>], [<K>], OPERANDS, [<in[<>]K>]))
