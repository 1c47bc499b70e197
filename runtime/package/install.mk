# make install, make uninstall. PREFIX is the final location, DESTDIR a staging folder (for packages).
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR    ?= $(PREFIX)/share
MANDIR     ?= $(DATADIR)/man
DOCDIR     ?= $(DATADIR)/doc/cnnc
VIMDIR     ?= $(DATADIR)/vim/vimfiles
CMAKEDIR    = $(LIBDIR)/cmake/cnnc
OURS        = $(DATADIR)/cnnc

VERSION     = $(shell sed -n 's/.*define CNNC_VERSION "\(.*\)"/\1/p' compiler/cli/options.h)
PACKAGE     = runtime/package
# $(call fill,prefix): writes a folder below PREFIX as ${prefix}/folder. The CMake package derives its prefix from its
# own location, so that an installed tree can be moved.
below       = $(patsubst $(PREFIX)/%,$${$(2)}/%,$(1))
ROOT        = $(if $(filter $(PREFIX)/%,$(LIBDIR)),$${CMAKE_CURRENT_LIST_DIR}/$(shell echo \
              $(CMAKEDIR:$(PREFIX)/%=%) | sed 's|[^/][^/]*|..|g'),$(PREFIX))
fill        = sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@VERSION@|$(VERSION)|g' -e 's|@ROOT@|$(ROOT)|g' \
              -e 's|@BINDIR@|$(call below,$(BINDIR),$(1))|g' -e 's|@LIBDIR@|$(call below,$(LIBDIR),$(1))|g' \
              -e 's|@INCLUDEDIR@|$(call below,$(INCLUDEDIR),$(1))|g'
DATA        = install -D -m 644
# $(call tree,FROM,TO): copies every file of a folder unchanged.
tree        = cd $(1) && find . -type f ! -path '*/__pycache__/*' | while read -r file; do mode=644; \
              [ ! -x "$$file" ] || mode=755; install -D -m $$mode "$$file" "$(DESTDIR)$(2)/$$file" || exit; done

# An installed cnnc looks for its templates next to itself first, then here.
CPPFLAGS_m4 = -DCNNC_DATADIR='"$(OURS)"'
# Training code is linked with libcnntrain.a: beside cnnc, or installed here.
CPPFLAGS_place = -DCNNC_LIBDIR='"$(LIBDIR)"' -DCNNC_INCLUDEDIR='"$(INCLUDEDIR)"'
CPPFLAGS_compile = -DCNNC_TRAIN_LIBS='"$(TRAIN_LIBS)"'
$(BUILD)/compiler/emit/m4.o $(BUILD)/compiler/learn/place.o: $(BUILD)/prefix
$(BUILD)/prefix: FORCE
	@mkdir -p $(@D)
	@echo '$(OURS) $(LIBDIR) $(INCLUDEDIR)' | cmp -s - $@ || echo '$(OURS) $(LIBDIR) $(INCLUDEDIR)' >$@

# The manual pages come from the program's own tables.
MANUAL      = $(BUILD)/man/cnnc.1 $(BUILD)/man/cnn.5
$(MANUAL): $(BUILD)/man/%: $(BUILD)/cnnc
	@mkdir -p $(@D)
	$(BUILD)/cnnc --help=$* >$@.new && mv $@.new $@

.PHONY: install uninstall
install: $(BUILD)/cnnc $(BUILD)/libcnn.a $(BUILD)/libcnntrain.a $(MANUAL)
	install -D -m 755 $(BUILD)/cnnc $(DESTDIR)$(BINDIR)/cnnc
	$(DATA) $(BUILD)/libcnn.a $(DESTDIR)$(LIBDIR)/libcnn.a
	$(DATA) $(BUILD)/libcnntrain.a $(DESTDIR)$(LIBDIR)/libcnntrain.a
	$(DATA) -t $(DESTDIR)$(INCLUDEDIR) runtime/cnn.h \
	    $(addprefix runtime/train/,cnn_train.h cnn_train_mpi.h cnn_random.h)
	$(call fill,prefix) $(PACKAGE)/cnnc.pc.in >$(BUILD)/cnnc.pc
	$(DATA) $(BUILD)/cnnc.pc $(DESTDIR)$(LIBDIR)/pkgconfig/cnnc.pc
	$(call fill,prefix) -e 's|@TRAIN_LIBS@|$(TRAIN_LIBS)|' $(PACKAGE)/cnnctrain.pc.in >$(BUILD)/cnnctrain.pc
	$(DATA) $(BUILD)/cnnctrain.pc $(DESTDIR)$(LIBDIR)/pkgconfig/cnnctrain.pc
	$(call fill,_cnnc_prefix) $(PACKAGE)/cnncConfig.cmake.in >$(BUILD)/cnncConfig.cmake
	$(DATA) $(BUILD)/cnncConfig.cmake $(DESTDIR)$(CMAKEDIR)/cnncConfig.cmake
	$(call fill,_cnnc_prefix) $(PACKAGE)/cnncConfigVersion.cmake.in >$(BUILD)/cnncConfigVersion.cmake
	$(DATA) $(BUILD)/cnncConfigVersion.cmake $(DESTDIR)$(CMAKEDIR)/cnncConfigVersion.cmake
	$(DATA) $(BUILD)/man/cnnc.1 $(DESTDIR)$(MANDIR)/man1/cnnc.1
	$(DATA) $(BUILD)/man/cnn.5 $(DESTDIR)$(MANDIR)/man5/cnn.5
	$(DATA) grammar/vim/syntax/cnn.vim $(DESTDIR)$(VIMDIR)/syntax/cnn.vim
	$(DATA) grammar/vim/ftdetect/cnn.vim $(DESTDIR)$(VIMDIR)/ftdetect/cnn.vim
	$(DATA) -t $(DESTDIR)$(DOCDIR) README.md LICENSE CHANGELOG.md grammar/LANGUAGE.md
	$(call tree,compiler/templates,$(OURS)/templates)
	$(call tree,examples,$(DOCDIR)/examples)

# Folders named cnnc are removed entirely; from other folders, only our own files.
uninstall:
	rm -f $(DESTDIR)$(BINDIR)/cnnc $(DESTDIR)$(LIBDIR)/libcnn.a $(DESTDIR)$(LIBDIR)/libcnntrain.a
	rm -f $(addprefix $(DESTDIR)$(INCLUDEDIR)/,cnn.h cnn_train.h cnn_train_mpi.h cnn_random.h)
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/pkgconfig/,cnnc.pc cnnctrain.pc) $(DESTDIR)$(MANDIR)/man1/cnnc.1 $(DESTDIR)$(MANDIR)/man5/cnn.5
	rm -f $(DESTDIR)$(VIMDIR)/syntax/cnn.vim $(DESTDIR)$(VIMDIR)/ftdetect/cnn.vim
	rm -rf $(DESTDIR)$(CMAKEDIR) $(DESTDIR)$(OURS) $(DESTDIR)$(DOCDIR)
