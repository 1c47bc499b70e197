/* The contents of rules.def as C. */
#ifndef CNNC_CHECK_RULES_H
#define CNNC_CHECK_RULES_H

#include "base/diag.h"

struct rule_info {
    enum check check;
    const char *reason, *exceptions;
};
enum {
#define RULE(identifier, reason, exceptions) RULE_##identifier,
#include "check/rules.def"
#undef RULE
    RULE_COUNT
};
extern const struct rule_info rule_table[RULE_COUNT];

/* Of a check of class RULE. */
const struct rule_info *rule_info(enum check check);

#endif
