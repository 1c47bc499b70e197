" Highlights cnnc's texts: statements, layers, labels, sizes, arrows. It knows the shape of the
" language, not its rules, and has no list of layers: any word in capitals is one.
" To install: copy this folder's syntax/ and ftdetect/ into ~/.vim/.
if exists('b:current_syntax')
  finish
endif
syntax case match

" Later rules win where several match at one place.
syntax match cnnName       /\<\h\w*\>/
syntax match cnnNumber     /\<\d\+\>/
syntax match cnnNumber     /\<\d\+\.\d*\%([eE][+-]\=\d\+\)\=/
syntax match cnnNumber     /\.\d\+\%([eE][+-]\=\d\+\)\=/
syntax match cnnNumber     /\<\d\+[eE][+-]\=\d\+\>/
syntax match cnnSize       /\<\d\+\%([x×]\d\+\)\+\>/
syntax match cnnArgument   /\<\h\w*\ze\s*==\@!/
syntax match cnnLayer      /\<\u[A-Z0-9]\+\>/
syntax match cnnMerge      /\<\u[A-Z0-9]\+\ze\s*{/
syntax match cnnFunction   /\<\%(min\|max\|ceil\|floor\|abs\)\ze\s*(/
syntax match cnnShape      /\<[HWC]\>/
syntax keyword cnnValue    yes no same valid full avg l2 gauss nearest bilinear chw hwc f32 u8 s8
syntax match cnnValue      /\<max\>\%(\s*[(=]\)\@!/
syntax keyword cnnWord     if else as and or not
syntax keyword cnnReference FROM SHARE
syntax match cnnStatement  /^\s*\zs\%(network\|param\|default\|block\|table\|expect\|train\)\>/
syntax match cnnOperator   /[-+*\/%^<>=?|]\|[<>=!]=/
syntax match cnnArrow      /->\|→/
syntax match cnnLabel      /\%([A-Za-z0-9_.]\|{[^{}:|#"]*}\)\+:/ contains=cnnHole
syntax match cnnLabel      /"[^"]*":\=/
syntax region cnnHole      matchgroup=cnnLabel start=/{/ end=/}/ contained oneline contains=cnnName,cnnNumber,cnnOperator
syntax match cnnComment    /#.*$/ contains=@Spell

highlight default link cnnNumber    Number
highlight default link cnnSize      Number
highlight default link cnnLayer     Function
highlight default link cnnMerge     Structure
highlight default link cnnReference Structure
highlight default link cnnFunction  Function
highlight default link cnnShape     Identifier
highlight default link cnnArgument  Identifier
highlight default link cnnValue     Constant
highlight default link cnnWord      Conditional
highlight default link cnnStatement Statement
highlight default link cnnOperator  Operator
highlight default link cnnArrow     Special
highlight default link cnnLabel     Label
highlight default link cnnComment   Comment

setlocal commentstring=#\ %s
setlocal comments=:#
let b:current_syntax = 'cnn'
