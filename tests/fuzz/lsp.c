/* Any bytes as a session of the language server: as they are, or (if the first is odd) as a text that is opened, and
 * then requests about it and edits, of which each takes a few bytes. */
#include "serve/serve.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/utf8.h"
#include "compilation.h"
#include "fuzz.h"

static const char *const methods[] = {
    "hover",
    "completion",
    "definition",
    "references",
    "documentHighlight",
    "prepareRename",
    "rename",
    "inlayHint",
    "documentSymbol",
    "foldingRange",
    "formatting",
    "codeAction",
    "semanticTokens/full",
    "semanticTokens/range",
    "didChange",
    "didChange",
    "didChange",
    "didClose",
};

static void check(struct compilation *c)
{
    static bool (*const passes[])(struct compilation *) = {pass_read,  pass_parse, pass_expand, pass_import,
                                                           pass_check, pass_plan,  pass_report, pass_weights};
    c->diag = diag_new(c->arena);
    options_apply_warnings(&c->options, c->diag);
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
        if (!passes[i](c))
            break;
    weights_close(c->weights);
}

/* Bytes as a JSON string; those that are not UTF-8 become characters of their own. */
static void add_string(struct text *out, struct fuzz_part part)
{
    const char *bytes = arena_copy(out->arena, (const char *)part.data, part.size); /* with a NUL behind it */
    text_add_char(out, '"');
    for (size_t i = 0; i < part.size; i++) {
        const int length = utf8_length((const unsigned char *)bytes + i);
        if (length < 2) {
            text_printf(out, "\\u%04x", (unsigned char)bytes[i]);
            continue;
        }
        text_add_bytes(out, bytes + i, (size_t)length);
        i += (size_t)length - 1;
    }
    text_add_char(out, '"');
}

static void add_message(struct text *out, const struct text *body)
{
    text_printf(out, "Content-Length: %zu\r\n\r\n", body->length);
    text_add_bytes(out, body->bytes, body->length);
}

static void add_words(struct text *out, struct arena *arena, const char *words)
{
    struct text body = text_new(arena);
    text_add(&body, words);
    add_message(out, &body);
}

/* A request or a notification from four bytes: what, lines and characters. */
static void add_request(struct text *out, struct arena *arena, const uint8_t *bytes, struct fuzz_part text)
{
    const char *method = methods[bytes[0] % (sizeof methods / sizeof *methods)];
    const unsigned line = bytes[1] % 16, character = bytes[2] % 100, more = bytes[3];
    struct text body = text_new(arena);
    text_printf(&body,
                "{\"id\":%u,\"method\":\"textDocument/%s\",\"params\":{\"textDocument\":{\"uri\":\"file:///a.cnn\"},",
                more, method);
    text_printf(&body, "\"position\":{\"line\":%u,\"character\":%u},", line, character);
    text_printf(&body, "\"range\":{\"start\":{\"line\":%u,\"character\":%u},\"end\":{\"line\":%u,\"character\":%u}},",
                line, character, line + more / 128, character + more % 32);
    text_printf(&body,
                "\"contentChanges\":[{\"range\":{\"start\":{\"line\":%u,\"character\":%u},\"end\":{\"line\":%u,"
                "\"character\":%u}},\"text\":",
                line, character, line + more / 128, character + more % 8);
    add_string(&body, text);
    text_add(&body, "}],\"newName\":");
    add_string(&body, text);
    text_add(&body, "}}");
    if (strncmp(method, "did", 3) == 0) /* a notification has no id */
        memset(body.bytes + 1, ' ', strcspn(body.bytes + 1, ",") + 1);
    add_message(out, &body);
}

static struct text session(struct arena *arena, const uint8_t *data, size_t size)
{
    struct text out = text_new(arena);
    text_add(&out, "");
    if (size == 0 || data[0] % 2 == 0) {
        text_add_bytes(&out, (const char *)data + (size > 0), size - (size > 0));
        return out;
    }
    data++, size--;
    const struct fuzz_part text = fuzz_take("text", &data, &size);
    struct text open = text_new(arena);
    add_words(&out, arena, "{\"id\":0,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}");
    text_add(&open,
             "{\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{\"uri\":\"file:///a.cnn\",\"text\":");
    add_string(&open, text);
    text_add(&open, "}}}");
    add_message(&out, &open);
    while (size >= 4) {
        const uint8_t *request = data;
        data += 4, size -= 4;
        add_request(&out, arena, request, fuzz_take("new", &data, &size));
    }
    add_request(&out, arena, (const uint8_t[]){11, 0, 0, 255}, text); /* looks at the text as it is now */
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct options options = {0};
    fuzz_begin();
    const struct text in = session(arena, data, size);
    const int input = open(fuzz_file((const uint8_t *)in.bytes, in.length, ""), O_RDONLY | O_CLOEXEC);
    const int output = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const int status = serve(&(struct serve_host){check, &options, "cnnc"}, input, output);
    if (status != STATUS_DONE && status != STATUS_NETWORK && status != STATUS_USAGE)
        fuzz_fail("the server ends with status %d", status);
    close(input);
    close(output);
    arena_free(arena);
    return 0;
}
