/* The pass that draws what the layers make of pictures (--maps). */
#include "maps/maps.h"

#include <string.h>

#include "cli/tell.h"
#include "compilation.h"
#include "passes/outputs.h"
#include "report/report.h"

static bool count_is_right(struct compilation *c)
{
    const size_t count = c->options.maps.count, inputs = c->graph->inputs.count;
    if (count % inputs) {
        struct message *m = diag_report_file(c->diag, CHECK_FILE, NULL,
                                             "--maps: %zu image%s for a network of %zu inputs", count,
                                             count == 1 ? "" : "s", inputs);
        message_help(m, "give one for each input, in the order of the text: --maps=IMAGE --maps=IMAGE");
        return compilation_stop(c, STATUS_USAGE);
    }
    if (count / inputs > MAPS_MOST_PICTURES) {
        struct message *m = diag_report_file(c->diag, CHECK_LIMIT, NULL,
                                             "--maps: %zu images; a sheet has room for %d%s", count, MAPS_MOST_PICTURES,
                                             inputs > 1 ? " for each input" : "");
        message_help(m, "draw several sheets, each with -o FILE");
        return compilation_stop(c, STATUS_USAGE);
    }
    return true;
}

static bool is_png(const struct options *o)
{
    const size_t length = o->output ? strlen(o->output) : 0;
    return o->emit_given ? o->emit == EMIT_PNG : length > 4 && strcmp(o->output + length - 4, ".png") == 0;
}

/* No picture is drawn over. */
static bool output_spares_pictures(struct compilation *c, const char *path)
{
    bool right = output_spares_inputs(c, path);
    for (size_t i = 0; right && i < c->options.maps.count; i++)
        right = output_spares(c, path, c->options.maps.items[i]);
    return right;
}

bool pass_maps(struct compilation *c)
{
    struct options *o = &c->options;
    struct text svg = text_new(c->arena), png = text_new(c->arena);
    const bool wants_png = is_png(o);
    const char *error;
    if (!o->maps.count)
        return true;
    if (!count_is_right(c) || !compilation_needs_weights(c, "--maps"))
        return false;
    o->output = output_name(c, wants_png ? ".maps.png" : ".maps.svg");
    struct maps_request request = {.graph = c->graph,
                                   .types = c->types,
                                   .weights = c->weights,
                                   .pictures = o->maps.items,
                                   .count = o->maps.count,
                                   .resize = o->pad ? 2 : o->resize};
    if (!output_spares_pictures(c, o->output) || !maps_draw(c->arena, c->diag, &request, &svg))
        return false;
    if (wants_png && !report_png(&svg, &png, &error))
        return compilation_file_fault(c, NULL, error);
    const struct text *sheet = wants_png ? &png : &svg;
    if (!output_write_text(c, sheet->bytes, sheet->length))
        return false;
    tell_report(c);
    return compilation_stop(c, STATUS_DONE);
}
