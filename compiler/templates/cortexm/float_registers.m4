m4_dnl The registers of a tile: PIXELS times FILTERS sums, then weights, then numbers of the image.
m4_dnl REGISTERS(first, count): as a list that an instruction takes.
m4_define([<REGISTERS>], [<{s[<>]m4_eval($1)[<>]IF($2 > 1, [<-s[<>]m4_eval($1 + $2 - 1)>])}>])m4_dnl
m4_define([<SUM>], [<s[<>]m4_eval(($1) * FILTERS + ($2))>])m4_dnl
m4_define([<SUMS>], [<m4_eval(PIXELS * FILTERS)>])m4_dnl
m4_define([<WEIGHT>], [<s[<>]m4_eval(SUMS + ($1) * FILTERS + ($2))>])m4_dnl
m4_dnl CLOBBERED(count): the first so many registers.
m4_define([<CLOBBERED>], [<SEPARATED([<, >], [<R>], $1, [<IF(R && R % 12 == 0, [<
                       >])"s[<>]R">])>])m4_dnl
m4_dnl All pixels begin with the biases, which x0 points to.
m4_define([<BEGIN>], [<"vldmia %[x0], REGISTERS(0, FILTERS)\n\t"
EACH([<P>], PIXELS, [<IF(P, [<EACH([<F>], FILTERS, [<        "vmov.f32 SUM(P, F), SUM(0, F)\n\t"
>])>])>])>])m4_dnl
m4_define([<END>], [<        "subs %[count], %[count], #1\n\t"
        "bne 1b\n\t"
        "ldr %[n], [%[tile]]\n\t"
        "vstmia %[n], REGISTERS(0, SUMS)">])m4_dnl
