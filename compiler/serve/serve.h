/* The language server (cnnc --lsp): what is known about a text, said to an editor in the language server protocol. */
#ifndef CNNC_SERVE_SERVE_H
#define CNNC_SERVE_SERVE_H

struct compilation;
struct options;

struct serve_host {
    /* Everything that --check does. Messages are left in c->diag. */
    void (*check)(struct compilation *c);
    const struct options *options; /* of the command line; an editor's settings come on top */
    const char *program;           /* argv[0] */
};

/* Serves until the other side ends the session; returns the exit status. */
int serve(const struct serve_host *host, int input, int output);

#endif
