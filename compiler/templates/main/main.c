
/* ---- A program around the network: reads inputs, runs them, prints or writes the outputs, takes the time. ---- */

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cnn.h"

struct main_options {
    const char *labels, *output, *weights;
    int top, threads, bench;
    double seconds;
@profile@    int profile;
@profile@    const char *picture;
};

static void main_fail(const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "@name@: ");
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    exit(1);
}

static void *main_allocate(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        main_fail("out of memory");
    return memory;
}

@batch@/* A call takes so many images. */
@batch@#define MAIN_IMAGES ((size_t)(@name@_model.abi >> 16) + 1)
@batch@
static size_t main_elements(const struct cnn_tensor *tensor)
{
    return (size_t)tensor->height * (size_t)tensor->width * (size_t)tensor->channels;
}

static size_t main_width(const struct cnn_tensor *tensor)
{
    return tensor->type == 0 || tensor->type == 3 ? sizeof(float) : sizeof(unsigned char);
}

static size_t main_bytes(const struct cnn_tensor *tensor)
{
    return main_elements(tensor) * main_width(tensor);
}

static void main_store(const struct cnn_tensor *tensor, void *data, size_t at, double value)
{
    const double steps = tensor->type < 2 ? 0 : floor(value / (double)tensor->scale + tensor->zero_point + 0.5);
    if (tensor->type == 0)
        ((float *)data)[at] = (float)value;
    else if (tensor->type == 2)
        ((signed char *)data)[at] = (signed char)(steps < -128 ? -128 : steps > 127 ? 127 : steps);
    else
        ((unsigned char *)data)[at] = (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5);
}

/* What a terminal may be shown of a text: control characters become '?'. */
static const char *main_plain(const char *text, char *plain, size_t size)
{
    size_t length = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p && length + 1 < size; p++) {
        const int control = *p < ' ' || *p == 0x7F || (*p == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0);
        plain[length++] = control ? '?' : (char)*p;
        p += *p == 0xC2 && control;
    }
    plain[length] = 0;
    return plain;
}

static const char *main_name(const struct cnn_tensor *tensor, char plain[100])
{
    return main_plain(tensor->name, plain, 100);
}

/* ---- inputs: raw numbers, .npy, PGM and PPM ---- */

static unsigned char *main_read(const char *path, size_t *length)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    size_t capacity = 1 << 16, got;
    unsigned char *bytes = (unsigned char *)main_allocate(capacity, 1);
    if (!file)
        main_fail("%s: %s", path, strerror(errno));
    *length = 0;
    while ((got = fread(bytes + *length, 1, capacity - *length, file)) > 0) {
        *length += got;
        if (*length == capacity) {
            bytes = (unsigned char *)realloc(bytes, capacity *= 2);
            if (!bytes)
                main_fail("%s: out of memory", path);
        }
    }
    if (ferror(file))
        main_fail("%s: %s", path, strerror(errno));
    if (file != stdin)
        fclose(file);
    return bytes;
}

/* Is the first byte of a number the lowest one on this machine? */
static int main_little(void)
{
    const uint16_t one = 1;
    return *(const unsigned char *)&one;
}

/* Numbers of `size` bytes, in the network's own order of elements; `swap`: the bytes of each are turned round. */
static void main_numbers(const char *path, const unsigned char *bytes, size_t length, size_t size, int swap,
                         const struct cnn_tensor *tensor, void *data)
{
    const size_t count = main_elements(tensor);
    char name[100];
    if (length != count * size)
        main_fail("%s: %lu bytes; %s is %dx%dx%d: %lu numbers", path, (unsigned long)length, main_name(tensor, name),
                  (int)tensor->height, (int)tensor->width, (int)tensor->channels, (unsigned long)count);
    for (size_t i = 0; i < count; i++) {
        double real = bytes[i * size];
        float single = 0;
        unsigned char number[8];
        for (size_t byte = 0; byte < size; byte++)
            number[byte] = bytes[i * size + (swap ? size - 1 - byte : byte)];
        if (size == 4)
            memcpy(&single, number, 4);
        if (size == 8)
            memcpy(&real, number, 8);
        main_store(tensor, data, i, size == 4 ? (double)single : real);
    }
}

static void main_npy(const char *path, const unsigned char *bytes, size_t length, const struct cnn_tensor *tensor,
                     void *data)
{
    char header[1000];
    const size_t begin = bytes[6] == 1 ? 10 : 12;
    size_t text = length >= 12 ? (size_t)bytes[8] + 256u * (size_t)bytes[9] : length;
    if (length >= 12 && begin == 12)
        text += 65536u * ((size_t)bytes[10] + 256u * (size_t)bytes[11]);
    if (length < 12 || text > length - begin || text >= sizeof header)
        main_fail("%s: a damaged .npy file", path);
    memcpy(header, bytes + begin, text);
    header[text] = 0;
    const char *type = strstr(header, "'descr':");
    const size_t size = !type                                            ? 0
                        : strstr(type, "'<f4'") || strstr(type, "'>f4'") ? 4
                        : strstr(type, "'<f8'") || strstr(type, "'>f8'") ? 8
                        : strstr(type, "'|u1'")                          ? 1
                                                                         : 0;
    if (size == 0 || strstr(header, "'fortran_order': True"))
        main_fail("%s: only float32, float64 and uint8 arrays in C order can be read", path);
    main_numbers(path, bytes + begin + text, length - begin - text, size,
                 (strstr(type, "'<f") != NULL) != main_little(), tensor, data);
}

/* The next number of a picture's text; -1 if there is none. */
static long main_word(const unsigned char *bytes, size_t length, size_t *at)
{
    long value = 0;
    while (*at < length && (bytes[*at] == '#' || bytes[*at] <= ' '))
        if (bytes[(*at)++] == '#')
            while (*at < length && bytes[*at] != '\n')
                ++*at;
    if (*at >= length || bytes[*at] < '0' || bytes[*at] > '9')
        return -1;
    for (; *at < length && bytes[*at] >= '0' && bytes[*at] <= '9' && value < 100000000; ++*at)
        value = 10 * value + (bytes[*at] - '0');
    return value;
}

/* A picture of the network's size, as 0..255; grey becomes RGB and RGB grey where the network wants it. */
static void main_picture(const char *path, const unsigned char *bytes, size_t length, const struct cnn_tensor *tensor,
                         void *data)
{
    const char kind = (char)bytes[1];
    const int colors = kind == '3' || kind == '6' ? 3 : 1, text = kind == '2' || kind == '3';
    char name[100];
    size_t at = 2;
    const long width = main_word(bytes, length, &at), height = main_word(bytes, length, &at);
    const long white = main_word(bytes, length, &at);
    const int depth = white > 255 ? 2 : 1, channels = (int)tensor->channels;
    at++; /* one blank */
    if (width < 1 || height < 1 || white < 1 || white > 65535)
        main_fail("%s: a damaged PGM or PPM file", path);
    if (width != tensor->width || height != tensor->height || (channels != 1 && channels != 3))
        main_fail("%s: the picture is %ldx%ldx%d, %s is %dx%dx%d (height, width, channels)", path, height, width,
                  colors, main_name(tensor, name), (int)tensor->height, (int)tensor->width, channels);
    const size_t pixels = (size_t)(width * height);
    if (!text && (length < at || length - at < pixels * (size_t)(colors * depth)))
        main_fail("%s: truncated", path);
    for (size_t i = 0; i < pixels; i++) {
        double rgb[3];
        for (int c = 0; c < colors; c++) {
            long value = 0;
            if (text)
                value = main_word(bytes, length, &at);
            else
                for (int byte = 0; byte < depth; byte++)
                    value = 256 * value + bytes[at++];
            if (value < 0)
                main_fail("%s: truncated", path);
            rgb[c] = 255.0 * (double)value / (double)white;
        }
        if (colors == 1)
            rgb[1] = rgb[2] = rgb[0];
        if (colors == 3 && channels == 1)
            rgb[0] = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
        for (int c = 0; c < channels; c++) {
            const size_t plane = (size_t)c;
            main_store(tensor, data, tensor->layout == 0 ? plane * pixels + i : i * (size_t)channels + plane, rgb[c]);
        }
    }
}

static void main_load(const char *path, const struct cnn_tensor *tensor, void *data)
{
    size_t length;
    unsigned char *bytes = main_read(path, &length);
    if (tensor->type == 2 && length == main_bytes(tensor)) /* integers as they are */
        memcpy(data, bytes, length);
    else if (length > 8 && memcmp(bytes, "\x93NUMPY", 6) == 0)
        main_npy(path, bytes, length, tensor, data);
    else if (length > 6 && bytes[0] == 'P' && strchr("2356", bytes[1]) && bytes[2] <= ' ' && bytes[1] &&
             length != main_bytes(tensor))
        main_picture(path, bytes, length, tensor, data);
    else
        main_numbers(path, bytes, length, length == main_elements(tensor) ? sizeof *bytes : sizeof(float), 0, tensor,
                     data);
    free(bytes);
}

/* Numbers of 0 to 1 (bytes of 0 to 255), the same at every start. */
static void main_random(const struct cnn_tensor *tensor, void *data)
{
    uint32_t state = 2463534242u;
    for (size_t i = 0; i < main_elements(tensor); i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        main_store(tensor, data, i, (state >> 8) / 16777216.0 * (tensor->type == 1 ? 255 : 1));
    }
}

/* ---- outputs ---- */

/* What integers of an output mean, as floats in their place, which has room for them. */
static void main_as_floats(const struct cnn_tensor *tensor, void *data)
{
    if (tensor->type == 2)
        for (size_t i = main_elements(tensor); i-- > 0;) {
            const float value = tensor->scale * (float)(((signed char *)data)[i] - tensor->zero_point);
            memcpy((float *)data + i, &value, sizeof value);
        }
    if (tensor->type == 3)
        for (size_t i = 0; i < main_elements(tensor); i++) {
            const float value = (float)((int32_t *)data)[i];
            memcpy((float *)data + i, &value, sizeof value);
        }
}

/* Line `number` of the labels, or "". */
static void main_label(const char *labels, size_t number, char *label, size_t size)
{
    for (; labels && number > 0; number--) {
        labels = strchr(labels, '\n');
        labels = labels ? labels + 1 : NULL;
    }
    const size_t length = labels ? strcspn(labels, "\r\n") : 0;
    main_plain(labels ? labels : "", label, length < size ? length + 1 : size);
}

static void main_print_top(const float *values, size_t count, int top, const char *labels)
{
    char *taken = (char *)main_allocate(count, 1), label[100];
    for (int rank = 0; rank < top && (size_t)rank < count; rank++) {
        size_t best = count;
        for (size_t i = 0; i < count; i++)
            if (!taken[i] && (best == count || values[i] > values[best]))
                best = i;
        taken[best] = 1;
        main_label(labels, best, label, sizeof label);
        printf("%6lu  %12.6g%s%s\n", (unsigned long)best, (double)values[best], *label ? "  " : "", label);
    }
    free(taken);
}

static void main_print(const struct cnn_tensor *tensor, const float *values, int top, const char *labels)
{
    const size_t count = main_elements(tensor);
    char name[100];
    double least = values[0], most = values[0], sum = 0;
    if (@name@_model.output_count > 1 || tensor->height * tensor->width > 1)
        printf("%s, %dx%dx%d:\n", main_name(tensor, name), (int)tensor->height, (int)tensor->width,
               (int)tensor->channels);
    if (tensor->height * tensor->width == 1) {
        main_print_top(values, count, top, labels);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        least = values[i] < least ? values[i] : least;
        most = values[i] > most ? values[i] : most;
        sum += values[i];
    }
    printf("  least %g, mean %g, most %g (-o FILE writes all %lu)\n", least, sum / (double)count, most,
           (unsigned long)count);
}

static FILE *main_create(const struct main_options *options, int runs)
{
    const size_t length = options->output ? strlen(options->output) : 0;
    const int npy = length > 4 && strcmp(options->output + length - 4, ".npy") == 0;
    const struct cnn_tensor *t = @name@_model.outputs;
    char header[129];
    FILE *file;
    if (!options->output)
        return NULL;
    if (npy && @name@_model.output_count > 1)
        main_fail("%s: an .npy file holds one tensor, the network has %d outputs", options->output,
                  (int)@name@_model.output_count);
    file = strcmp(options->output, "-") == 0 ? stdout : fopen(options->output, "wb");
    if (!file)
        main_fail("%s: %s", options->output, strerror(errno));
    if (npy) {
        const int chw = t->layout == 0, first = t->height, last = t->channels;
        memset(header, ' ', sizeof header);
        memcpy(header, "\x93NUMPY\1\0\x76\0", 10);
        const int used = snprintf(header + 10, 118, "{'descr': '%cf4', 'fortran_order': False, "
                                  "'shape': (%d, %d, %d, %d)}", main_little() ? '<' : '>', runs, chw ? last : first,
                                  chw ? first : (int)t->width, chw ? (int)t->width : last);
        header[10 + used] = ' ';
        header[127] = '\n';
        fwrite(header, 1, 128, file);
    }
    return file;
}

/* ---- time ---- */

static double main_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int main_compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Samples of at least 20 microseconds each, so that the clock does not count. */
static void main_bench(struct cnn_net *net, const struct main_options *options, const void *const *inputs,
                       void *const *outputs)
{
    enum { SAMPLES = 100000 };
    double *samples = (double *)main_allocate(SAMPLES, sizeof(double)), begin = main_now();
    int64_t macs = 0;
    int count = 0, times = 1;
    for (int i = 0; i < @name@_model.layer_count; i++)
        macs += @name@_model.layers[i].macs;
    const int terminal = isatty(STDERR_FILENO);
    if (terminal)
        fprintf(stderr, "\r@name@: timing for %g s ...\033[K", options->seconds);
    cnn_run_many(net, inputs, outputs);
    for (double took = 0; took < 20e-6 && times < 1 << 20; times *= 2) {
        begin = main_now();
        for (int i = 0; i < times; i++)
            cnn_run_many(net, inputs, outputs);
        took = main_now() - begin;
    }
    begin = main_now();
    do {
        const double start = main_now();
        for (int i = 0; i < times; i++)
            cnn_run_many(net, inputs, outputs);
        samples[count++] = (main_now() - start) / times;
    } while (count < SAMPLES && main_now() - begin < options->seconds);
    qsort(samples, (size_t)count, sizeof *samples, main_compare);
@batch@    for (int i = 0; i < count; i++)
@batch@        samples[i] /= (double)MAIN_IMAGES;
    const double median = samples[count / 2];
    if (terminal)
        fputs("\r\033[K", stderr);
@batch@    printf("calls of %d images, each image's share: ", (int)MAIN_IMAGES);
    printf("@name@: median %.3f us, min %.3f us (%d x %d runs, %d thread%s), %lld MACs, %.2f GMAC/s\n", median * 1e6,
           samples[0] * 1e6, count, times, options->threads, options->threads > 1 ? "s" : "", (long long)macs,
           (double)macs / median * 1e-9);
    free(samples);
}

@profile@static void main_profile(struct cnn_net *net, const struct main_options *options, const void *const *inputs,
@profile@                         void *const *outputs);
@profile@
/* ---- the command line ---- */

/* Whether the weights lie in a file of their own. */
static int main_in_file(void)
{
    return !@name@_model.weights && @name@_model.weight_bytes > 0;
}

static void main_help(FILE *stream)
{
    char name[100];
    fprintf(stream, "usage: @name@ [options] [FILE ...]\n"
                    "  FILE               raw float32 or bytes, .npy, PGM or PPM; -: standard input; none: random "
                    "numbers\n");
    for (int i = 0; i < @name@_model.input_count; i++) {
        const struct cnn_tensor *t = &@name@_model.inputs[i];
        fprintf(stream, "                     %s: %dx%dx%d (height, width, channels), %s, in %s order\n",
                main_name(t, name), (int)t->height, (int)t->width, (int)t->channels, t->type == 0   ? "float32"
                : t->type == 2 ? "float32, which becomes signed bytes"
                               : "bytes",
                t->layout == 0 ? "CHW" : "HWC");
    }
    fprintf(stream, "  -o FILE            write the output there as raw float32, or as .npy by its name\n"
                    "  --labels=FILE      names of the classes, one a line\n"
                    "  --top=N            print the N largest (5)\n"
                    "  --bench[=SECONDS]  run for that long (1) and print the time one run takes\n"
@profile@                    "  --profile[=FILE]   print the time of each layer, and draw it (SVG) as FILE\n"
                    "  --threads=N        share a run between N threads (1)\n"
                    "  --weights=FILE     the weights (%s)\n",
            main_in_file() ? "@name@.cnnw beside this program or in the current folder" : "inside this program");
}

static const char *main_value(const char *argument, const char *name)
{
    const size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

static int main_count(const char *text)
{
    char *end;
    const long value = strtol(text, &end, 10);
    if (*end || value < 1 || value > 1000000)
        main_fail("%s is not a whole number from 1", text);
    return (int)value;
}

/* Leaves the files in argv[0], argv[1], ...; how many there are. */
static int main_arguments(int argc, char **argv, struct main_options *options)
{
    int files = 0;
    for (int i = 1; i < argc; i++) {
        const char *value, *argument = argv[i];
        if ((value = main_value(argument, "--labels")) != NULL) {
            options->labels = value;
        } else if ((value = main_value(argument, "--weights")) != NULL) {
            options->weights = value;
        } else if ((value = main_value(argument, "--top")) != NULL) {
            options->top = main_count(value);
        } else if ((value = main_value(argument, "--threads")) != NULL) {
            options->threads = main_count(value);
        } else if (strcmp(argument, "--bench") == 0) {
            options->bench = 1;
        } else if ((value = main_value(argument, "--bench")) != NULL) {
            options->bench = 1;
            options->seconds = atof(value);
@profile@        } else if (strcmp(argument, "--profile") == 0) {
@profile@            options->profile = 1;
@profile@        } else if ((value = main_value(argument, "--profile")) != NULL) {
@profile@            options->profile = 1;
@profile@            options->picture = value;
        } else if (strcmp(argument, "-o") == 0 && i + 1 < argc) {
            options->output = argv[++i];
        } else if (strcmp(argument, "--help") == 0) {
            main_help(stdout);
            exit(0);
        } else if (argument[0] == '-' && argument[1]) {
            fprintf(stderr, "@name@: unknown option %s\n", argument);
            main_help(stderr);
            exit(2);
        } else {
            argv[files++] = argv[i];
        }
    }
    return files;
}

static struct cnn_net *main_open(const char *program, const struct main_options *options)
{
    struct cnn_error error;
    struct cnn_net *net;
    const char *slash = strrchr(program, '/'), *weights = options->weights;
    char beside[4096];
    snprintf(beside, sizeof beside, "%.*s@name@.cnnw", slash ? (int)(slash - program) + 1 : 0, program);
    if (!weights && main_in_file())
        weights = access(beside, R_OK) == 0 ? beside : "@name@.cnnw";
    net = cnn_open(&@name@_model, weights, options->threads, &error);
    if (!net)
        main_fail("%s", error.message);
    return net;
}

/* Every tensor's memory, at the start as at the end. */
static void **main_buffers(const struct cnn_tensor *tensors, int count)
{
    void **buffers = (void **)main_allocate((size_t)count, sizeof(void *));
    for (int i = 0; i < count; i++)
@single@        buffers[i] = main_allocate(main_elements(&tensors[i]), sizeof(float));
@batch@        buffers[i] = main_allocate((MAIN_IMAGES + 1) * main_elements(&tensors[i]), sizeof(float));
    return buffers;
}

static void main_free(void **buffers, int count)
{
    for (int i = 0; i < count; i++)
        free(buffers[i]);
    free(buffers);
}

static char *main_labels(const char *path)
{
    size_t length = 0;
    char *labels = path ? (char *)main_read(path, &length) : NULL;
    if (labels && (labels = (char *)realloc(labels, length + 1)) != NULL)
        labels[length] = 0;
    return labels;
}

@batch@/* Where the results of a call go: buffers of outputs begin with room for one image, from where it is shown. */
@batch@static unsigned char *main_results(void **outputs, int i)
@batch@{
@batch@    return (unsigned char *)outputs[i] + main_elements(&@name@_model.outputs[i]) * sizeof(float);
@batch@}
@batch@
@batch@/* A call for the images from `first' on; those beyond the last are zero, or of the call before. */
@batch@static void main_call(struct cnn_net *net, char **paths, int files, int runs, int first, void **inputs,
@batch@                      void **outputs)
@batch@{
@batch@    const int count = @name@_model.input_count;
@batch@    void **results = (void **)main_allocate((size_t)@name@_model.output_count, sizeof *results);
@batch@    for (int image = 0; image < (int)MAIN_IMAGES && (!files || first + image < runs); image++)
@batch@        for (int i = 0; i < count; i++) {
@batch@            const struct cnn_tensor *tensor = &@name@_model.inputs[i];
@batch@            unsigned char *to = (unsigned char *)inputs[i] + (size_t)image * main_bytes(tensor);
@batch@            if (files)
@batch@                main_load(paths[(first + image) * count + i], tensor, to);
@batch@            else
@batch@                main_random(tensor, to);
@batch@        }
@batch@    for (int i = 0; i < @name@_model.output_count; i++)
@batch@        results[i] = main_results(outputs, i);
@batch@    cnn_run_many(net, (const void *const *)inputs, results);
@batch@    free(results);
@batch@}
@batch@
@batch@static void main_take(void **outputs, size_t image)
@batch@{
@batch@    for (int i = 0; i < @name@_model.output_count; i++) {
@batch@        const size_t bytes = main_bytes(&@name@_model.outputs[i]);
@batch@        memcpy(outputs[i], main_results(outputs, i) + image * bytes, bytes);
@batch@    }
@batch@}
@batch@
/* Reads the files, input_count at a time, and prints or writes what the network says to them. */
static void main_files(struct cnn_net *net, const struct main_options *options, char **paths, int files, void **inputs,
                       void **outputs)
{
    const int count = @name@_model.input_count, runs = files == 0 ? 1 : files / count;
    char *labels = main_labels(options->labels);
    FILE *written = main_create(options, runs);
    if (files == 0 && !options->bench)
        fputs("@name@: no FILE is given: the input is random numbers (--help says more)\n", stderr);
    for (int run = 0; run < runs; run++) {
@single@        for (int i = 0; i < count; i++)
@single@            if (files)
@single@                main_load(paths[run * count + i], &@name@_model.inputs[i], inputs[i]);
@single@            else
@single@                main_random(&@name@_model.inputs[i], inputs[i]);
@single@        cnn_run_many(net, (const void *const *)inputs, outputs);
@batch@        if (run % (int)MAIN_IMAGES == 0)
@batch@            main_call(net, paths, files, runs, run, inputs, outputs);
@batch@        main_take(outputs, (size_t)run % MAIN_IMAGES);
        for (int i = 0; i < @name@_model.output_count; i++)
            main_as_floats(&@name@_model.outputs[i], outputs[i]);
        if (runs > 1 && !written)
            printf("%s:\n", paths[run * count]);
        for (int i = 0; i < @name@_model.output_count; i++)
            if (written)
                fwrite(outputs[i], sizeof(float), main_elements(&@name@_model.outputs[i]), written);
            else if (!options->bench)
                main_print(&@name@_model.outputs[i], (const float *)outputs[i], options->top, labels);
    }
    if (written && (ferror(written) || fflush(written) != 0 || (written != stdout && fclose(written) != 0)))
        main_fail("%s: %s", options->output, strerror(errno));
    free(labels);
}

int main(int argc, char **argv)
{
    const char *program = argc > 0 ? argv[0] : "";
    struct main_options options;
    memset(&options, 0, sizeof options);
    options.top = 5;
    options.threads = 1;
    options.seconds = 1;
    const int files = main_arguments(argc, argv, &options);
    if (files % @name@_model.input_count != 0)
        main_fail("%d files, and the network takes %d at a time", files, (int)@name@_model.input_count);
    struct cnn_net *net = main_open(program, &options);
    void **inputs = main_buffers(@name@_model.inputs, @name@_model.input_count);
    void **outputs = main_buffers(@name@_model.outputs, @name@_model.output_count);
    main_files(net, &options, argv, files, inputs, outputs);
@profile@    if (options.profile)
@profile@        main_profile(net, &options, (const void *const *)inputs, outputs);
    if (options.bench)
        main_bench(net, &options, (const void *const *)inputs, outputs);
    main_free(inputs, @name@_model.input_count);
    main_free(outputs, @name@_model.output_count);
    cnn_close(net);
    return 0;
}
