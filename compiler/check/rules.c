/* The table of the rules of thumb. */
#include "check/rules.h"

const struct rule_info rule_table[RULE_COUNT] = {
#define RULE(identifier, reason, exceptions) {CHECK_##identifier, reason, exceptions},
#include "check/rules.def"
#undef RULE
};

const struct rule_info *rule_info(enum check check)
{
    for (int i = 0; i < RULE_COUNT; i++)
        if (rule_table[i].check == check)
            return &rule_table[i];
    return NULL;
}
