-- Belay's language server in Neovim. Works from 0.7 up; from 0.11 on it uses `vim.lsp.config`.
--
-- Put this file into a folder `lua` on your runtime path (~/.config/nvim/lua/belay.lua), then:
--
--   require('belay').setup()
--
-- Options, with their defaults:
--
--   require('belay').setup({
--     cmd = { 'belay', 'lsp' },
--     environment = nil,        -- of belay.toml, whose database the session commands use
--     lenses = true,            -- show code lenses, and keep them fresh
--     on_attach = nil,          -- function(client, bufnr): your mappings
--     client = nil,             -- anything else that Neovim's LSP client takes, see :help vim.lsp
--   })
--
-- Lenses are run with `:lua vim.lsp.codelens.run()` on their line, quick fixes are chosen with
-- `:lua vim.lsp.buf.code_action()`. Before anything changes a database you are asked.

local M = {}

-- The nearest belay.toml decides; a file outside of any project is one by itself.
local function root_of(file)
  local found = vim.fn.findfile('belay.toml', vim.fn.fnameescape(vim.fn.fnamemodify(file, ':p:h')) .. ';')
  if found ~= '' then return vim.fn.fnamemodify(found, ':p:h') end
  local git = vim.fn.finddir('.git', vim.fn.fnameescape(vim.fn.fnamemodify(file, ':p:h')) .. ';')
  if git ~= '' then return vim.fn.fnamemodify(git, ':p:h:h') end
  return vim.fn.fnamemodify(file, ':p:h')
end

local function is_ours(file)
  return file:match('%.sql$') ~= nil or vim.fn.fnamemodify(file, ':t') == 'belay.toml'
end

local function keep_lenses_fresh(bufnr)
  local function refresh()
    if vim.fn.has('nvim-0.12') == 1 then
      vim.lsp.codelens.enable(true, { bufnr = bufnr })
    elseif vim.fn.has('nvim-0.10') == 1 then
      vim.lsp.codelens.refresh({ bufnr = bufnr })
    else
      vim.lsp.codelens.refresh()
    end
  end
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'BufWritePost' }, {
    buffer = bufnr,
    callback = refresh,
  })
  refresh()
end

-- Neovim 0.7 has no `vim.lsp.start`: one client for each root is kept here.
local clients = {}
local function start_before_0_8(config, bufnr)
  local id = clients[config.root_dir]
  if not id or not vim.lsp.get_client_by_id(id) or vim.lsp.client_is_stopped(id) then
    id = vim.lsp.start_client(config)
    clients[config.root_dir] = id
  end
  if id then vim.lsp.buf_attach_client(bufnr, id) end
end

function M.setup(options)
  options = options or {}
  local config = vim.tbl_extend('force', options.client or {}, {
    name = 'belay',
    cmd = options.cmd or { 'belay', 'lsp' },
    init_options = { environment = options.environment or '' },
    on_attach = function(client, bufnr)
      if options.lenses ~= false then keep_lenses_fresh(bufnr) end
      if options.on_attach then options.on_attach(client, bufnr) end
    end,
  })
  if vim.fn.has('nvim-0.11') == 1 then
    config.filetypes = { 'sql', 'toml' }
    config.root_dir = function(bufnr, on_dir)
      local file = vim.api.nvim_buf_get_name(bufnr)
      if is_ours(file) then on_dir(root_of(file)) end
    end
    vim.lsp.config('belay', config)
    vim.lsp.enable('belay')
    return
  end
  vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufNewFile' }, {
    group = vim.api.nvim_create_augroup('belay', {}),
    pattern = { '*.sql', 'belay.toml' },
    callback = function(event)
      local own = vim.tbl_extend('force', config, { root_dir = root_of(event.match) })
      if vim.lsp.start then
        vim.lsp.start(own, { bufnr = event.buf })
      else
        start_before_0_8(own, event.buf)
      end
    end,
  })
end

return M
