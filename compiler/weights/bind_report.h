/* Inside weights/: what is said when a file does not fit. */
#ifndef CNNC_WEIGHTS_BIND_REPORT_H
#define CNNC_WEIGHTS_BIND_REPORT_H

#include "weights/binding.h"

void bind_report_missing(struct binding *binding, const struct wanted *wanted);
void bind_report_shape(struct binding *binding, const struct wanted *wanted);
void bind_report_type(struct binding *binding, const struct wanted *wanted);
void bind_report_value(struct binding *binding, const struct wanted *wanted, int64_t index, float value);
void bind_report_unreadable(struct binding *binding, const struct wanted *wanted, const char *error);
void bind_report_surplus(struct binding *binding, const struct stored *stored);
/* Of all the network's weights the file has none. */
void bind_report_nothing(struct binding *binding);
/* bind_names.c: if all that is missing is there under other names, says so in one message, and returns true. */
bool bind_report_names(struct binding *binding);
void bind_report_order(struct binding *binding, const struct wanted *wanted);

#endif
