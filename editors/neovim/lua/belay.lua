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
-- `:Belay COMMAND` runs a command on the database of the migration in the buffer:
--
--   :Belay begin | apply | down | commit | rollback | status     apply and down: this migration
--   :Belay down 1 | redo 1 | redo                                so many of the newest
--   :Belay plan | doctor | check | schema | problems | verify     shows a report
--   :Belay snapshots | restore [SNAPSHOT] | drop [SNAPSHOT] | prune
--   :Belay fresh
--   :Belay environment [NAME]                                     whose database is used; asks without a name
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

-- Migrations can be C++ classes, in projects that have a belay.toml.
local cpp_patterns = { '*.cc', '*.cpp', '*.cxx' }
local function is_cpp_of_project(file)
  if not (file:match('%.cc$') or file:match('%.cpp$') or file:match('%.cxx$')) then return false end
  return vim.fn.findfile('belay.toml', vim.fn.fnameescape(vim.fn.fnamemodify(file, ':p:h')) .. ';') ~= ''
end

local function is_ours(file)
  return file:match('%.sql$') ~= nil or vim.fn.fnamemodify(file, ':t') == 'belay.toml' or is_cpp_of_project(file)
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

-- What `:Belay` calls the server's commands.
local commands = {
  begin = 'begin', apply = 'apply', down = 'down', redo = 'redo', commit = 'commit', rollback = 'rollback',
  status = 'status', fresh = 'fresh', plan = 'plan', doctor = 'doctor', check = 'check', schema = 'verifySchema',
  problems = 'ledgerProblems', verify = 'verify', snapshots = 'snapshots', restore = 'restore',
  drop = 'dropSnapshot', prune = 'pruneSnapshots',
}

local function client_of(bufnr)
  local list = vim.lsp.get_clients and vim.lsp.get_clients({ bufnr = bufnr }) or vim.lsp.buf_get_clients(bufnr)
  for _, client in pairs(list) do
    if client.name == 'belay' then return client end
  end
  vim.notify('Belay: no server runs for this buffer; open a migration first', vim.log.levels.WARN)
end

-- A page beside the migration, which is nobody's file.
local function show_report(text)
  vim.cmd('botright new')
  vim.bo.buftype, vim.bo.bufhidden, vim.bo.swapfile = 'nofile', 'wipe', false
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(text, '\n'))
  vim.bo.filetype, vim.bo.modifiable = 'markdown', false
end

local function execute(client, command, argument, done)
  local function handler(err, result)
    if err then return vim.notify('Belay: ' .. (err.message or tostring(err)), vim.log.levels.ERROR) end
    done(result or {})
  end
  local params = { command = 'belay.' .. command, arguments = { argument } }
  if vim.fn.has('nvim-0.11') == 1 then
    client:request('workspace/executeCommand', params, handler)
  else
    client.request('workspace/executeCommand', params, handler)
  end
end

local function notify(client, method, params)
  if vim.fn.has('nvim-0.11') == 1 then client:notify(method, params) else client.notify(method, params) end
end

-- The server asks for the settings when it is told that they have changed.
local function use_environment(client, name)
  client.config.settings = vim.tbl_deep_extend('force', client.config.settings or {}, {
    belay = { environment = name },
  })
  notify(client, 'workspace/didChangeConfiguration', { settings = client.config.settings })
  vim.notify('Belay: ' .. (name == '' and "the project's default environment" or 'environment ' .. name))
end

local function choose_environment(client, uri)
  execute(client, 'environments', { uri = uri }, function(result)
    local choices = result.choices or {}
    if #choices == 0 then return end -- the server has said why
    table.insert(choices, { name = '', description = 'what belay.toml says' })
    vim.ui.select(choices, {
      prompt = 'Whose database do the commands of Belay use?',
      format_item = function(choice)
        return (choice.name == '' and 'project default' or choice.name) .. ' (' .. choice.description .. ')'
      end,
    }, function(choice)
      if choice then use_environment(client, choice.name) end
    end)
  end)
end

local function run(event)
  local name, more = event.fargs[1], event.fargs[2]
  local client = client_of(0)
  if not client then return end
  local uri = vim.uri_from_bufnr(0)
  if name == 'environment' then
    if more then return use_environment(client, more) end
    return choose_environment(client, uri)
  end
  if not commands[name] then
    return vim.notify('Belay: there is no command ' .. tostring(name), vim.log.levels.ERROR)
  end
  local argument = { uri = uri }
  if name == 'restore' or name == 'drop' then argument.snapshot = more end
  if name == 'down' or name == 'redo' then argument.steps = tonumber(more or (name == 'redo' and '1' or nil)) end
  if more and (name == 'down' or name == 'redo') and not argument.steps then
    return vim.notify('Belay: ' .. more .. ' is no number of migrations', vim.log.levels.ERROR)
  end
  if name == 'apply' or (name == 'down' and not argument.steps) then
    argument.version = (vim.lsp.util.buf_versions or {})[vim.api.nvim_get_current_buf()]
  end
  execute(client, commands[name], argument, function(result)
    if result.report then show_report(result.report) end
  end)
end

local function complete(lead, line)
  if #vim.split(vim.trim(line:sub(1, #line - #lead)), '%s+') > 1 then return {} end
  local names = vim.tbl_keys(commands)
  table.insert(names, 'environment')
  table.sort(names)
  return vim.tbl_filter(function(name) return vim.startswith(name, lead) end, names)
end

local function add_commands()
  vim.api.nvim_create_user_command('Belay', run, { nargs = '+', complete = complete, desc = 'Run a command of Belay' })
  -- Of the lenses this one has an answer that is to be shown.
  vim.lsp.commands['belay.plan'] = function(command, context)
    local client = vim.lsp.get_client_by_id(context.client_id)
    execute(client, 'plan', command.arguments[1], function(result)
      if result.report then show_report(result.report) end
    end)
  end
end

function M.setup(options)
  options = options or {}
  add_commands()
  local config = vim.tbl_extend('force', options.client or {}, {
    name = 'belay',
    cmd = options.cmd or { 'belay', 'lsp' },
    init_options = { environment = options.environment or '' },
    settings = { belay = { environment = options.environment or '' } },
    on_attach = function(client, bufnr)
      if options.lenses ~= false then keep_lenses_fresh(bufnr) end
      if options.on_attach then options.on_attach(client, bufnr) end
    end,
  })
  if vim.fn.has('nvim-0.11') == 1 then
    config.filetypes = { 'sql', 'toml', 'cpp' }
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
    pattern = vim.list_extend({ '*.sql', 'belay.toml' }, cpp_patterns),
    callback = function(event)
      if not is_ours(event.match) then return end
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
