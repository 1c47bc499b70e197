# cnnc: `make` builds build/cnnc and build/libcnn.a; `make check` runs the quick tests, in under two minutes, and
# `make test` all of them; both end with `N passed, N failed`. `make install` installs (see README.md); the list of
# files is in runtime/package/install.mk.
BUILD   ?= build
# One spelling per folder, whoever calls: the dependencies of objects are stored under it.
override BUILD := $(patsubst $(CURDIR)/%,%,$(abspath $(BUILD)))
CC      ?= cc
CFLAGS  ?= -O2 -g
RUNTIME_CFLAGS ?= $(CFLAGS)
M4      ?= m4

# `make deps test`: a second make does the rest, so that it sees what `deps` installed.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
REST     = $(filter-out deps,$(MAKECMDGOALS))
.PHONY: deps $(REST)
deps:
	@tests/deps.sh $(if $(REST),$(if $(filter check test bench examples test-sanitized analyze fuzz format-check, \
	    $(REST)),,build))
	+$(if $(REST),@$(MAKE) --no-print-directory $(REST))
$(REST): deps
	@:
else

# A short line per file; `make V=1` shows the commands.
Q        = $(if $(V),,@)
say      = @$(if $(V),:,printf '  %-6s %s\n' $(1) $(2))
# Renamed when it is whole: training that is being linked meanwhile takes the old one.
archive  = $(Q)rm -f $@.new && $(AR) rcs $@.new $^ && mv -f $@.new $@

WARN     = -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror=implicit-function-declaration
override CPPFLAGS += -D_POSIX_C_SOURCE=200809L -Icompiler -I. -Iruntime -I$(BUILD) -MMD -MP
CSTD     = -std=c11 -ffp-contract=off

# Optional libraries are used if they are installed; cnnc says so when a feature was left out.
has      = $(shell pkg-config --exists $(1) 2>/dev/null && echo yes)
LIBS     = -ljansson -lm
ifeq ($(call has,libzip),yes)
override CPPFLAGS += -DHAVE_LIBZIP
LIBS    += -lzip
endif
ifeq ($(call has,libprotobuf-c),yes)
ONNX_SCHEMA = $(firstword $(wildcard /usr/include/onnx/onnx.proto /usr/local/include/onnx/onnx.proto))
ifneq ($(ONNX_SCHEMA),)
HAVE_ONNX = yes
override CPPFLAGS += -DHAVE_ONNX
LIBS    += -lprotobuf-c
endif
endif

# What libcnntrain.a reads with: gzipped files and .npz, PNG, JPEG. Sums are the same on every machine.
TRAIN_HAS     = $(foreach p,zlib libpng libjpeg,$(if $(call has,$(p)),$(p)))
TRAIN_DEFINES = $(if $(filter zlib,$(TRAIN_HAS)),-DHAVE_ZLIB) $(if $(filter libpng,$(TRAIN_HAS)),-DHAVE_LIBPNG) \
                $(if $(filter libjpeg,$(TRAIN_HAS)),-DHAVE_LIBJPEG)
TRAIN_FLAGS  := -ffp-contract=off -D_FILE_OFFSET_BITS=64 $(TRAIN_DEFINES)
TRAIN_LIBS   := $(if $(strip $(TRAIN_HAS)),$(shell pkg-config --libs $(TRAIN_HAS) 2>/dev/null))

# Reading ONNX models needs the schema and protobuf-c; without them, missing.c reports that. What these files hand on
# to, TensorFlow Lite's reader needs too.
PROTOBUF = $(addprefix compiler/models/onnx/import,.c _nodes.c _initializer.c _read.c _branch.c)
NOT_HERE = compiler/main.c compiler/templates/% $(if $(HAVE_ONNX),compiler/models/onnx/missing.c,$(PROTOBUF))
SOURCES  = $(filter-out $(NOT_HERE),$(wildcard compiler/*.c compiler/*/*.c compiler/*/*/*.c grammar/*.c))
OBJECTS  = $(SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/grammar/scanner.o $(BUILD)/grammar/parser.o \
           $(if $(HAVE_ONNX),$(BUILD)/onnx/onnx.pb-c.o)

.PHONY: all clean demo check test bench examples format format-check fuzz test-sanitized analyze editor-packages vsix \
        playground
all: $(BUILD)/cnnc $(BUILD)/libcnn.a $(BUILD)/libcnntrain.a

# The readers of pictures are those of training.
$(BUILD)/cnnc: $(BUILD)/compiler/main.o $(BUILD)/libcnnc.a $(BUILD)/libcnntrain.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(TRAIN_LIBS)

$(BUILD)/libcnnc.a: $(OBJECTS)
	$(call say,AR,$@)
	$(archive)

$(BUILD)/grammar/parser.c $(BUILD)/grammar/parser.h &: grammar/parser.y
	@mkdir -p $(@D)
	$(call say,BISON,$<)
	$(Q)bison -Werror --defines=$(BUILD)/grammar/parser.h -o $(BUILD)/grammar/parser.c $<

$(BUILD)/grammar/scanner.c $(BUILD)/grammar/scanner.h &: grammar/scanner.l
	@mkdir -p $(@D)
	$(call say,FLEX,$<)
	$(Q)flex --header-file=$(BUILD)/grammar/scanner.h -o $(BUILD)/grammar/scanner.c $<

$(BUILD)/grammar/%.o: $(BUILD)/grammar/%.c $(BUILD)/grammar/parser.h $(BUILD)/grammar/scanner.h
	$(call say,CC,$<)
	$(Q)$(CC) $(CSTD) $(CFLAGS) $(WARN) $(CPPFLAGS) -c -o $@ $<

$(BUILD)/onnx/onnx.pb-c.c $(BUILD)/onnx/onnx.pb-c.h &: $(ONNX_SCHEMA)
	@mkdir -p $(@D)
	$(call say,PROTOC,$<)
	$(Q)protoc-c --proto_path=$(dir $<) --c_out=$(@D) $<

$(BUILD)/onnx/onnx.pb-c.o: $(BUILD)/onnx/onnx.pb-c.c
	$(call say,CC,$<)
	$(Q)$(CC) $(CSTD) $(CFLAGS) $(CPPFLAGS) -I$(@D) -c -o $@ $<

ifdef HAVE_ONNX
$(PROTOBUF:%.c=$(BUILD)/%.o): | $(BUILD)/onnx/onnx.pb-c.h
endif

FLAGS    = $(CC) $(CFLAGS) $(RUNTIME_CFLAGS) $(filter-out -I%,$(CPPFLAGS)) $(TRAIN_FLAGS)
# Rewritten only when the flags change, so that a newly installed library enables its feature.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || \
	    printf '%s\n' '$(subst ','\'',$(FLAGS))' >$@
FORCE:

$(BUILD)/%.o: %.c $(BUILD)/flags | $(BUILD)/grammar/parser.h $(BUILD)/grammar/scanner.h
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CSTD) $(if $(filter runtime/%,$*),$(RUNTIME_CFLAGS),$(CFLAGS)) $(WARN) $(CPPFLAGS) \
	    $(if $(filter runtime/train/%,$*),$(TRAIN_FLAGS)) $(CPPFLAGS_$(*F)) -c -o $@ $<

$(BUILD)/libcnn.a: $(patsubst %.c,$(BUILD)/%.o,$(wildcard runtime/*.c))
	$(call say,AR,$@)
	$(archive)

TRAINING = $(patsubst %.c,$(BUILD)/%.o,$(wildcard runtime/train/*.c))
$(BUILD)/libcnntrain.a: $(TRAINING)
	$(call say,AR,$@)
	$(archive)

# The quick suites, and the cases named `sample` of the slow ones; the longest first.
CHECK = weights halves train fusion:sample graphs:sample codegen:sample main verify diagnostics shape reports messages \
    language architectures maps digits process grammar completeness gradients training:sample quantised:sample learn serve
check: all
	$(Q)BUILD=$(BUILD) CNNC=$(BUILD)/cnnc tests/run $(CHECK)

test: all
	$(Q)BUILD=$(BUILD) CNNC=$(BUILD)/cnnc tests/run

# Looks for inputs that break cnnc, for SECONDS per target: make fuzz SECONDS=600 FUZZ="language onnx".
SECONDS ?= 60
fuzz: all
	$(Q)BUILD=$(BUILD) CNNC=$(BUILD)/cnnc tests/fuzz/run $(SECONDS) $(FUZZ)

# All tests, or SUITES, with cnnc built under sanitizers; the suite `runtime` sanitizes the runtime itself.
SANITIZE = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
test-sanitized: export CFLAGS = $(SANITIZE)
test-sanitized: export RUNTIME_CFLAGS = -O1 -g
test-sanitized: export DRIVER_SANITIZE = $(SANITIZE)
test-sanitized:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)-sanitized all
	$(Q)BUILD=$(BUILD)-sanitized CNNC=$(BUILD)-sanitized/cnnc tests/run $(SUITES)

# Static analysis: gcc and clang with warnings as errors, gcc's analyzer, clang-tidy; ANALYZE="tidy" runs one part.
analyze: all
	$(Q)BUILD=$(BUILD) CNNC=$(BUILD)/cnnc tests/analyze/run $(ANALYZE)

# LeNet-5 learns digits in the terminal, then freshly generated C recognises some.
demo: all
	@$(MAKE) --no-print-directory -C examples/digits BUILD=$(abspath $(BUILD))/digits CNNC=$(abspath $(BUILD))/cnnc \
	    LIBCNN=$(abspath $(BUILD))/libcnn.a demo

# Against ONNX Runtime, which comes from npm (--wasm: onnxruntime-web), or (--train) PyTorch; BENCH holds options and
# networks for tests/bench/run.
ORT_PACKAGE = onnxruntime-node@1.30.0
WEB_PACKAGE = onnxruntime-web@1.30.0
bench: all
	@[ -d $(BUILD)/ort-web/node_modules/onnxruntime-web ] || [ -z "$(filter --wasm,$(BENCH))" ] || \
	    npm install --ignore-scripts --no-audit --no-fund --prefix $(BUILD)/ort-web $(WEB_PACKAGE) || \
	    echo "make bench: npm could not install $(WEB_PACKAGE); timing cnnc alone" >&2
	@[ -d $(BUILD)/ort/node_modules/onnxruntime-node ] || [ "$(filter --train --wasm,$(BENCH))" ] || \
	    npm install --ignore-scripts --no-audit --no-fund --prefix $(BUILD)/ort $(ORT_PACKAGE) || \
	    echo "make bench: npm could not install $(ORT_PACKAGE); timing cnnc alone" >&2
	@BUILD=$(BUILD) CNNC=$(BUILD)/cnnc tests/bench/run $(BENCH)

# What VS Code itself is made of, from npm, for the suite `vscode`; and its extension, with the client if npm has it.
EDITOR_PACKAGES = vscode-textmate@9.3.2 vscode-oniguruma@2.0.1 vscode-languageserver-protocol@3.18.5
CLIENT_PACKAGE  = vscode-languageclient@9.0.1
NPM_INSTALL     = npm install --ignore-scripts --no-audit --no-fund --prefix
editor-packages:
	$(call say,NPM,$(BUILD)/editors)
	$(Q)$(NPM_INSTALL) $(BUILD)/editors $(EDITOR_PACKAGES)

vsix:
	@mkdir -p $(BUILD)
	@[ -d $(BUILD)/vsix/node_modules/vscode-languageclient ] || $(NPM_INSTALL) $(BUILD)/vsix $(CLIENT_PACKAGE) || \
	    echo "make vsix: npm could not install $(CLIENT_PACKAGE)" >&2
	@grammar/vscode/pack $(BUILD)/cnn-language.vsix $(BUILD)/vsix/node_modules

# cnnc in a web page, build/playground: a folder that any static server, or a disk, serves.
playground: all
	@$(MAKE) --no-print-directory -C examples/playground BUILD=$(abspath $(BUILD))/playground \
	    CNNC=$(abspath $(BUILD))/cnnc

# The applications; their READMEs list what each needs beyond cnnc.
APPLICATIONS = digits classify detect text filters web microcontroller
examples: $(APPLICATIONS:%=example-%)

example-%: all
	@$(MAKE) --no-print-directory -C examples/$* BUILD=$(abspath $(BUILD))/$* CNNC=$(abspath $(BUILD))/cnnc \
	    LIBCNN=$(abspath $(BUILD))/libcnn.a

# Other versions than 14 break some lines differently. Templates are not C yet.
CLANG_FORMAT ?= $(firstword $(shell command -v clang-format-14 clang-format) clang-format-14)
FORMATTED     = $(shell find compiler examples grammar runtime tests -name '*.[ch]' ! -path 'compiler/templates/*')
format:
	$(Q)$(CLANG_FORMAT) -i $(FORMATTED)
format-check:
	$(Q)$(CLANG_FORMAT) --dry-run --Werror $(FORMATTED)

clean:
	$(call say,CLEAN,$(BUILD))
	$(Q)rm -rf $(BUILD)

include runtime/package/install.mk
-include $(OBJECTS:.o=.d) $(TRAINING:.o=.d) $(BUILD)/compiler/main.d
endif
