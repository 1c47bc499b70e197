
/* ---- The time of each layer: a table, and a picture whose widths are times, and whose rows levels of names. ---- */

enum { PROFILE_WIDTH = 1200, PROFILE_ROW = 22, PROFILE_LEVELS = 8 };

/* How many dots a name has, at most PROFILE_LEVELS - 1. */
static int main_depth(const char *name)
{
    int depth = 0;
    for (; *name; name++)
        depth += *name == '.' && depth < PROFILE_LEVELS - 1;
    return depth;
}

/* The length of the first `level` + 1 parts of a name; of all, if it has no more. */
static size_t main_part(const char *name, int level)
{
    const char *p = name;
    for (;; p++)
        if (!*p || (*p == '.' && level-- == 0))
            return (size_t)(p - name);
}

static void main_escaped(FILE *file, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const unsigned char byte = (unsigned char)text[i];
        if (byte == '<' || byte == '>' || byte == '&' || byte == '"')
            fprintf(file, "&#%d;", byte);
        else
            fputc(byte < ' ' || byte >= 0x7F ? '?' : byte, file);
    }
}

static void main_box(FILE *file, double x, double width, int row, int hue, const char *text, size_t length,
                     double seconds, double total)
{
    const double fits = (width - 8) / 7;
    if (width < 0.05)
        return;
    fprintf(file, "<g><title>");
    main_escaped(file, text, length);
    fprintf(file, ": %.3f us, %.1f %%</title><rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" "
                  "fill=\"hsl(%d,65%%,72%%)\" stroke=\"#fff\"/>", seconds * 1e6, 100 * seconds / total, x,
            row * PROFILE_ROW, width, PROFILE_ROW, hue);
    if (fits >= 2) {
        fprintf(file, "<text x=\"%.2f\" y=\"%d\">", x + 4, row * PROFILE_ROW + 15);
        main_escaped(file, text, (double)length <= fits ? length : (size_t)fits);
        fprintf(file, "</text>");
    }
    fprintf(file, "</g>\n");
}

/* A colour for each kind of layer. */
static int main_hue(const char *kind)
{
    unsigned hue = 7;
    for (; *kind; kind++)
        hue = hue * 31 + (unsigned char)*kind;
    return (int)(hue % 360);
}

/* Neighbours that share the first parts of their names are one box of that row. */
static void main_row(FILE *file, const struct cnn_layer_time *times, int level, double total)
{
    const struct cnn_layer *layers = @name@_model.layers;
    const int count = @name@_model.layer_count;
    double x = 0;
    for (int i = 0, next; i < count; i = next) {
        const size_t part = main_part(layers[i].name, level);
        const int depth = main_depth(layers[i].name);
        double seconds = 0;
        for (next = i; next < count && (next == i || (depth > level && main_depth(layers[next].name) > level &&
                                                      main_part(layers[next].name, level) == part &&
                                                      strncmp(layers[next].name, layers[i].name, part) == 0)); next++)
            seconds += times[next].median;
        const double width = PROFILE_WIDTH * seconds / total;
        if (depth >= level)
            main_box(file, x, width, level + 1, depth > level ? 40 : main_hue(layers[i].kind), layers[i].name, part,
                     seconds, total);
        x += width;
    }
}

static void main_draw(const char *path, const struct cnn_layer_time *times, double total)
{
    FILE *file = fopen(path, "w");
    int depth = 0;
    for (int i = 0; i < @name@_model.layer_count; i++)
        if (main_depth(@name@_model.layers[i].name) > depth)
            depth = main_depth(@name@_model.layers[i].name);
    if (!file)
        main_fail("%s: %s", path, strerror(errno));
    fprintf(file, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"monospace\" "
                  "font-size=\"12\">\n", PROFILE_WIDTH, (depth + 2) * PROFILE_ROW);
    main_box(file, 0, PROFILE_WIDTH, 0, 200, "@name@", strlen("@name@"), total, total);
    for (int level = 0; level <= depth; level++)
        main_row(file, times, level, total);
    fprintf(file, "</svg>\n");
    if (ferror(file) || fclose(file) != 0)
        main_fail("%s: %s", path, strerror(errno));
}

static void main_table(const struct cnn_layer_time *times, double total)
{
    char name[100], shape[48];
    printf("%-28s %-10s %-14s %12s %7s %9s\n", "layer", "kind", "result", "microseconds", "share", "GMAC/s");
    for (int i = 0; i < @name@_model.layer_count; i++) {
        const struct cnn_layer *layer = &@name@_model.layers[i];
        const double seconds = times[i].median;
        snprintf(shape, sizeof shape, "%dx%dx%d", (int)layer->height, (int)layer->width, (int)layer->channels);
        printf("%-28s %-10s %-14s %12.3f %6.1f%%", main_plain(layer->name, name, sizeof name), layer->kind, shape,
               seconds * 1e6, 100 * seconds / total);
        if (layer->macs > 0 && seconds > 0)
            printf(" %9.2f", (double)layer->macs / seconds * 1e-9);
        printf("\n");
    }
    printf("%-28s %-10s %-14s %12.3f\n", "sum of the medians", "", "", total * 1e6);
}

/* As many runs as --bench's seconds have room for, at least 5. */
static void main_profile(struct cnn_net *net, const struct main_options *options, const void *const *inputs,
                         void *const *outputs)
{
    const int count = @name@_model.layer_count;
    struct cnn_layer_time *times = (struct cnn_layer_time *)main_allocate((size_t)count, sizeof *times);
    struct cnn_error error;
    cnn_run_many(net, inputs, outputs);
    const double begin = main_now();
    cnn_run_many(net, inputs, outputs);
    const double room = options->seconds / (main_now() - begin + 1e-9);
    const int runs = room < 5 ? 5 : room > 10000 ? 10000 : (int)room;
    double total = 0;
    if (cnn_profile(net, inputs, outputs, runs, times, &error))
        main_fail("%s", error.message);
    for (int i = 0; i < count; i++)
        total += times[i].median;
    total = total > 0 ? total : 1e-9;
    main_table(times, total);
    if (options->picture)
        main_draw(options->picture, times, total);
    free(times);
}
