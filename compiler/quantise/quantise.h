/* Operations of a quantised network: after lowering, layers that compute in integers get results of s8 and take over
 * the bounds behind them, folded layers go, and conversions come where floats and integers, or different scales,
 * meet. */
#ifndef CNNC_QUANTISE_QUANTISE_H
#define CNNC_QUANTISE_QUANTISE_H

#include "lower/ops.h"

struct meaning;
struct types;

void quantise(struct op_list *list, const struct types *types);

/* What the integers of a value mean: scale*(integer - zero). */
float value_scale(const struct value *value);
int32_t value_zero(const struct value *value);
struct meaning value_meaning(const struct value *value);
bool value_same_meaning(const struct value *a, const struct value *b);

/* Entry i is what a UNARY, or a CONVERT of s8, makes of i - 128. */
void quantise_table(const struct op *op, signed char table[256]);
/* Entry i is what becomes of byte i of an INPUT's channel c. */
void quantise_bytes(const struct op *input, int64_t c, signed char table[256]);
/* Entry i is exp of i - 255 steps of a SOFTMAX's input, as 31 bits behind the point; 0 where the format has it so. */
void quantise_exponentials(const struct op *op, int32_t table[256]);

#endif
