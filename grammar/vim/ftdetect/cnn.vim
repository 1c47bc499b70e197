" Recognises cnnc's texts by their name; syntax/cnn.vim highlights them.
autocmd BufNewFile,BufRead *.cnn setfiletype cnn
