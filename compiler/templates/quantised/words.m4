m4_dnl What kernels of integers share. A sum of products is brought to the result's scale by what `channels' holds: for
m4_dnl each filter a first summand (the bias, and what the input's zero point takes off), then each one's multiplier,
m4_dnl then each one's shift.
m4_define([<CHANNEL_FIRST>], [<channels[$1]>])m4_dnl
m4_define([<CHANNEL_MULTIPLIER>], [<channels[m4_eval(OUT_C) + $1]>])m4_dnl
m4_define([<CHANNEL_SHIFT>], [<channels[m4_eval(2 * OUT_C) + $1]>])m4_dnl
m4_dnl RESULT(sum, multiplier, shift)
m4_define([<RESULT>], [<REQUANTISE[<>]($1, $2, $3, OUT_ZERO, LOW, HIGH)>])m4_dnl
ASSERT([<-128 <= LOW && LOW <= HIGH && HIGH <= 127 && -128 <= OUT_ZERO && OUT_ZERO <= 127>])m4_dnl
