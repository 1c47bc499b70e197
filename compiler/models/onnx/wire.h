/* Protocol buffers, written by hand: the few forms that a model file needs, appended to text. */
#ifndef CNNC_ONNX_WIRE_H
#define CNNC_ONNX_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

void wire_varint(struct text *out, uint64_t value);
void wire_int(struct text *out, int field, int64_t value);
void wire_float(struct text *out, int field, float value);
void wire_bytes(struct text *out, int field, const void *bytes, size_t length);
void wire_string(struct text *out, int field, const char *string);
void wire_message(struct text *out, int field, const struct text *message);
/* The head of a field whose `length` bytes the caller writes next. */
void wire_head(struct text *out, int field, uint64_t length);
/* Bytes that such a field takes in all. */
uint64_t wire_field_size(int field, uint64_t length);

#endif
