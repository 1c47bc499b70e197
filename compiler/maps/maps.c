/* --maps: which rows the sheet has, their numbers, the drawing. */
#include "maps/maps.h"

#include "maps/sheet.h"

bool maps_draw(struct arena *arena, struct diag *diag, const struct maps_request *request, struct text *svg)
{
    struct sheet sheet = {
        .arena = arena, .diag = diag, .request = request, .sets = request->count / request->graph->inputs.count};
    sheet_choose_rows(&sheet);
    if (!sheet_collect(&sheet))
        return false;
    sheet_draw(&sheet, svg);
    return true;
}
