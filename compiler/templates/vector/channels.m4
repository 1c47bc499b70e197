m4_dnl What CONCAT, SLICE, SHUFFLE and PAD do to blocked tensors: blocks are made of lanes of other blocks, in a box of
m4_dnl BOX_H x BOX_W pixels. Run R makes COUNT blocks alike, each of FEEDS blocks of the sources: by PIECES whose lanes
m4_dnl lie side by side in both; or, if there are none, of vectors of four: LOADS of them are read, MIXES are made of
m4_dnl two others' lanes, and so are the four that are stored. Lanes without feed are zero (-1) or VALUE (-2). With
m4_dnl FRAME, what surrounds the box is VALUE. Pixel after pixel: of several at once, gcc shuffles vectors, at
m4_dnl length, and is no faster.
ASSERT([<SOURCES >= 1 && RUNS >= 1 && BOX_TOP + BOX_H <= OUT_H + HALO_TOP>])m4_dnl
m4_define([<RUN_OF>], [<m4_indir([<RUN_>]R[<_0_$1>])>])m4_dnl
m4_define([<FEED_OF>], [<m4_indir([<FEED_>]R[<_>]F[<_$1>])>])m4_dnl
m4_define([<SOURCE_OF>], [<m4_indir([<IN>]FEED_OF([<SOURCE>])[<_$1>])>])m4_dnl
m4_define([<PIECE_OF>], [<m4_indir([<PIECE_>]R[<_>]P[<_$1>])>])m4_dnl
m4_dnl
m4_dnl Block n of the run: its feed F, its result.
m4_define([<BLOCK_OF_RUN>], [<IF(RUN_OF([<COUNT>]) > 1, [<STEPS([<n>], $1, RUN_OF([<COUNT>]))>])>])m4_dnl
m4_define([<FEED_START>], [<m4_eval(SOURCE_OF([<START>]) + FEED_OF([<BLOCK>]) * SOURCE_OF([<PLANE>]))>])m4_dnl
m4_define([<FEED_AT>], [<TERMS(PLUS(in[<>]FEED_OF([<SOURCE>]), FEED_START), BLOCK_OF_RUN(SOURCE_OF([<PLANE>])),
    [<y * SOURCE_OF([<ROW>])>])>])m4_dnl
m4_define([<BOX_START>], [<m4_eval(OUT_START + BOX_TOP * OUT_ROW + BOX_LEFT * BLOCK +
    RUN_OF([<FIRST>]) * OUT_PLANE)>])m4_dnl
m4_define([<RESULT_AT>], [<TERMS(PLUS([<out>], BOX_START), BLOCK_OF_RUN(m4_eval(RUN_OF([<STEP>]) * OUT_PLANE)),
    [<y * OUT_ROW>])>])m4_dnl
m4_define([<NEXT_PIXEL>], [<to += BLOCK[<>]EACH([<F>], RUN_OF([<FEEDS>]), [<, from[<>]F += BLOCK>])>])m4_dnl
m4_dnl
m4_define([<WHOLE_BLOCK>], [<RUN_OF([<FEEDS>]) == 1 && RUN_OF([<PIECES>]) == 1>])m4_dnl
m4_define([<COPY>], [<IF(PIECE_OF([<FEED>]) < 0, [<FILL_PIECE>], [<COPY_PIECE>])>])m4_dnl
m4_define([<COPY_PIECE>], [<IF(PIECE_OF([<LANES>]) == 1, [<COPY_LANE>], [<COPY_LANES>])>])m4_dnl
m4_define([<COPY_LANE>], [<to[PIECE_OF([<TO>])] = from[<>]PIECE_OF([<FEED>])[PIECE_OF([<FROM>])];>])m4_dnl
m4_define([<COPY_LANES>], [<memcpy(PLUS(to, PIECE_OF([<TO>])), m4_dnl
PLUS(from[<>]PIECE_OF([<FEED>]), PIECE_OF([<FROM>])), PIECE_OF([<LANES>]) * sizeof *to);>])m4_dnl
m4_define([<END_OF_PIECE>], [<m4_eval(PIECE_OF([<TO>]) + PIECE_OF([<LANES>]))>])m4_dnl
m4_define([<FILL_PIECE>], [<for (int i = PIECE_OF([<TO>]); i < END_OF_PIECE; i++) m4_dnl
to[i] = IF(PIECE_OF([<FEED>]) == -1, 0.0f, VALUE);>])m4_dnl
m4_dnl
m4_dnl Vector of four number $1 is loaded, or mixed as MIX or QUAD say of it.
m4_define([<LOAD_OF>], [<m4_indir([<LOAD_>]R[<_>]L[<_$1>])>])m4_dnl
m4_define([<LOADED>], [<IF(LOAD_OF([<FEED>]) < 0, [<{ALL_FOUR(IF(LOAD_OF([<FEED>]) == -1, 0.0f, VALUE))}>],
    [<QUAD_OF(PLUS(from[<>]LOAD_OF([<FEED>]), LOAD_OF([<FROM>])))>])>])m4_dnl
m4_define([<ALL_FOUR>], [<$1, $1, $1, $1>])m4_dnl
m4_define([<MIX_OF>], [<m4_indir([<$1_>]R[<_$2_$3>])>])m4_dnl
m4_define([<MIXED>], [<CNN_FOUR_OF(q[<>]MIX_OF([<$1>], $2, [<A>]), q[<>]MIX_OF([<$1>], $2, [<B>]), m4_dnl
SEPARATED([<, >], [<I>], 4, [<MIX_OF([<$1>], $2, [<LANE>]I)>]))>])m4_dnl
m4_define([<QUAD_RESULT>], [<IF(MIX_OF([<QUAD>], Q, [<IS_LOAD>]), [<q[<>]MIX_OF([<QUAD>], Q, [<A>])>],
    [<MIXED([<QUAD>], Q)>])>])m4_dnl
IF(ANY_QUADS, [<m4_include([<vector/quads.m4>])>])m4_dnl
m4_define([<AROUND>], [<IF(CHANNELS % BLOCK, [<block * BLOCK + at % BLOCK < CHANNELS ? VALUE : 0.0f>], VALUE)>])m4_dnl
/* @about@ */
WORK(SEPARATED([<, >], [<S>], SOURCES, [<const float *restrict in[<>]S>]), [<float *restrict out>])
{
    IF(ANY_QUADS, [<DEFINE_QUAD>])
    ZERO_HALO(BLOCKS)
    WHEN(FRAME, [<
        for (int y = FIRST_OF(OUT_H); y < END_OF(OUT_H); y++)
            for (int i = 0; i < m4_eval(BLOCKS * OUT_W * BLOCK); i++) {
                const int LIST([<block = i / m4_eval(OUT_W * BLOCK)>], [<at = i % m4_eval(OUT_W * BLOCK)>]);
                if (y < BOX_TOP || y >= m4_eval(BOX_TOP + BOX_H) || at < m4_eval(BOX_LEFT * BLOCK) ||
                    at >= m4_eval((BOX_LEFT + BOX_W) * BLOCK))
                    out[PLUS(STEPS(block, OUT_PLANE, BLOCKS), OUT_START) + y * OUT_ROW + at] = AROUND;
            }
    >])
    FOR([<R>], RUNS, [<
        WHEN(RUN_OF([<COUNT>]) > 1, [<
            for (int n = 0; n < RUN_OF([<COUNT>]); n++)
        >])
        AT_DEPTH(m4_eval(RUN_OF([<COUNT>]) > 1), [<
            for (int y = FIRST_OF(BOX_H); y < END_OF(BOX_H); y++) {
                FOR([<F>], RUN_OF([<FEEDS>]), [<
                    const float *from[<>]F = FEED_AT;
                >])
                float *to = RESULT_AT;
                WHEN(WHOLE_BLOCK, [<
                    memcpy(to, from0, m4_eval(BOX_W * BLOCK) * sizeof *to);
                >], [<
                    for (int x = 0; x < BOX_W; x++, NEXT_PIXEL) {
                        READ_AGAIN(to);
                        FOR([<P>], RUN_OF([<PIECES>]), [<
                            COPY
                        >])
                        WHEN(RUN_OF([<PIECES>]) == 0, [<
                            FOR([<L>], RUN_OF([<LOADS>]), [<
                                const quad q[<>]L = LOADED;
                            >])
                            FOR([<M>], RUN_OF([<MIXES>]), [<
                                const quad q[<>]m4_eval(M + RUN_OF([<LOADS>])) = MIXED([<MIX>], M);
                            >])
                            FOR([<Q>], 4, [<
                                QUAD(PLUS(to, m4_eval(4 * Q))) = QUAD_RESULT;
                            >])
                        >])
                    }
                >])
            }
        >])
    >])
}
SHARE(SEPARATED([<, >], [<S>], SOURCES, [<in[<>]S>]))
