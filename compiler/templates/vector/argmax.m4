m4_dnl Where the largest of COUNT numbers of planar tensors is, or the first NaN: OUTER x COUNT x INNER of them, OUTER x
m4_dnl INNER results. Vectors lie across what is compared; if INNER is 1, numbers are compared one by one.
ASSERT([<OUTER >= 1 && COUNT >= 1 && INNER >= 1>])m4_dnl
m4_define([<REST>], m4_eval(INNER % LANES))m4_dnl
m4_define([<WHOLE>], m4_eval(INNER - REST))m4_dnl
m4_define([<PLUS_WHOLE>], [<IF(WHOLE, [< + WHOLE>])>])m4_dnl
m4_dnl TAKE(new, old): the new one, where v is the largest so far.
m4_define([<TAKE>], [<PICK(v, <=, most, $2, CHOOSE_[<>]LANES[<>](most, ==, most, $1, $2, whole_))>])m4_dnl
m4_dnl ACROSS(suffix, load): a function for one vector of results, which loads numbers with `load(pointer)`.
m4_define([<ACROSS>], [</* One vector of results. */
TARGET static inline VECTOR FUNCTION($1)(const float *x)
{
    VECTOR most = $2(x), place = {0};
    for (int k = 1; k < COUNT; k++) {
        const VECTOR v = $2(x + k * INNER);
        place = TAKE(SPLAT((float)k), place);
        most = TAKE(v, most);
    }
    return place;
}
>])m4_dnl
WHEN(INNER > 1 && REST, [<
    /* A vector of which only the first numbers are there. */
    TARGET static inline VECTOR FUNCTION(_part)(const float *x)
    {
        VECTOR v = {0};
        memcpy(&v, x, REST * sizeof *x);
        return v;
    }
>])
IF(INNER > 1 && REST, [<ACROSS([<_rest>], [<FUNCTION(_part)>])>])
IF(INNER > 1 && WHOLE, [<ACROSS([<_whole>], [<LOAD_AT>])>])
/* @about@ */
TARGET static void FUNCTION()(const float *restrict in, float *restrict out)
{
    for (int o = 0; o < OUTER; o++) {
        const float *x = in + o * m4_eval(COUNT * INNER);
        WHEN(INNER > 1, [<
            WHEN(WHOLE, [<
                for (int i = 0; i < WHOLE; i += LANES)
                    STORE_AT(out + o * INNER + i, FUNCTION(_whole)(x + i))
            >])
            WHEN(REST, [<
                const VECTOR rest = FUNCTION(_rest)(x[<>]PLUS_WHOLE);
                memcpy(out + o * INNER[<>]PLUS_WHOLE, &rest, REST * sizeof *out);
            >])
        >], [<
            float most = x[0];
            int place = 0;
            for (int k = 1; k < COUNT; k++)
                if (!(x[k] <= most) && most == most) {
                    most = x[k];
                    place = k;
                }
            out[o] = (float)place;
        >])
    }
}
