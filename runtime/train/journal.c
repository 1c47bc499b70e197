/* NAME.train.jsonl. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_ROOM = 600 };

void cnn_json_number(char *text, size_t room, double value)
{
    snprintf(text, room, isfinite(value) ? "%.9g" : "null", value);
}

/* Writes line `i`; returns its length. */
static int line(const struct history *h, int64_t i, char *text)
{
    const struct epoch *e = &h->epochs[i];
    const struct {
        const char *name;
        double value;
        int there;
    } fields[] = {{"loss", e->loss, 1},
                  {"rate", e->rate, 1},
                  {"seconds", e->seconds, 1},
                  {"images_per_second", e->images_per_second, 1},
                  {"test_loss", e->test_loss, e->tested != 0},
                  {"test_accuracy", e->accuracy, e->tested && h->has_answers},
                  {"test_top5", e->top5, e->tested && h->has_answers}};
    int length = snprintf(text, LINE_ROOM, "{\"epoch\": %lld", (long long)i + 1);
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
        char number[40];
        cnn_json_number(number, sizeof number, fields[k].value);
        if (fields[k].there)
            length += snprintf(text + length, LINE_ROOM - (size_t)length, ", \"%s\": %s", fields[k].name, number);
    }
    return length + snprintf(text + length, LINE_ROOM - (size_t)length, "}\n");
}

int cnn_journal_rewrite(const struct history *h, const char *path, struct trouble *t)
{
    struct writing w;
    char text[LINE_ROOM];
    if (cnn_writing_open(&w, path, t))
        return -1;
    for (int64_t i = 0; i < h->count; i++)
        cnn_writing_add(&w, text, (size_t)line(h, i, text));
    return cnn_writing_done(&w, t);
}

int cnn_journal_add(const struct history *h, const char *path, struct trouble *t)
{
    char text[LINE_ROOM];
    const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    const int length = line(h, h->count - 1, text);
    if (fd < 0)
        return cnn_trouble(t, "%s: cannot be written: %s", path, strerror(errno));
    errno = ENOSPC; /* if only a part fits */
    const int whole = write(fd, text, (size_t)length) == length;
    if (!whole)
        cnn_trouble(t, "%s: cannot be written: %s", path, strerror(errno));
    close(fd);
    return whole ? 0 : -1;
}
