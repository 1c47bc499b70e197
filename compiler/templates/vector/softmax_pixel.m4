m4_dnl SOFTMAX and LOGSOFTMAX of the CHANNELS numbers of a single pixel. The largest is taken off first, so that no
m4_dnl exponential overflows. Numbers that do not fill a vector are its first lanes, and the others the exponential's
m4_dnl zeros. The result may lie where the input lies.
ASSERT([<CHANNELS >= 1>])m4_dnl
m4_define([<REST>], m4_eval(CHANNELS % LANES))m4_dnl
m4_define([<WHOLE>], m4_eval(CHANNELS - CHANNELS % LANES))m4_dnl
/* @about@ */
TARGET static void FUNCTION()(const float *in, float *out)
{
    VECTOR largest = SPLAT(-INFINITY), sum = {0};
    WHEN(REST, [<
        VECTOR rest = SPLAT(-INFINITY);
        memcpy(&rest, in + WHOLE, REST * sizeof *in);
        largest = rest;
    >])
    WHEN(WHOLE, [<
        VECTOR other = SPLAT(-INFINITY);
        for (int c = 0; c < WHOLE; c += LANES) {
            const VECTOR p = LOAD_AT(in + c), before = largest;
            largest = other;
            other = PICK(p, >, before, p, before);
        }
        largest = PICK(largest, >, other, largest, other);
    >])
    TOTAL([<largest>], [<LARGER_OF_PAIRS>])
    WHEN(WHOLE, [<
        for (int c = 0; c < WHOLE; c += LANES) {
            const VECTOR e = EXP[<>](LOAD_AT(in + c) - largest);
            IF(LOGARITHM, [<>], [<STORE_AT(out + c, e)>])
            sum += e;
        }
    >])
    WHEN(REST, [<
        const VECTOR last = EXP[<>](rest - largest);
        sum += last;
    >])
    TOTAL([<sum>], [<SUMS_OF_PAIRS>])
    const VECTOR share = IF(LOGARITHM, [<LOG[<>](sum)>], [<1.0f / sum>]);
    WHEN(WHOLE, [<
        for (int c = 0; c < WHOLE; c += LANES)
            STORE_AT(out + c, IF(LOGARITHM, [<LOAD_AT(in + c) - largest - share>], [<LOAD_AT(out + c) * share>]))
    >])
    WHEN(REST, [<
        rest = IF(LOGARITHM, [<rest - largest - share>], [<last * share>]);
        memcpy(out + WHOLE, &rest, REST * sizeof *out);
    >])
}
