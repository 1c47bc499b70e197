/* The tables of foreign.h. Misspelt words are left to text_nearest. */
#include "expand/foreign.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct translation {
    const char *theirs, *ours;
};

/* clang-format off */
static const struct translation layers[] = {
    {"linear", "FC"}, {"dense", "FC"}, {"fullyconnected", "FC"}, {"innerproduct", "FC"}, {"gemm", "FC"},
    {"convolution", "CONV"}, {"convolutional", "CONV"}, {"conv", "CONV"},
    {"convtranspose", "DECONV"}, {"transposedconv", "DECONV"}, {"deconvolution", "DECONV"},
    {"depthwiseconv", "DWCONV"}, {"depthwise", "DWCONV"},
    {"pooling", "POOL"}, {"subsampling", "POOL"}, {"maxpooling", "MAXPOOL"}, {"averagepool", "AVGPOOL"},
    {"averagepooling", "AVGPOOL"}, {"avgpooling", "AVGPOOL"}, {"meanpool", "AVGPOOL"}, {"maxpool", "MAXPOOL"},
    {"avgpool", "AVGPOOL"},
    {"globalaveragepooling", "GAP"}, {"globalaveragepool", "GAP"}, {"globalavgpool", "GAP"},
    {"globalmaxpooling", "GMP"}, {"globalmaxpool", "GMP"}, {"adaptiveavgpool", "AVGPOOL(out=HxW)"},
    {"batchnorm", "BN"}, {"batchnormalization", "BN"}, {"layernorm", "LN"}, {"layernormalization", "LN"},
    {"instancenorm", "IN"}, {"groupnorm", "GN"}, {"localresponsenorm", "LRN"}, {"norm", "BN"},
    {"leakyrelu", "LEAKY"}, {"swish", "SILU"}, {"logistic", "SIGMOID"}, {"hardtanh", "CLIP"}, {"hswish", "HARDSWISH"},
    {"flat", "FLATTEN"}, {"upsampling", "UPSAMPLE"}, {"zeropadding", "PAD"}, {"padding", "PAD"},
    {"channelshuffle", "SHUFFLE"}, {"permute", "TRANSPOSE"},
    {"concatenate", "CONCAT"}, {"cat", "CONCAT"}, {"multiply", "MUL"}, {"subtract", "SUB"}, {"sum", "ADD"},
    {"divide", "DIV"}, {"quotient", "DIV"}, {"average", "MEAN"},
    {"maximum", "MAX"}, {"minimum", "MIN"}, {"negative", "NEG"}, {"inverse", "RECIPROCAL"}, {"arctan", "ATAN"},
    {"hardshrink", "SHRINK"}, {"softshrink", "SHRINK(bias=0.5)"}, {"thresholdedrelu", "THRESHOLD"},
    {"select", "WHERE"}, {"maskedfill", "WHERE"}, {"gt", "GREATER"}, {"lt", "LESS"}, {"eq", "EQUAL"},
    {"residual", "ADD{ chain | }"}, {"skip", "ADD{ chain | }"},
    {"image", "INPUT"}, {"inputlayer", "INPUT"},
};

static const struct translation arguments[] = {
    {"kernel", "window"}, {"kernelsize", "window"}, {"filtersize", "window"}, {"size", "window"},
    {"poolsize", "window"}, {"ksize", "window"}, {"padding", "pad"}, {"pads", "pad"}, {"strides", "stride"},
    {"dilations", "dilation"}, {"dilationrate", "dilation"}, {"group", "groups"}, {"numgroups", "groups"},
    {"out", "filters"}, {"outchannels", "filters"}, {"outfeatures", "filters"}, {"units", "filters"},
    {"features", "filters"}, {"channels", "filters"}, {"neurons", "filters"}, {"kernels", "filters"},
    {"maps", "filters"}, {"usebias", "bias"}, {"p", "rate"}, {"negativeslope", "slope"}, {"epsilon", "eps"},
    {"ceilmode", "ceil"}, {"outputsize", "out"},
};

static const struct translation recipes[] = {
    {"optim", "optimiser"}, {"optimizer", "optimiser"}, {"scheduler", "schedule"}, {"lrscheduler", "schedule"},
    {"lossfunction", "loss"}, {"criterion", "loss"}, {"objective", "loss"}, {"init", "initialisation"},
    {"initialization", "initialisation"}, {"initializer", "initialisation"}, {"augment", "augmentation"},
    {"augmentations", "augmentation"}, {"transform", "augmentation"}, {"transforms", "augmentation"},
    {"learningrate", "lr"}, {"rate", "lr"}, {"initiallr", "lr"}, {"maxlr", "lr"}, {"weightdecay", "decay"},
    {"wd", "decay"}, {"l2", "decay"}, {"gamma", "factor"}, {"milestones", "at"}, {"steps", "at"}, {"etamin", "to"},
    {"warmupepochs", "warmup"},
    {"pctstart", "peak"}, {"betas", "beta1"}, {"rho", "alpha"}, {"epsilon", "eps"}, {"labelsmoothing", "smoothing"},
    {"sigma", "sd"}, {"std", "sd"}, {"padding", "pad"}, {"batchsize", "batch"}, {"numepochs", "epochs"},
    {"maxepochs", "epochs"}, {"gradclip", "clip"}, {"clipnorm", "clip"}, {"maxnorm", "clip"}, {"ema", "average"},
    {"randomseed", "seed"}, {"frozen", "freeze"},
    {"momentum", "SGD"}, {"nesterov", "SGD"}, {"gradientdescent", "SGD"},
    {"multisteplr", "STEP"}, {"steplr", "STEP"}, {"cosineannealing", "COSINE"}, {"cosineannealinglr", "COSINE"},
    {"linearlr", "LINEAR"}, {"onecyclelr", "ONECYCLE"}, {"reducelronplateau", "PLATEAU"}, {"constantlr", "CONSTANT"},
    {"crossentropyloss", "CROSSENTROPY"}, {"categoricalcrossentropy", "CROSSENTROPY"}, {"nll", "CROSSENTROPY"},
    {"nllloss", "CROSSENTROPY"}, {"softmax", "CROSSENTROPY"}, {"mseloss", "MSE"}, {"l1", "MAE"}, {"l1loss", "MAE"},
    {"svm", "HINGE"}, {"hingeloss", "HINGE"}, {"bceloss", "BCE"}, {"bcewithlogits", "BCE"},
    {"bcewithlogitsloss", "BCE"}, {"binarycrossentropy", "BCE"},
    {"kaiming", "HE"}, {"kaimingnormal", "HE"}, {"henormal", "HE"}, {"glorot", "XAVIER"}, {"glorotnormal", "XAVIER"},
    {"xaviernormal", "XAVIER"}, {"gaussian", "NORMAL"},
    {"mirror", "FLIP"}, {"horizontalflip", "FLIP"}, {"randomhorizontalflip", "FLIP"}, {"randomcrop", "CROP"},
    {"translate", "SHIFT"}, {"rotation", "ROTATE"}, {"randomrotation", "ROTATE"}, {"scale", "ZOOM"},
    {"randomerasing", "CUTOUT"}, {"gaussiannoise", "NOISE"}, {"colorjitter", "BRIGHTNESS"},
};
/* clang-format on */

/* Whether they are equal, ignoring case and underscores; the word may end in 1d, 2D or 3d. */
static bool same(const char *word, const char *theirs)
{
    for (;; word++) {
        if (*word == '_')
            continue;
        if (!*theirs)
            return !*word || (strchr("123", word[0]) && (word[1] == 'd' || word[1] == 'D') && !word[2]);
        if (tolower((unsigned char)*word) != tolower((unsigned char)*theirs++))
            return false;
    }
}

static const char *translate(const char *word, const struct translation *table, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (same(word, table[i].theirs))
            return table[i].ours;
    return NULL;
}

const char *foreign_layer(const char *word)
{
    return translate(word, layers, sizeof layers / sizeof *layers);
}

const char *foreign_argument(const char *word)
{
    return translate(word, arguments, sizeof arguments / sizeof *arguments);
}

const char *foreign_recipe(const char *word)
{
    return translate(word, recipes, sizeof recipes / sizeof *recipes);
}

const char *foreign_case(const char *word, const char *const words[], int count)
{
    for (int i = 0; i < count; i++)
        if (strlen(word) == strlen(words[i]) && same(word, words[i]))
            return words[i];
    return NULL;
}
