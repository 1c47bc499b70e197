m4_dnl A group of outputs of dense_batch.m4: the function PART_NAME, of PART_BLOCKS blocks. The images are cut into WIDE
m4_dnl tiles of WIDE_IMAGES, and NARROW ones of one less; TILE_VECTORS vectors of outputs at a time.
m4_define([<OUTPUTS>], m4_eval(PART_BLOCKS * BLOCK))m4_dnl
m4_define([<PART_VECTORS>], m4_eval(OUTPUTS / LANES))m4_dnl
m4_define([<PART_PIECE>], PIECE)m4_dnl
m4_define([<NARROW_IMAGES>], m4_eval(WIDE_IMAGES - 1))m4_dnl
ASSERT([<WIDE * WIDE_IMAGES + NARROW * NARROW_IMAGES == IMAGES && PART_VECTORS % TILE_VECTORS == 0>])m4_dnl
m4_dnl
m4_dnl TILES(images, how many tiles, the first image)
m4_define([<TILES>], [<IF($2, [<
        for (int image = $3; image < m4_eval($3 + $1 * $2); image += $1)
            IF(PART_VECTORS > TILE_VECTORS, [<for (int k = 0; k < OUTPUTS; k += m4_eval(TILE_VECTORS * LANES))>])
                PART_NAME[<>]_$1[<>](in + image * (long)IN_IMAGE, IF(PART_VECTORS > TILE_VECTORS, [<w + k>], w),
                    out + image * (long)OUT_IMAGE[<>]IF(PART_VECTORS > TILE_VECTORS, [< + k>]), count, first > 0);
>])>])m4_dnl
m4_define([<BIASED>], [<LOAD(AT(to, V * LANES)) + LOAD(AT(bias, V * LANES))>])m4_dnl
IF(WIDE, [<PART([<vector/dense_batch_tile.m4>], [<TILE_NAME>], PART_NAME[<_>]WIDE_IMAGES, [<ROWS>], WIDE_IMAGES)
>])m4_dnl
IF(NARROW, [<PART([<vector/dense_batch_tile.m4>], [<TILE_NAME>], PART_NAME[<_>]NARROW_IMAGES, [<ROWS>], NARROW_IMAGES)
>])m4_dnl
/* OUTPUTS outputs. */
TARGET static void PART_NAME[<>](const float *in, const WEIGHT_TYPE *w, const float *bias, float *out)
{
    for (int first = 0; first < IN_COUNT; first += PART_PIECE) {
        const int count = IN_COUNT - first < PART_PIECE ? IN_COUNT - first : PART_PIECE;
        TILES(WIDE_IMAGES, WIDE, 0)TILES(NARROW_IMAGES, NARROW, m4_eval(WIDE * WIDE_IMAGES))
        in += count;
        w += count * OUTPUTS;
    }
    for (int image = 0; image < IMAGES; image++) {
        float *to = out + image * (long)OUT_IMAGE;
        WHEN(ACTIVATION_EACH, [<
            STORE_EACH([<V>], PART_VECTORS, [<BIASED>], [<AT(to, V * LANES)>], 1)
        >], [<
            FOR([<V>], PART_VECTORS, [<
                STORE_ACTIVATED(AT(to, V * LANES), y, BIASED, [<LOAD(AT(bias, V * LANES + ACTIVATION_SLOPES))>])
            >])
        >])
    }
}
