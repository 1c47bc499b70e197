/* The manual pages cnnc(1) and cnn(5), in man's macros. They derive from the tables of options, layers, recipes and
 * checks, with a few words around them. LANGUAGE.md is the full reference. */
#include "cli/manual.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cli/terms.h"
#include "recipes.h"

/* ---- man's macros ---- */

/* Words verbatim, with troff's special characters escaped and non-ASCII characters by their number. */
static void add_plain(struct text *out, const char *words)
{
    for (const unsigned char *p = (const unsigned char *)words; *p;) {
        int length = utf8_length(p);
        if (length > 1) {
            unsigned long point = *p & (0x7Fu >> length);
            for (int i = 1; i < length; i++)
                point = point << 6 | (p[i] & 0x3Fu);
            text_printf(out, "\\[u%04lX]", point);
        } else if (*p == '\\') {
            text_add(out, "\\e");
        } else if (*p == '-') {
            text_add(out, "\\-");
        } else if (*p == '"') {
            text_add(out, "\\(dq");
        } else {
            text_add_char(out, (char)*p);
        }
        p += length > 0 ? length : 1;
    }
}

/* The \& keeps a leading dot or quote from being a macro. */
static void add_word(struct text *out, const char *word)
{
    text_add(out, word[0] == '.' || word[0] == '\'' ? "\\&" : "");
    add_plain(out, word);
}

/* A verbatim line. */
static void add_kept(struct text *out, const char *line)
{
    add_word(out, line);
    text_add_char(out, '\n');
}

/* Running text, wrapped so that the source stays readable. */
static void add_line(struct text *out, const char *words)
{
    enum { LONGEST = 76 };
    size_t start = out->length;
    while (*words) {
        size_t length = strcspn(words, " ");
        if (out->length > start && out->length - start + length > LONGEST) {
            text_add_char(out, '\n');
            start = out->length;
        } else if (out->length > start) {
            text_add_char(out, ' ');
        }
        const char *word = arena_copy(out->arena, words, length);
        if (out->length == start)
            add_word(out, word);
        else
            add_plain(out, word);
        words += length + strspn(words + length, " ");
    }
    text_add_char(out, '\n');
}

static void add_macro(struct text *out, const char *macro, const char *words)
{
    text_printf(out, ".%s \"", macro);
    add_plain(out, words);
    text_add(out, "\"\n");
}

static void add_section(struct text *out, const char *title)
{
    add_macro(out, "SH", title);
}

static void add_entry(struct text *out, const char *term, const char *words)
{
    text_add(out, ".TP\n");
    add_macro(out, "B", term);
    add_line(out, words);
}

static void add_paragraph(struct text *out, const char *words)
{
    text_add(out, ".PP\n");
    add_line(out, words);
}

/* Verbatim lines. */
static void add_example(struct text *out, const char *const *lines)
{
    text_add(out, ".PP\n.RS 4\n.nf\n");
    for (; *lines; lines++)
        add_kept(out, *lines);
    text_add(out, ".fi\n.RE\n");
}

struct entry {
    const char *term, *text;
};

static void add_entries(struct text *out, const struct entry *entries)
{
    for (; entries->term; entries++)
        add_entry(out, entries->term, entries->text);
}

static void add_title(struct text *out, const char *name, const char *number, const char *section)
{
    text_printf(out, ".\\\" Written by cnnc from its own tables.\n.TH %s %s \"\" \"cnnc %s\" \"%s\"\n.nh\n.ad l\n",
                name, number, CNNC_VERSION, section);
}

/* ---- cnnc(1) ---- */

static void add_options(struct arena *arena, struct text *out)
{
    const char *group = "";
    add_section(out, "OPTIONS");
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = &option_table[i];
        if (strcmp(group, info->group) != 0)
            add_macro(out, "SS", group = info->group);
        const char *term = term_option(arena, info);
        if (info->letter && info->name)
            term = arena_printf(arena, "%s, -%c", term, info->letter);
        add_entry(out, term, info->text);
    }
}

static void add_checks(struct arena *arena, struct text *out, bool lints)
{
    for (int i = 0; i < CHECK_COUNT; i++)
        if (check_is_lint((enum check)i) == lints)
            add_entry(out, check_table[i].name,
                      arena_printf(arena, "%s (%s)", check_table[i].text, term_check_class(check_table[i].class)));
}

static const struct entry exit_entries[] = {
    {"0", "success"},
    {"1", "an error in the network or its weights"},
    {"2", "wrong usage, or a file that cannot be read or written"},
    {"130", "training was interrupted; everything is saved, and --resume goes on"},
    {"70", "a bug in cnnc itself"},
    {NULL, NULL},
};

static const struct entry environment_entries[] = {
    {"CC", "the C compiler that --verify, --train, --test and --emit=so call, with its first options (default: cc)"},
    {"MPICC, MPIRUN",
     "the commands of MPI that --mpi calls, with their first options: a C compiler (default: mpicc), and what starts "
     "processes (default: mpirun), such as 'mpirun --hostfile FILE' or 'mpirun --oversubscribe'"},
    {"CNNC_RUN",
     "a command that runs what --verify compiled, with its first options: an emulator, such as qemu-aarch64, where "
     "CC compiles for another machine (default: none)"},
    {"M4", "GNU m4 (default: m4)"},
    {"CNNC_TEMPLATES", "the folder of the templates, instead of the one that belongs to the program"},
    {"TMPDIR", "where temporary files go (default: /tmp)"},
    {"NO_COLOR", "if it is set and not empty, messages are not coloured unless --color=always asks for it"},
    {NULL, NULL},
};

static const struct entry file_entries[] = {
    {"NAME.cnn", "the text of a network, cnn(5)"},
    {"NAME.safetensors, NAME.npz", "its weights, under the names that PyTorch gives them"},
    {"NAME.train.jsonl, NAME.train.svg", "what --train tells of itself: a JSON object an epoch; the curves"},
    {"NAME.filters.svg",
     "the filters of the first layer, before training and after it, if pictures have one or three channels"},
    {"NAME.checkpoint", "where --resume goes on; it is for the machine that wrote it"},
    {"NAME.c, NAME.h", "what cnnc writes; the header says how to call it"},
    {"NAME.so", "a shared library, of --emit=so; NAME.h then declares its functions, too"},
    {"NAME.cnnw", "packed weights, which the program maps when it runs"},
    {NULL, NULL},
};

static const char *const compile_example[] = {
    "cnnc --summary lenet5.cnn",
    "cnnc --target=native --weights=lenet5.safetensors lenet5.cnn",
    "cc -O2 -o app main.c lenet5.c $(pkg-config --cflags --libs cnnc)",
    NULL,
};

static const char *const learn_example[] = {
    "cnnc --train=mnist --resize=pad lenet5.cnn",
    "cnnc --train=mnist --resize=pad --resume lenet5.cnn",
    "cnnc --test=mnist --resize=pad --weights=lenet5.safetensors lenet5.cnn",
    NULL,
};

static void write_cnnc(struct arena *arena, struct text *out)
{
    add_title(out, "CNNC", "1", "User Commands");
    add_section(out, "NAME");
    add_line(out, "cnnc - compile a convolutional network to C");
    add_section(out, "SYNOPSIS");
    text_add(out, ".B cnnc\n.RI [ options ]\n.I FILE\n");
    add_section(out, "DESCRIPTION");
    add_line(out, "cnnc compiles the description of a convolutional network into C that is specialised for it. FILE is "
                  "a text in the language that cnn(5) describes, an .onnx or .tflite model, or - for standard input.");
    add_paragraph(
        out, "It writes NAME.c and NAME.h. Small weights go into the C, larger ones into NAME.cnnw. A file gets its "
             "name only when it is complete; the same input gives the same bytes.");
    add_paragraph(
        out,
        "With --train or --test it compiles training code with $CC instead, runs it on data, and ends with its exit "
        "status. Ctrl-C saves what was learned; a second one ends the program at once.");
    add_paragraph(out, "With --lsp it serves an editor, which starts it, on standard input and output. LANGUAGE.md has "
                       "set-ups for several editors, and the settings.");
    add_options(arena, out);
    add_section(out, "WARNINGS");
    add_line(out, "-WNAME turns one on, -Wno-NAME off, and -Werror=NAME into an error:");
    add_checks(arena, out, true);
    add_section(out, "MESSAGES");
    add_line(
        out,
        "cnnc says on standard output what it wrote and how large it is; errors and warnings go to standard error. "
        "If standard output is a terminal, a line that begins with next: suggests a command to continue with. If "
        "standard error is a terminal and TERM is not dumb, long operations show their progress on one line, "
        "which is cleared at the end. Files and pipes get neither.");
    add_section(out, "EXIT STATUS");
    add_entries(out, exit_entries);
    add_section(out, "ENVIRONMENT");
    add_entries(out, environment_entries);
    add_section(out, "FILES");
    add_entries(out, file_entries);
    add_section(out, "EXAMPLES");
    add_line(out, "Look at a network, compile it, and build a program with it:");
    add_example(out, compile_example);
    add_line(out, "Train it on a folder with MNIST's files, go on after an interrupt, and test it:");
    add_example(out, learn_example);
    add_section(out, "SEE ALSO");
    text_add(out, ".BR cnn (5),\n.BR cc (1),\n.BR m4 (1)\n");
}

/* ---- cnn(5) ---- */

static const char *const first_example[] = {
    "# CIFAR-10: pictures of 32x32 pixels in three colours, ten classes",
    "INPUT(32x32x3) -> CONV(12, 3x3) -> RELU -> POOL -> FC(10)",
    NULL,
};

static const char *const block_example[] = {
    "param classes = 10",
    "default CONV(bias=no)",
    "block unit(k, s=1) = CONV(k, 3x3, stride=s) -> BN -> RELU",
    "block residual(k)  = ADD{ unit(k) -> CONV(k) -> BN | } -> RELU",
    "",
    "INPUT(32x32x3) -> [unit(16*2^i, 2) -> residual(16*2^i)]*3 as i -> GAP -> FC(classes)",
    "expect params < 250000",
    NULL,
};

static const struct entry statement_entries[] = {
    {"network NAME", "names the network (default: the file's stem)"},
    {"param NAME = expression", "a number that -D NAME=VALUE replaces"},
    {"default KIND(arguments)", "default arguments of that kind of layer from here on"},
    {"block NAME(formals) = chain", "a chain that is expanded wherever its name is used"},
    {"table NAME = [ row ; row ]", "numbers, read as NAME(i, j)"},
    {"expect QUANTITY op expression", "a budget: params, macs, ram, flash or receptive_field"},
    {"train WORD(arguments), name=value", "how the network learns; see TRAINING"},
    {NULL, NULL},
};

static const struct entry chain_entries[] = {
    {"a -> b", "one after the other; → and - mean the same"},
    {"[ chain ]*N as i", "a repeat, its index from 0"},
    {"X?", "X where it fits, else nothing"},
    {"X if c else Y", "one or the other"},
    {"X = 55x55x96", "asserts the shape at this point"},
    {"ADD{ chain | chain }", "branches from the same tensor and how they are joined; an empty branch is the "
                             "identity, and NONE drops its branch"},
    {"label: X", "names X; its weights carry the name"},
    {"FROM(label)", "starts from a labelled tensor"},
    {"SHARE(label)", "applies a labelled element again, with the same weights"},
    {NULL, NULL},
};

static const struct entry name_entries[] = {
    {"by label", "the label of a layer is its name; a label on a group or a block call opens a scope: layer1.0.conv2"},
    {"by number", "elements without a label are numbered from 0 in a group or repeat, as in nn.Sequential"},
    {"by kind", "elsewhere the name is the kind and a running number: conv1, bn2, fc1"},
    {"tensors", "NAME.weight, NAME.bias, NAME.running_mean, NAME.running_var"},
    {NULL, NULL},
};

static void add_layer(struct arena *arena, struct text *out, enum layer_kind kind)
{
    size_t count;
    const struct arg_spec *specs = layer_arguments(arena, kind, &count);
    add_entry(out, term_signature(arena, kind), layer_table[kind].text);
    text_add(out, count ? ".RS\n" : "");
    for (size_t i = 0; i < count; i++) {
        const char *alias = specs[i].alias ? arena_printf(arena, " (or %c)", specs[i].alias) : "";
        text_add(out, i ? ".br\n" : ".PP\n");
        add_line(out, arena_printf(arena, "%s%s: %s", specs[i].name, alias, term_argument(arena, &specs[i])));
    }
    text_add(out, count ? ".RE\n" : "");
}

static void add_layers(struct arena *arena, struct text *out)
{
    add_section(out, "LAYERS");
    for (int family = 0; family < FAMILY_COUNT; family++) {
        char *title = arena_string(arena, layer_family_names[family]);
        title[0] = (char)toupper((unsigned char)title[0]);
        add_macro(out, "SS", title);
        for (int kind = 0; kind < LAYER_COUNT; kind++)
            if ((int)layer_table[kind].family == family)
                add_layer(arena, out, (enum layer_kind)kind);
    }
}

static const char *const train_example[] = {
    "train SGD(0.1, momentum=0.9, decay=5e-4), COSINE(warmup=1), batch=128, epochs=30",
    "train FLIP, CROP(4), CROSSENTROPY(smoothing=0.1)",
    NULL,
};

/* A row of recipes.def; a setting is its own only argument. */
static void add_recipe(struct arena *arena, struct text *out, const struct recipe_info *info)
{
    size_t count;
    const struct recipe_argument *arguments = recipe_arguments(arena, info, &count);
    add_entry(out, term_recipe(arena, info), info->text);
    text_add(out, count ? ".RS\n" : "");
    for (size_t i = 0; i < count; i++) {
        text_add(out, i ? ".br\n" : ".PP\n");
        add_line(out, arena_printf(arena, "%s: %s", arguments[i].name, term_recipe_argument(arena, &arguments[i])));
    }
    text_add(out, count ? ".RE\n" : "");
}

static void add_training(struct arena *arena, struct text *out)
{
    add_section(out, "TRAINING");
    add_line(out, "A train statement lists words and settings, separated by commas. Several statements add up: a later "
                  "optimiser, schedule, loss or initialisation replaces an earlier one, and augmentations are done in "
                  "their order. A text without one means SGD(0.01, momentum=0.9), CROSSENTROPY, HE, batch=64, "
                  "epochs=10.");
    add_example(out, train_example);
    for (int family = 0; family < RECIPE_FAMILY_COUNT; family++) {
        char *title = arena_string(arena, recipe_family_names[family]);
        title[0] = (char)toupper((unsigned char)title[0]);
        add_macro(out, "SS", title);
        for (int i = 0; i < RECIPE_WORD_COUNT; i++)
            if ((int)recipe_table[i].family == family)
                add_recipe(arena, out, &recipe_table[i]);
        for (int i = 0; i < SETTING_COUNT && family == RECIPES_SETTING; i++)
            add_recipe(arena, out, &setting_table[i]);
    }
}

static void write_cnn(struct arena *arena, struct text *out)
{
    add_title(out, "CNN", "5", "File Formats");
    add_section(out, "NAME");
    add_line(out, "cnn - the description of a convolutional network");
    add_section(out, "DESCRIPTION");
    add_line(out,
             "A .cnn file is UTF-8 text that cnnc(1) compiles. # starts a comment. A statement ends with its line, "
             "unless a bracket is open, the line ends in an arrow, an operator, a comma or a label, or the next "
             "one starts with an arrow.");
    add_example(out, first_example);
    add_section(out, "STATEMENTS");
    add_entries(out, statement_entries);
    add_paragraph(out, "Everything else is a chain of layers.");
    add_section(out, "CHAINS");
    add_entries(out, chain_entries);
    add_example(out, block_example);
    add_section(out, "EXPRESSIONS");
    add_line(out, "+ - * / % ^, comparisons, and or not, a if c else b, min max ceil floor abs, params, formals, "
                  "indices, and H W C: the shape of the tensor at that point. / is exact.");
    add_section(out, "SIZES");
    add_line(out, "Height x width x channels: 32x32x3; 28x28 has one channel. A window is height x width, and a lone 3 "
                  "is 3x3. pad= is same, valid, full, a number, (h, w) or (top, left, bottom, right). The output has "
                  "floor((N + P - F)/S) + 1 places.");
    add_section(out, "NAMES");
    add_line(out, "Layers are named so that PyTorch's weights load by name:");
    add_entries(out, name_entries);
    add_layers(arena, out);
    add_training(arena, out);
    add_section(out, "CHECKS");
    add_checks(arena, out, false);
    add_paragraph(out, "The warnings are listed in cnnc(1).");
    add_section(out, "SEE ALSO");
    text_add(out, ".BR cnnc (1)\n");
}

bool manual_page(struct arena *arena, const char *page, struct text *out)
{
    if (strcmp(page, "cnnc.1") == 0)
        write_cnnc(arena, out);
    else if (strcmp(page, "cnn.5") == 0)
        write_cnn(arena, out);
    else
        return false;
    return true;
}
