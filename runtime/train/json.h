/* A reader of JSON for headers of .safetensors: no tree, the caller takes what comes. */
#ifndef CNN_TRAIN_JSON_H
#define CNN_TRAIN_JSON_H

#include "base.h"

struct json {
    const char *next, *end;
    int failed;
};

int cnn_json_take(struct json *json, char c);    /* 1 if the next token is this character, which is then read */
void cnn_json_expect(struct json *json, char c); /* fails if it is not */
/* A string, unescaped, into `text`; what does not fit is left out. */
void cnn_json_string(struct json *json, char *text, size_t room);
int64_t cnn_json_integer(struct json *json); /* 0 to 2^62 */
void cnn_json_skip(struct json *json);       /* any value, nested at most 64 deep */

#endif
