" Recognises cnnc's texts by their name; says nothing of how they look (syntax/cnn.vim does).
autocmd BufNewFile,BufRead *.cnn setfiletype cnn
