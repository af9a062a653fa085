" Belay for migrations in SQL, by ALE (https://github.com/dense-analysis/ale; Debian: vim-ale).
"
" Copy this to ~/.vim/after/plugin/belay.vim. Findings are shown as ALE shows them; :ALECodeAction offers the
" fixes, :ALEHover tells what a statement costs.

if !exists('*ale#linter#Define') && empty(globpath(&runtimepath, 'autoload/ale/linter.vim'))
  finish
endif

function! BelayRoot(buffer) abort
  let l:config = ale#path#FindNearestFile(a:buffer, 'belay.toml')
  return empty(l:config) ? fnamemodify(bufname(a:buffer), ':p:h') : fnamemodify(l:config, ':h')
endfunction

call ale#linter#Define('sql', {
\   'name': 'belay',
\   'lsp': 'stdio',
\   'executable': get(g:, 'belay_program', 'belay'),
\   'command': '%e lsp',
\   'project_root': function('BelayRoot'),
\})
