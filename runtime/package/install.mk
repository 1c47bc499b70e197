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
	$(call say,CNNC,--help=$*)
	$(Q)$(BUILD)/cnnc --help=$* >$@.new && mv $@.new $@

.PHONY: install uninstall
install: $(BUILD)/cnnc $(BUILD)/libcnn.a $(BUILD)/libcnntrain.a $(MANUAL)
	$(call say,INSTALL,$(DESTDIR)$(BINDIR)/cnnc)
	$(Q)install -D -m 755 $(BUILD)/cnnc $(DESTDIR)$(BINDIR)/cnnc
	$(call say,INSTALL,"$(DESTDIR)$(LIBDIR)/libcnn.a and libcnntrain.a")
	$(Q)$(DATA) $(BUILD)/libcnn.a $(DESTDIR)$(LIBDIR)/libcnn.a
	$(Q)$(DATA) $(BUILD)/libcnntrain.a $(DESTDIR)$(LIBDIR)/libcnntrain.a
	$(call say,INSTALL,"$(DESTDIR)$(INCLUDEDIR)/cnn.h and cnn_*.h")
	$(Q)$(DATA) -t $(DESTDIR)$(INCLUDEDIR) runtime/cnn.h runtime/cnn_profile.h \
	    $(addprefix runtime/train/,cnn_train.h cnn_train_mpi.h cnn_random.h)
	$(call say,INSTALL,"$(DESTDIR)$(LIBDIR)/pkgconfig/cnnc.pc and cnnctrain.pc")
	$(Q)$(call fill,prefix) $(PACKAGE)/cnnc.pc.in >$(BUILD)/cnnc.pc
	$(Q)$(DATA) $(BUILD)/cnnc.pc $(DESTDIR)$(LIBDIR)/pkgconfig/cnnc.pc
	$(Q)$(call fill,prefix) -e 's|@TRAIN_LIBS@|$(TRAIN_LIBS)|' $(PACKAGE)/cnnctrain.pc.in >$(BUILD)/cnnctrain.pc
	$(Q)$(DATA) $(BUILD)/cnnctrain.pc $(DESTDIR)$(LIBDIR)/pkgconfig/cnnctrain.pc
	$(call say,INSTALL,$(DESTDIR)$(CMAKEDIR))
	$(Q)$(call fill,_cnnc_prefix) $(PACKAGE)/cnncConfig.cmake.in >$(BUILD)/cnncConfig.cmake
	$(Q)$(DATA) $(BUILD)/cnncConfig.cmake $(DESTDIR)$(CMAKEDIR)/cnncConfig.cmake
	$(Q)$(call fill,_cnnc_prefix) $(PACKAGE)/cnncConfigVersion.cmake.in >$(BUILD)/cnncConfigVersion.cmake
	$(Q)$(DATA) $(PACKAGE)/cnncAddNetwork.cmake $(DESTDIR)$(CMAKEDIR)/cnncAddNetwork.cmake
	$(Q)$(DATA) $(BUILD)/cnncConfigVersion.cmake $(DESTDIR)$(CMAKEDIR)/cnncConfigVersion.cmake
	$(call say,INSTALL,"$(DESTDIR)$(MANDIR)/man1/cnnc.1 and man5/cnn.5")
	$(Q)$(DATA) $(BUILD)/man/cnnc.1 $(DESTDIR)$(MANDIR)/man1/cnnc.1
	$(Q)$(DATA) $(BUILD)/man/cnn.5 $(DESTDIR)$(MANDIR)/man5/cnn.5
	$(call say,INSTALL,$(DESTDIR)$(VIMDIR))
	$(Q)$(DATA) grammar/vim/syntax/cnn.vim $(DESTDIR)$(VIMDIR)/syntax/cnn.vim
	$(Q)$(DATA) grammar/vim/ftdetect/cnn.vim $(DESTDIR)$(VIMDIR)/ftdetect/cnn.vim
	$(call say,INSTALL,$(DESTDIR)$(DOCDIR))
	$(Q)$(DATA) -t $(DESTDIR)$(DOCDIR) README.md LICENSE CHANGELOG.md grammar/LANGUAGE.md
	$(Q)$(call tree,examples,$(DOCDIR)/examples)
	$(call say,INSTALL,$(DESTDIR)$(OURS)/templates)
	$(Q)$(call tree,compiler/templates,$(OURS)/templates)
	$(Q)$(DATA) -t $(DESTDIR)$(OURS)/templates/web/include runtime/cnnw.h
	$(call say,INSTALL,"$(DESTDIR)$(OURS)/runtime python rust")
	$(Q)$(DATA) -t $(DESTDIR)$(OURS)/runtime runtime/*.c runtime/*.h
	$(Q)$(call tree,runtime/python,$(OURS)/python)
	$(Q)$(call tree,runtime/rust,$(OURS)/rust)

# Debian packages without a network, below $(BUILD)/deb: cnnc and libcnn-dev.
.PHONY: deb
deb: $(BUILD)/cnnc $(BUILD)/libcnn.a $(BUILD)/libcnntrain.a $(MANUAL)
	$(call say,DEB,$(BUILD)/deb)
	$(Q)$(PACKAGE)/deb $(BUILD) $(VERSION)

# Folders named cnnc are removed entirely; from other folders, only our own files.
uninstall:
	$(call say,REMOVE,"what make install put below $(DESTDIR)$(PREFIX)")
	$(Q)rm -f $(DESTDIR)$(BINDIR)/cnnc $(DESTDIR)$(LIBDIR)/libcnn.a $(DESTDIR)$(LIBDIR)/libcnntrain.a
	$(Q)rm -f $(addprefix $(DESTDIR)$(INCLUDEDIR)/,cnn.h cnn_profile.h cnn_train.h cnn_train_mpi.h cnn_random.h)
	$(Q)rm -f $(addprefix $(DESTDIR)$(LIBDIR)/pkgconfig/,cnnc.pc cnnctrain.pc)
	$(Q)rm -f $(DESTDIR)$(MANDIR)/man1/cnnc.1 $(DESTDIR)$(MANDIR)/man5/cnn.5
	$(Q)rm -f $(DESTDIR)$(VIMDIR)/syntax/cnn.vim $(DESTDIR)$(VIMDIR)/ftdetect/cnn.vim
	$(Q)rm -rf $(DESTDIR)$(CMAKEDIR) $(DESTDIR)$(OURS) $(DESTDIR)$(DOCDIR)
