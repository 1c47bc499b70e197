m4_divert(-1)
m4_dnl The numbers that are normalised together. EACH_SET and EACH_OF_SET are loops: over groups of maps, then over
m4_dnl channel c and pixel (y, x); or over pixels, then over channels.
m4_define([<EACH_SET>], [<IF(BY_PIXEL, [<for (int p = 0; p < m4_eval(IN_H * IN_W); p++)>],
    [<for (int c0 = 0; c0 < CHANNELS; c0 += SET_CHANNELS)>])>])
m4_define([<EACH_OF_SET>], [<IF(BY_PIXEL, [<for (int c = 0, y = p / IN_W, x = p % IN_W; c < CHANNELS; c++)>],
    [<for (int c = c0; c < c0 + SET_CHANNELS; c++)
            for (int y = 0; y < IN_H; y++)
            for (int x = 0; x < IN_W; x++)>])>])
m4_define([<NUMBER_OF>], [<$1[<>][PLUS([<c * $2_PLANE + y * $2_ROW + x * LANE_COUNT + l>], $2_START)]>])
m4_define([<WEIGHT_PLACE>], [<IF(BY_CHANNEL, [<c>], [<(c * IN_H + y) * IN_W + x>])>])
m4_define([<FIND_MOMENTS>], [<EACH_LANE
            mean[l] = inverse[l] = 0.0f;
        EACH_OF_SET
            EACH_LANE
                mean[l] += NUMBER_OF(in, IN);
        EACH_LANE
            mean[l] *= SET_SHARE;
        EACH_OF_SET
            EACH_LANE
                inverse[l] += (NUMBER_OF(in, IN) - mean[l]) * (NUMBER_OF(in, IN) - mean[l]);
        EACH_LANE
            inverse[l] = 1.0f / sqrtf(inverse[l] * SET_SHARE + EPSILON);>])
m4_divert(0)m4_dnl
