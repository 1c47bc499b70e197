/* Messages of the protocol on two file descriptors: JSON, each after a header with its length. It knows nothing of what
 * they say. */
#ifndef CNNC_SERVE_WIRE_H
#define CNNC_SERVE_WIRE_H

#include <jansson.h>
#include <stdbool.h>

struct wire;

enum wire_result {
    WIRE_MESSAGE,    /* *message is the caller's */
    WIRE_UNREADABLE, /* what came was not JSON; *error says why, until the next call */
    WIRE_NOTHING,    /* nothing has come yet */
    WIRE_END,        /* the other side has closed, or what it says cannot be followed: *error says why, or is NULL */
};

struct wire *wire_new(int input, int output);
void wire_free(struct wire *wire);
enum wire_result wire_receive(struct wire *wire, bool wait, json_t **message, const char **error);
/* Takes the message over. What can no longer be sent is dropped. */
void wire_send(struct wire *wire, json_t *message);

#endif
