m4_dnl A register tile of direct.m4: the function TILE_NAME, of TILE_H x TILE_W pixels by TILE_VECTORS vectors of
m4_dnl filters. The sums are unrolled; the loop over the input channels is not (unrolled, it would spill).
m4_dnl A long one is CALLED: inlined into the loop over the map, compilers keep the biases in registers that the
m4_dnl sums need, and reload weights in each round. In a short one gcc is made to read the biases again.
m4_define([<PIXELS>], m4_eval(TILE_H * TILE_W))m4_dnl
m4_define([<RESULT_W>], m4_eval(TILE_W / POOL))m4_dnl
m4_define([<RESULTS>], m4_eval(TILE_H / POOL * RESULT_W))m4_dnl
m4_dnl
m4_dnl Loops around the one over the channels: over blocks of channels, rows and columns of the window, as far as they
m4_dnl have several rounds.
m4_define([<ROW_LEVEL>], m4_eval(CHANNEL_BLOCKS > 1 || (VARIES && !ONE_TAP)))m4_dnl
m4_define([<COLUMN_LEVEL>], m4_eval(ROW_LEVEL + (KERNEL_H > 1)))m4_dnl
m4_define([<LEVELS>], m4_eval(COLUMN_LEVEL + (KERNEL_W > 1)))m4_dnl
m4_dnl TAP_LOOP(level, variable, most rounds, rounds or their end, the first)
m4_define([<TAP_LOOP>], [<m4_dnl
IF($3 > 1, [<INDENT($1)for (int $2 = m4_ifelse([<$5>], [<>], 0, [<$5>]); $2 < $4; $2++)IF($1 + 1 == LEVELS, [< {>])>])>])m4_dnl
m4_dnl
m4_dnl With EDGES, taps are left out that see nothing but padding from any pixel of the tile, which is at row, column:
m4_dnl of a side of the window, those from first to end. TAPS(variable, letter of words, the tile's side there)
m4_define([<EDGE>], [<m4_indir([<EDGE_>]$1)>])m4_dnl
m4_define([<TAPS>], [<m4_dnl
const int before_$1 = m4_eval(EDGE(PAD_$2) - ($3 - 1) * EDGE(STRIDE_$2)) - TIMES($1, EDGE(STRIDE_$2));
    const int last_$1 = (m4_eval(EDGE(IN_$2) - 1 + EDGE(PAD_$2)) - TIMES($1, EDGE(STRIDE_$2))) / EDGE(DILATION_$2);
    const int first_$1 = before_$1 > 0 ? CEILING(before_$1, EDGE(DILATION_$2)) : 0;
    const int end_$1 = last_$1 < m4_eval(m4_indir([<KERNEL_>]$2) - 1) ? last_$1 + 1 : m4_indir([<KERNEL_>]$2);>])m4_dnl
m4_define([<TAP>], [<TERMS(IF(ROW_LEVEL, [<STEPS(block, m4_eval(KERNEL_H * KERNEL_W), CHANNEL_BLOCKS)>]),
    IF(KERNEL_H > 1, [<TIMES(ky, KERNEL_W)>]), IF(KERNEL_W > 1, [<kx>]))>])m4_dnl
m4_dnl
m4_dnl Channels of the innermost loop, and the way from one to the next. A phase of a transposed convolution may have
m4_dnl NO_TAP.
m4_define([<ROUNDS>], [<IF(NO_TAP, 0,
    [<IF(ALL_AT_ONCE, [<CHANNELS_IN>], [<IF(IN_PLANAR, IN_CHANNELS, SPAN)>])>])>])m4_dnl
m4_define([<CHANNELS_IN>], [<IF(PIECE, [<count>], [<IF(VARIES, [<channels>], IN_REAL)>])>])m4_dnl
m4_define([<NEXT_CHANNEL>], [<IF(ALL_AT_ONCE, [<c % BLOCK == m4_eval(BLOCK - 1) ? m4_eval(IN_PLANE - BLOCK + 1) : 1>],
                                 [<IF(IN_PLANAR, IN_PLANE, 1)>])>])m4_dnl
m4_dnl
m4_dnl V is a vector of filters, P a pixel of the tile, or of its result.
m4_define([<BIAS_OF>], [<b$1>])m4_dnl
m4_define([<WEIGHT>], [<w$1>])m4_dnl
m4_define([<SUM>], [<a$1_$2>])m4_dnl
m4_define([<WEIGHTS_AT>], [<IF(VARIES && V * LANES >= BLOCK,
    [<PLUS(PLUS(w, WEIGHTS_FROM), m4_eval(V * LANES % BLOCK))>],
    [<AT(w, VECTOR_OFFSET(V, BLOCK_WEIGHTS))>])>])m4_dnl
m4_define([<WEIGHTS_FROM>], [<IF(V * LANES / BLOCK > 1, [<m4_eval(V * LANES / BLOCK) * >])block_weights>])m4_dnl
m4_define([<INPUT_OFFSET>], [<($1) / TILE_W * PIXEL_ROW + (($1) % TILE_W + $2) * PIXEL_COLUMN>])m4_dnl
m4_define([<FETCHED_FROM>], [<(TILE_H - 1) * PIXEL_ROW + (KERNEL_H - 1) * TAP_ROW + IN_ROW>])m4_dnl
m4_define([<FETCHED_ROWS>], m4_eval(TILE_H * PIXEL_ROW / IN_ROW))m4_dnl
m4_define([<FETCHED_LINES>], m4_eval((TILE_W * PIXEL_COLUMN + LINE - 1) / LINE))m4_dnl
m4_define([<FETCHES>], [<IN_CHANNELS * FETCHED_ROWS * FETCHED_LINES>])m4_dnl
m4_define([<RESULT_AT>], [<m4_dnl
AT(out, VECTOR_OFFSET(V, OUT_PLANE) + P / RESULT_W * OUT_ROW + P % RESULT_W * OUT_COLUMN)>])m4_dnl
m4_define([<RESIDUAL_AT>], [<m4_dnl
AT(residual, VECTOR_OFFSET(V, RESIDUAL_PLANE) + ($1) / TILE_W * RESIDUAL_ROW + ($1) % TILE_W * OUT_COLUMN)>])m4_dnl
m4_dnl
m4_dnl What the activation gets: a sum, or the largest of the 2x2 from pixel LEFT_TOP on.
m4_dnl Where the result holds sums meanwhile, a residual is RESIDUAL_FIRST: its memory may become the result's.
m4_define([<RESIDUAL_FIRST>], IS(BEFORE, none, [<m4_eval(PIECE && RESIDUAL)>], 0))m4_dnl
m4_define([<SUM_AT>], [<TERMS([<BEGUN_AT($1)>], IF(RESIDUAL && !RESIDUAL_FIRST, [<LOAD(RESIDUAL_AT($1))>]))>])m4_dnl
m4_define([<BEGUN_AT>], [<m4_dnl
IF(BEFORE_EACH, [<sums[m4_eval(($1) * TILE_VECTORS + V)]>],
    [<VECTOR_BEFORE(SUM(V, $1), SLOPE(BEFORE_SLOPES))>])>])m4_dnl
m4_define([<SLOPE>], [<LOAD(AT(bias, V * LANES + $1))>])m4_dnl
m4_define([<VALUE>], [<IF(POOL > 1, [<LARGEST>], [<SUM_AT(P)>])>])m4_dnl
m4_dnl Number I of all results, or sums.
m4_define([<NUMBER_I>], [<m4_dnl
m4_pushdef([<P>], m4_eval(I / TILE_VECTORS))m4_pushdef([<V>], m4_eval(I % TILE_VECTORS))m4_dnl
$1[<>]m4_popdef([<P>], [<V>])>])m4_dnl
m4_define([<LEFT_TOP>], [<m4_eval(P / RESULT_W * POOL * TILE_W + P % RESULT_W * POOL)>])m4_dnl
m4_define([<LARGER_AT>], [<LARGER(SUM_AT($1), SUM_AT(m4_eval($1 + 1)))>])m4_dnl
m4_define([<LARGEST>], [<m4_dnl
LARGER_[<>]LANES[<>](LARGER_AT(LEFT_TOP), LARGER_AT(m4_eval(LEFT_TOP + TILE_W)), highest_)>])m4_dnl
/* TILE_SIZE pixels by m4_eval(TILE_VECTORS * LANES) filters, their sums in registers. */
TARGET static IF(CALLED, [<__attribute__((noinline))>], [<inline __attribute__((always_inline))>]) void m4_dnl
APPLY(TILE_NAME, [<const float *in>], IF(EDGES, [<const float *weights>], [<const float *w>]), [<const float *bias>], RESIDUAL_POINTER,
      IF(PREFETCH, [<const float *next>]), [<float *out>],
      TILE_TOLD([<int >], [<long >]), IF(SOME_ROWS, [<int row>]), IF(SOME_COLUMNS, [<int column>]))
{
    IF(CALLED, [<>], [<READ_AGAIN(bias);>])
    FOR([<V>], TILE_VECTORS, [<
        const VECTOR BIAS_OF(V) = LOAD(AT(bias, V * LANES));
        VECTOR SEPARATED([<, >], [<P>], PIXELS, [<SUM(V, P) = BIAS_OF(V)>]);
    >])
    WHEN(PIECE, [<
        if (begun) {
            FOR([<P>], PIXELS, [<
                FOR([<V>], TILE_VECTORS, [<
                    SUM(V, P) = LOAD(RESULT_AT);
                >])
            >])
        WHEN(RESIDUAL_FIRST, [<
            } else {
                FOR([<P>], PIXELS, [<
                    FOR([<V>], TILE_VECTORS, [<
                        SUM(V, P) += LOAD(RESIDUAL_AT(P));
                    >])
                >])
        >])
        }
    >])
    WHEN(FETCH_RESULT, [<
        FOR([<P>], PIXELS, [<
            FOR([<V>], TILE_VECTORS, [<
                WHEN(V * LANES % BLOCK == 0 && P < RESULTS, [<
                    __builtin_prefetch(RESULT_AT, 1);
                >])
                WHEN(V * LANES % BLOCK == 0 && RESIDUAL, [<
                    __builtin_prefetch(RESIDUAL_AT(P));
                >])
            >])
        >])
    >])
    m4_dnl Of planes, the lines of the rows that the tile below is the first to read.
    WHEN(FETCH_INPUT && IN_PLANAR && FETCHES <= MOST_FETCHES, [<
        FOR([<C>], IN_CHANNELS, [<
            FOR([<Y>], FETCHED_ROWS, [<
                FOR([<L>], FETCHED_LINES, [<
                    __builtin_prefetch(in + m4_eval(C * IN_PLANE + FETCHED_FROM + Y * IN_ROW + L * LINE));
                >])
            >])
        >])
    >])
    WHEN(FETCH_INPUT && IN_PLANAR && FETCHES > MOST_FETCHES, [<
        LOOP_OVER(c, 0, IN_CHANNELS, 1)
        INDENT(IN_CHANNELS > 1)LOOP_OVER(y, 0, FETCHED_ROWS, 1)
        INDENT((IN_CHANNELS > 1) + (FETCHED_ROWS > 1))LOOP_OVER(l, 0, m4_eval(FETCHED_LINES * LINE), LINE)
        INDENT((IN_CHANNELS > 1) + (FETCHED_ROWS > 1) + (FETCHED_LINES > 1))__builtin_prefetch(m4_dnl
TERMS([<in>], IF(IN_CHANNELS > 1, [<STEPS(c, IN_PLANE, IN_CHANNELS)>]), IF(FETCHED_ROWS > 1, [<y * IN_ROW>]),
      IF(FETCHED_LINES > 1, [<l>]), m4_eval(FETCHED_FROM)));
    >])
    IF(EDGES, [</* Taps that see nothing but padding are left out. */>])
    IF(SOME_ROWS, [<TAPS(row, H, TILE_H)>])
    IF(SOME_COLUMNS, [<TAPS(column, W, TILE_W)>])
    TAP_LOOP(0, block, ROW_LEVEL + 1, [<IF(PIECE, [<count>], [<IF(VARIES, [<blocks>], CHANNEL_BLOCKS)>])>])
    TAP_LOOP(ROW_LEVEL, ky, KERNEL_H, IF(SOME_ROWS, [<end_row>], KERNEL_H), IF(SOME_ROWS, [<first_row>]))
    TAP_LOOP(COLUMN_LEVEL, kx, KERNEL_W, IF(SOME_COLUMNS, [<end_column>], KERNEL_W), IF(SOME_COLUMNS, [<first_column>]))
    AT_DEPTH(LEVELS, [<
        IF(EDGES, [<const float *w = weights + (TAP) * m4_eval(BLOCK * BLOCK);>])
        const float *x = TERMS([<in>], IF(ROW_LEVEL, [<STEPS(block, IN_PLANE, CHANNEL_BLOCKS)>]),
                               IF(KERNEL_H > 1, [<TIMES(ky, TAP_ROW)>]), IF(KERNEL_W > 1, [<TIMES(kx, TAP_COLUMN)>]));
        m4_dnl Of a 1x1 window over blocks, the lines that the next tile reads.
        WHEN(FETCH_INPUT && !IN_PLANAR, [<
            FOR([<P>], PIXELS, [<
                __builtin_prefetch(x + m4_eval(INPUT_OFFSET(P, TILE_W)));
            >])
        >])
        for (int c = 0; c < ROUNDS; c++) {
            FOR([<V>], TILE_VECTORS, [<
                const VECTOR WEIGHT(V) = LOAD(WEIGHTS_AT);
            >])
            WHEN(PREFETCH, [<
                __builtin_prefetch(next);
                next += LINE;
            >])
            FOR([<P>], PIXELS, [<
                SEPARATED([< >], [<V>], TILE_VECTORS, [<SUM(V, P) += WEIGHT(V) * x[m4_eval(INPUT_OFFSET(P, 0))];>])
            >])
            w += BLOCK;
            x += NEXT_CHANNEL;
        }
        IF(SPAN < BLOCK && LEVELS, [<w += m4_eval((BLOCK - SPAN) * BLOCK);>])
    >])
    IF(LEVELS, [<INDENT(LEVELS - 1)}>])
    WHEN(PIECE, [<
        if (!done) {
            FOR([<P>], PIXELS, [<
                FOR([<V>], TILE_VECTORS, [<
                    STORE(RESULT_AT, [<SUM(V, P)>])
                >])
            >])
            return;
        }
    >])
    WHEN(BEFORE_EACH, [<
        BEFORE_TO_EACH([<I>], PIXELS * TILE_VECTORS, [<NUMBER_I([<SUM(V, P)>])>], 0)
    >])
    WHEN(ACTIVATION_EACH, [<
        STORE_EACH([<I>], RESULTS * TILE_VECTORS, [<NUMBER_I([<VALUE>])>], [<NUMBER_I([<RESULT_AT>])>], 0)
    >], [<
        FOR([<P>], RESULTS, [<
            FOR([<V>], TILE_VECTORS, [<
                WHEN(POOL > 1 || RESIDUAL, [<
                    STORE_ACTIVATED(RESULT_AT, y, [<VALUE>], [<SLOPE(ACTIVATION_SLOPES)>])
                >], [<
                    STORE(RESULT_AT, VECTOR_ACTIVATE(SUM(V, P), [<SLOPE(ACTIVATION_SLOPES)>]))
                >])
            >])
        >])
    >])
    m4_dnl The rest of a block that has no more filters.
    WHEN(FILL, [<
        FOR([<P>], RESULTS, [<
            FOR([<V>], m4_eval(TILE_VECTORS + FILL), [<
                WHEN(V >= TILE_VECTORS, [<
                    STORE(RESULT_AT, [<(VECTOR){0}>])
                >])
            >])
        >])
    >])
}
