/* The tables of targets.def, and what the machine that cnnc runs on has. */
#include "plan/targets.h"

#include <string.h>

#include "plan/cortexm/cortexm.h"
#include "plan/portable/portable.h"
#include "plan/vector/vector.h"

/* ---- instruction sets ---- */

#define HAS(feature) #feature,
#define HALVES(feature)
#define COSTS(name, set, memory, cached, last)
#define TARGET(name, planner, costs, sets, text)
#define SET(name, lanes, registers, sums, first, second, machine, features)                                            \
    _Static_assert((sums) < (registers), #name ": its sums leave no register for a weight");                           \
    static const char *const features_##name[] = {features NULL};
#include "plan/targets.def"
#undef SET
#undef HALVES
#undef HAS

#define HAS(feature)
#define HALVES(feature) #feature,
#define SET(name, lanes, registers, sums, first, second, machine, features)                                            \
    static const char *const halves_##name[] = {features NULL};                                                        \
    static const struct vector_set set_##name = {#name, lanes, sums, first, second, features_##name, halves_##name};
#include "plan/targets.def"
#undef SET
#undef TARGET
#undef COSTS
#undef HALVES
#undef HAS

/* ---- cost models ---- */

#define SET(name, lanes, registers, sums, first, second, machine, features)
#define TARGET(name, planner, costs, sets, text)
#define COSTS(name, set, memory, cached, last)                                                                         \
    static const struct costs costs_##name = {&set_##set, memory, cached, last, false};
#include "plan/targets.def"
#undef COSTS
#undef TARGET
#undef SET

/* ---- targets ---- */

const struct target target_table[] = {
#define SET(name, lanes, registers, sums, first, second, machine, features)
#define COSTS(name, set, memory, cached, last)
#define USES(set) &set_##set,
#define TARGET(name, planner, costs, sets, text) {name, &planner##_planner, &costs_##costs, {sets NULL}, text},
#include "plan/targets.def"
#undef TARGET
#undef USES
#undef COSTS
#undef SET
    {NULL, NULL, NULL, {NULL}, NULL}};

const char target_words[] =
#define SET(name, lanes, registers, sums, first, second, machine, features)
#define COSTS(name, set, memory, cached, last)
#define TARGET(name, planner, costs, sets, text) name "|"
#include "plan/targets.def"
#undef TARGET
#undef COSTS
#undef SET
    "native";

/* ---- this machine ---- */

#define HALVES(feature)
#if defined __x86_64__
#define HAS(feature) &&__builtin_cpu_supports(#feature)
#define MACHINE_X86(features) (true features)
#else
#define MACHINE_X86(features) false
#endif
#if defined __aarch64__
/* What all have; a set with features beyond that is never native, since nothing here asks for them. */
#define MACHINE_ARM64(features) (sizeof #features == sizeof "")
#else
#define MACHINE_ARM64(features) false
#endif
#define MACHINE_WASM(features) false /* a cnnc in a browser writes C for other machines */

static bool machine_has(const struct vector_set *set)
{
#if defined __x86_64__
    __builtin_cpu_init();
#endif
#define COSTS(name, set, memory, cached, last)
#define TARGET(name, planner, costs, sets, text)
#define SET(name, lanes, registers, sums, first, second, machine, features)                                            \
    if (set == &set_##name)                                                                                            \
        return MACHINE_##machine(features);
#include "plan/targets.def"
#undef SET
#undef TARGET
#undef COSTS
    return false;
}

const struct vector_set *target_set_here(const struct target *target)
{
    for (size_t i = 0; target->sets[i]; i++)
        if (machine_has(target->sets[i]))
            return target->sets[i];
    return NULL;
}

bool target_runs_here(const struct target *target)
{
    return !target_is_fast(target) || target_set_here(target); /* plain C runs anywhere */
}

static const struct target *native_target(void)
{
    const struct target *last = NULL;
    for (const struct target *target = target_table; target->name; target++)
        if (target_runs_here(target) && (!last || target_is_fast(target)))
            last = target;
    return last;
}

const struct target *target_named(const char *name)
{
    if (name && strcmp(name, "native") == 0)
        return native_target();
    for (const struct target *target = target_table; target->name; target++)
        if (strcmp(target->name, name ? name : "c99") == 0)
            return target;
    return NULL;
}
