/* Strings as JSON, always valid UTF-8 whatever bytes they hold. */
#ifndef CNNC_BASE_JSON_TEXT_H
#define CNNC_BASE_JSON_TEXT_H

struct text;

void json_add_string(struct text *out, const char *string); /* with its quotes */

#endif
