/* The words of the language, and what a token says about the line it is in. */
#include "grammar/words.h"

#include <string.h>

#include "grammar/ast.h"
#include "grammar/parser.h"

struct word {
    const char *text;
    int token;
};

static int find_word(const struct word *words, const char *text, size_t length)
{
    for (const struct word *w = words; w->text; w++)
        if (strlen(w->text) == length && memcmp(w->text, text, length) == 0)
            return w->token;
    return 0;
}

int keyword_token(const char *text, size_t length)
{
    static const struct word keywords[] = {
        {"network", TOKEN_NETWORK}, {"param", TOKEN_PARAM},   {"default", TOKEN_DEFAULT}, {"block", TOKEN_BLOCK},
        {"table", TOKEN_TABLE},     {"expect", TOKEN_EXPECT}, {"train", TOKEN_TRAIN},     {NULL, 0}};
    return find_word(keywords, text, length);
}

int identifier_token(const char *text, size_t length)
{
    /* clang-format off */
    static const struct word words[] = {
        {"if", TOKEN_IF}, {"else", TOKEN_ELSE}, {"as", TOKEN_AS}, {"and", TOKEN_AND}, {"or", TOKEN_OR},
        {"not", TOKEN_NOT}, {"yes", TOKEN_WORD}, {"no", TOKEN_WORD}, {"same", TOKEN_WORD}, {"valid", TOKEN_WORD},
        {"full", TOKEN_WORD}, {"nearest", TOKEN_WORD}, {"bilinear", TOKEN_WORD}, {"chw", TOKEN_WORD},
        {"hwc", TOKEN_WORD}, {"f32", TOKEN_WORD}, {"u8", TOKEN_WORD}, {"s8", TOKEN_WORD},
#define POOL(name, word) {#word, TOKEN_WORD},
#include "pools.def"
#undef POOL
        {NULL, 0}};
    /* clang-format on */
    int token = find_word(words, text, length);
    return token ? token : TOKEN_NAME;
}

int closing_bracket(int opening)
{
    return opening == '(' ? ')' : opening == '[' ? ']' : opening == '{' ? '}' : 0;
}

/* Operators that need something before and after them. */
static bool is_infix(int kind)
{
    switch (kind) {
    /* clang-format off */
    case TOKEN_ARROW: case TOKEN_IF: case TOKEN_ELSE: case TOKEN_AS: case TOKEN_AND: case TOKEN_OR:
    case TOKEN_LE: case TOKEN_GE: case TOKEN_EQ: case TOKEN_NE:
    case '+': case '-': case '*': case '/': case '%': case '^': case '<': case '>': case '=': case ',': case '|':
        /* clang-format on */
        return true;
    default: return false;
    }
}

bool token_wants_more(int kind)
{
    return is_infix(kind) || kind == TOKEN_NOT || kind == TOKEN_LABEL;
}

bool token_continues(int kind)
{
    return is_infix(kind) || kind == '?' || kind == ')' || kind == ']' || kind == '}';
}

bool token_ends_operand(int kind)
{
    return kind == TOKEN_INTEGER || kind == TOKEN_REAL || kind == TOKEN_SIZE || kind == TOKEN_NAME ||
           kind == TOKEN_WORD || kind == ')' || kind == ']' || kind == '}' || kind == '?';
}
