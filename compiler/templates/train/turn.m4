m4_include([<train/train.m4>])m4_dnl
m4_dnl A tensor turned so that channels lie side by side, and not images: [group][block][row][column][image][BLOCK
m4_dnl channels]; the last block of a group is padded with zeros. NORM: what is turned is not x but y = f(factor*x +
m4_dnl summand), between LEFT and RIGHT columns of zeros.
m4_define([<BLOCKS>], m4_eval((CHANNELS + BLOCK - 1) / BLOCK))m4_define([<REST>], m4_eval(CHANNELS % BLOCK))m4_dnl
m4_define([<WHOLE_BLOCKS>], m4_eval(CHANNELS / BLOCK))m4_dnl
m4_define([<BLOCK_PLANE>], m4_eval(ROWS * (LEFT + COLUMNS + RIGHT) * LANE_COUNT * BLOCK))m4_dnl
m4_define([<TILE_NAME>], [<FUNCTION(_$1)>])m4_dnl
m4_define([<TILE>], [<PART([<train/turn_tile.m4>], [<TILE_CHANNELS>], $1)>])m4_dnl
IF(WHOLE_BLOCKS, [<TILE(BLOCK)>])m4_dnl
IF(REST, [<TILE(REST)>])m4_dnl
m4_dnl ROWS_OF(channels, block): what turns the rows of a block.
m4_define([<ROWS_OF>], [<for (int i = 0; i < ROWS; i++) {
                const float *from = PLUS(in, IN_START)[<>]PLUS_GROUP(CHANNELS * IN_PLANE)[<>]PLUS_TERM([<$2>], m4_dnl
m4_eval(BLOCK * IN_PLANE)) + i * IN_ROW;
                IF(LEFT, [<memset(out, 0, m4_eval(LEFT * LANE_COUNT * BLOCK) * sizeof *out);
                out += m4_eval(LEFT * LANE_COUNT * BLOCK);>])
                for (int j = 0; j < COLUMNS; j++, from += LANE_COUNT, out += m4_eval(LANE_COUNT * BLOCK))
                    APPLY(TILE_NAME($1), [<from>], m4_dnl
IF(NORM, [<factors[<>]PLUS_GROUP(CHANNELS)[<>]PLUS_TERM([<$2>], BLOCK)>]), m4_dnl
IF(NORM, [<summands[<>]PLUS_GROUP(CHANNELS)[<>]PLUS_TERM([<$2>], BLOCK)>]), [<out>]);
                IF(RIGHT, [<memset(out, 0, m4_eval(RIGHT * LANE_COUNT * BLOCK) * sizeof *out);
                out += m4_eval(RIGHT * LANE_COUNT * BLOCK);>])
            }>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict in>], IF(NORM, [<const float *restrict factors>]),
    IF(NORM, [<const float *restrict summands>]), [<float *restrict out>], PART_PARAMETERS)
{
    IF(SHARES, [<float *const start = out;>])
    IF(GROUPS > 1, [<EACH_GROUP {>])
        IF(SHARES, [<out = start[<>]PLUS_GROUP(BLOCKS * BLOCK_PLANE) + (BEGIN_OF(WHOLE_BLOCKS)) * (long)BLOCK_PLANE;>])
        IF(WHOLE_BLOCKS > 1, [<for (int b = BEGIN_OF(WHOLE_BLOCKS); b < LIMIT_OF(WHOLE_BLOCKS); b++)>], m4_dnl
[<IF(WHOLE_BLOCKS && SHARES, [<if (part + 1 == parts)>])>])
            IF(WHOLE_BLOCKS, [<ROWS_OF(BLOCK, IF(WHOLE_BLOCKS > 1, b, 0))>])
        IF(REST, [<IF(SHARES, [<if (part + 1 == parts)>])
        ROWS_OF(REST, WHOLE_BLOCKS)>])
    IF(GROUPS > 1, [<}>])
}
m4_undefine([<BLOCKS>], [<BLOCK_PLANE>])m4_dnl
