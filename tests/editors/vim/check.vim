" Belay in Vim by ALE. Runs in a project made by editor_run.mjs; environment: BELAY_RUNTIME (editors/vim),
" BELAY_PROGRAM, BELAY_DATABASE, BELAY_OUT (where the steps are written). Ends with 0, or with 1 and the reason.

let s:begun = reltime()

function! s:Say(text) abort
  call writefile([printf('%6.1f s  %s', reltimefloat(reltime(s:begun)), a:text)], $BELAY_OUT, 'a')
endfunction

function! s:Await(what, Ask) abort
  let l:start = reltime()
  while !a:Ask()
    if reltimefloat(reltime(l:start)) > 60 | throw 'waited in vain for ' . a:what | endif
    sleep 50m
  endwhile
endfunction

function! s:Texts() abort
  return map(copy(ale#engine#GetLoclist(bufnr(''))), 'v:val.code . " " . v:val.lnum . ":" . v:val.col')
endfunction

" What stands in all windows.
function! s:Shown() abort
  return join(flatten(map(range(1, winnr('$')), 'getbufline(winbufnr(v:val), 1, "$")')), "\n")
endfunction

function! s:Check() abort
  let l:before = system('sqlite3 -bail ' . shellescape($BELAY_DATABASE) . ' .dump')
  edit shop/migrations/0004_require_email.up.sql
  call s:Await('the findings', {-> index(s:Texts(), 'set-not-null 2:36') >= 0})
  call s:Say('findings')

  call append(line('$'), 'DROP TABLE orders;')
  call ale#Queue(0)
  call s:Await('what is typed to be checked', {-> index(s:Texts(), 'drop-table 3:12') >= 0})
  call s:Say('findings follow what is typed')

  call cursor(2, 1)
  ALEHover
  call s:Await('a hover', {-> s:Shown() =~# 'ACCESS EXCLUSIVE'})
  call s:Say('hover tells the lock')
  let l:after = system('sqlite3 -bail ' . shellescape($BELAY_DATABASE) . ' .dump')
  if l:after !=# l:before | throw 'the database has changed' | endif
endfunction

try
  set nocompatible nomore hidden noswapfile
  let g:ale_linters = {'sql': ['belay']}
  let g:ale_linters_explicit = 1
  let g:ale_hover_to_preview = 1
  let g:belay_program = $BELAY_PROGRAM
  filetype plugin on
  packadd! ale
  runtime! plugin/ale.vim
  execute 'source ' . fnameescape($BELAY_RUNTIME . '/belay.vim')
  call s:Check()
  ALEStopAllLSPs
  qall!
catch
  call writefile(['FAILED ' . v:exception . ' at ' . v:throwpoint, string(s:Texts()), execute('messages')], $BELAY_OUT, 'a')
  cquit 1
endtry
