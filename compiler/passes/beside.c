/* Finds the hash in generated code, and says which weights can be packed beside it. */
#include "passes/beside.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "passes/outputs.h"
#include "runtime/cnnw.h"

static const char *code_path(struct compilation *c)
{
    return path_with_ending(c->arena, output_name(c, ".cnnw"), ".c");
}

/* Where the first `word' ends in the bytes from `at' on; NULL: it is not there. */
static const char *behind(const struct mapping *file, const char *at, const char *word)
{
    const size_t length = strlen(word);
    const char *end = (const char *)file->bytes + file->length;
    while (at && (size_t)(end - at) >= length) {
        if (memcmp(at, word, length) == 0)
            return at + length;
        at = memchr(at + 1, *word, (size_t)(end - at - 1));
    }
    return NULL;
}

/* As the model's table has it: CNN_ABI, "name", UINT64_C(0x0123456789abcdef), with more behind CNN_ABI for a batch. */
static uint64_t hash_in(const struct mapping *file)
{
    enum { DIGITS = 16 };
    char digits[DIGITS + 1] = {0};
    const char *at = behind(file, (const char *)file->bytes, "_model = {\n    CNN_ABI");
    at = at ? behind(file, at, "UINT64_C(0x") : NULL;
    if (!at || (const char *)file->bytes + file->length - at < DIGITS)
        return 0;
    memcpy(digits, at, DIGITS);
    return strspn(digits, "0123456789abcdef") == DIGITS ? strtoull(digits, NULL, 16) : 0;
}

uint64_t beside_hash(struct compilation *c)
{
    const char *error;
    struct mapping file;
    if (output_is_standard(c->options.output) && c->options.output)
        return 0;
    if (!path_exists(code_path(c)) || path_is_special(code_path(c)) || !file_map(c->arena, code_path(c), &file, &error))
        return 0;
    const uint64_t hash = file.length ? hash_in(&file) : 0;
    file_unmap(&file);
    return hash;
}

bool beside_fits(struct compilation *c)
{
    const uint64_t hash = beside_hash(c);
    if (!cnnw_is_folded(hash) || hash == c->plan->hash)
        return true;
    struct message *m = diag_report_file(c->diag, CHECK_WEIGHTS, code_path(c),
                                         "it was generated for other weights, whose constant channels are folded away "
                                         "(plan %016llx; these weights need %016llx)",
                                         (unsigned long long)hash, (unsigned long long)c->plan->hash);
    message_help(m, "generate it again with these weights; or with --no-fold-constant, once, and then pack any weights "
                    "for it with --emit=cnnw --no-fold-constant");
    return false;
}
