-- Belay in Neovim, headless and with the configuration that editors/neovim has for people.
--
-- Runs in a project made by neovim_run.mjs. Environment: BELAY_RUNTIME (editors/neovim),
-- BELAY_PROGRAM, BELAY_DATABASE. Ends with 0, or with 1 and the reason on stderr.

local begun = vim.loop.hrtime()

local function say(text)
  io.stdout:write(string.format('%6.1f s  %s\n', (vim.loop.hrtime() - begun) / 1e9, text))
  io.stdout:flush()
end

local function await(what, ask, patience)
  local ok = vim.wait(patience or 60000, ask, 20)
  if not ok then error('waited in vain for ' .. what) end
end

local database = os.getenv('BELAY_DATABASE')
local function sqlite(text)
  local answer = vim.fn.system({ 'sqlite3', '-bail', database }, '.timeout 10000\n' .. text)
  assert(vim.v.shell_error == 0, answer)
  return answer
end
local before = sqlite('.dump')
local function untouched() assert(sqlite('.dump') == before, 'the database has changed') end

-- A person's answers to the server's questions, and what they were.
local questions, answers = {}, {}
vim.lsp.handlers['window/showMessageRequest'] = function(_, params)
  table.insert(questions, params.message)
  local wanted = table.remove(answers, 1)
  for _, action in ipairs(params.actions or {}) do
    if action.title == wanted then return action end
  end
  return vim.NIL
end
local messages = {}
vim.lsp.handlers['window/showMessage'] = function(_, params)
  table.insert(messages, params.message)
  return params
end

local function told(text)
  await('the message ' .. text, function()
    for _, message in ipairs(messages) do
      if message:find(text, 1, true) then return true end
    end
  end)
  messages = {}
end

local function codes(bufnr)
  local found = {}
  for _, d in ipairs(vim.diagnostic.get(bufnr)) do
    table.insert(found, string.format('%s %d:%d', d.code or d.user_data.lsp.code, d.lnum + 1, d.col + 1))
  end
  table.sort(found)
  return table.concat(found, ', ')
end

local function open(file)
  vim.cmd('edit ' .. vim.fn.fnameescape(file))
  return vim.api.nvim_get_current_buf()
end

local function expect_findings(bufnr, wanted)
  local ok = pcall(await, '', function() return codes(bufnr) == wanted end)
  if not ok then error('wanted findings: ' .. wanted .. '\nfound: ' .. codes(bufnr)) end
end

-- The way of a person: the cursor on the line, and the lens chosen from the list.
local function run_lens(bufnr, title)
  await('the server of this file', function()
    for _, client in pairs(vim.lsp.buf_get_clients(bufnr)) do
      if client.initialized then return true end
    end
  end)
  local lens
  local function offered()
    for _, found in ipairs(vim.lsp.codelens.get(bufnr)) do
      if found.command and vim.startswith(found.command.title, title) then lens = found end
    end
    return lens ~= nil
  end
  for _ = 1, 200 do
    vim.lsp.codelens.refresh()
    if vim.wait(300, offered, 20) then break end
  end
  assert(lens, 'the lens ' .. title .. ' is not offered')
  vim.api.nvim_win_set_cursor(0, { lens.range.start.line + 1, 0 })
  local select = vim.ui.select
  vim.ui.select = function(items, options, chosen)
    for index, item in ipairs(items) do
      if options.format_item(item):find(title, 1, true) then return chosen(item, index) end
    end
    error('the lens ' .. title .. ' is not in the list')
  end
  vim.lsp.codelens.run()
  vim.ui.select = select
end

local function choose(bufnr, title, answer, message)
  local asked = #questions
  table.insert(answers, answer)
  run_lens(bufnr, title)
  await('the question of ' .. title, function() return #questions > asked end)
  assert(questions[#questions]:find('app.db', 1, true), questions[#questions])
  if message then told(message) end
end

-- `:Belay`, with the answers of a person.
local function command(words, answer, message)
  local asked = #questions
  if answer then table.insert(answers, answer) end
  vim.cmd('Belay ' .. words)
  if answer then await('the question of ' .. words, function() return #questions > asked end) end
  if message then told(message) end
end

local function by_command()
  open('rope/migrations/0002_split_name.up.sql')
  local windows = #vim.api.nvim_list_wins()
  command('plan', nil, '2 migrations are pending')
  await('the report', function() return #vim.api.nvim_list_wins() > windows end)
  local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  assert(report:find('# Plan', 1, true) and report:find('destroys the values of people', 1, true), report)
  vim.cmd('close')
  command('environment copy')
  command('begin', 'Begin', 'copy.db (copy, development): Session')
  assert(questions[#questions]:find('sqlite:copy.db (copy, development)', 1, true), questions[#questions])
  command('rollback', 'Rollback', 'rolled back')
  local offered
  vim.ui.select = function(choices, _, chosen)
    offered = choices
    for _, choice in ipairs(choices) do
      if choice.name == '' then chosen(choice) end
    end
  end
  command('environment')
  await('the choice of an environment', function() return offered ~= nil end)
  assert(#offered == 2, vim.inspect(offered))
  command('begin', 'Begin', 'verified snapshot')
  command('apply', 'Apply', '1 migration was applied')
  command('down', 'Take back 0002', 'was taken back')
  assert(not questions[#questions]:find('copy', 1, true), questions[#questions])
  command('rollback', 'Rollback', 'rolled back')
  untouched()
  say('planned, begun, applied, taken back and rolled back by :Belay')
end

local function main()
  vim.opt.runtimepath:append(os.getenv('BELAY_RUNTIME'))
  local exits = {}
  require('belay').setup({
    cmd = { os.getenv('BELAY_PROGRAM'), 'lsp' },
    client = { on_exit = function(code, signal) table.insert(exits, code .. '/' .. signal) end },
  })

  local bufnr = open('shop/migrations/0003_index_orders.up.sql')
  expect_findings(bufnr, 'index-not-concurrent 1:8, lock-timeout-missing 1:1')
  say('diagnostics: ' .. codes(bufnr))

  local client = vim.lsp.get_active_clients()[1]
  local params = vim.lsp.util.make_given_range_params({ 1, 8 }, { 1, 8 }, bufnr, client.offset_encoding)
  params.context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(bufnr, 0) }
  local answer = assert(client.request_sync('textDocument/codeAction', params, 60000, bufnr))
  assert(not answer.err, vim.inspect(answer.err))
  local fix
  for _, action in ipairs(answer.result) do
    if action.title == 'Add CONCURRENTLY' then fix = action end
  end
  assert(fix, vim.inspect(answer.result))
  vim.lsp.util.apply_workspace_edit(fix.edit, client.offset_encoding)
  local line = vim.api.nvim_buf_get_lines(bufnr, 0, 1, true)[1]
  assert(line:find('^CREATE INDEX CONCURRENTLY orders_customer_idx'), line)
  await('the finding to go', function() return not codes(bufnr):find('index%-not%-concurrent') end)
  vim.cmd('silent write')
  say('code action: ' .. fix.title)

  bufnr = open('shop/migrations/0005_split_name.up.sql')
  params = vim.lsp.util.make_given_range_params({ 1, 0 }, { 1, 0 }, bufnr, client.offset_encoding)
  params.context = { diagnostics = {} }
  answer = assert(client.request_sync('textDocument/codeAction', params, 60000, bufnr))
  local write
  for _, action in ipairs(answer.result) do
    if action.title == 'Write the down migration' then write = action end
  end
  assert(write, vim.inspect(answer.result))
  if not write.edit then
    write = assert(client.request_sync('codeAction/resolve', write, 60000, bufnr)).result
  end
  vim.lsp.util.apply_workspace_edit(write.edit, client.offset_encoding)
  bufnr = open('shop/migrations/0005_split_name.down.sql')
  local down = table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, true), '\n')
  assert(down:find('ADD COLUMN name', 1, true), down)
  vim.cmd('silent write!')
  say('code action: ' .. write.title)

  bufnr = open('rope/migrations/0003_unique_email.up.sql')
  run_lens(bufnr, 'risk')
  told('0003_unique_email')
  untouched()
  choose(bufnr, 'Begin session', 'Cancel')
  choose(bufnr, 'Begin session', 'Begin', 'verified snapshot')
  untouched()
  choose(bufnr, 'Apply up to here', 'Apply')
  await('the offer to roll back', function() return questions[#questions]:find('UNIQUE constraint failed', 1, true) end)
  await('the failed statement', function() return codes(bufnr):find('run%-failed 2:1') end)
  assert(sqlite('.dump') ~= before)
  local columns = sqlite("SELECT group_concat(name) FROM pragma_table_info('people');")
  assert(columns == 'id,email,first_name,last_name\n', columns)
  choose(bufnr, 'Rollback', 'Rollback', 'rolled back')
  untouched()
  say('begun, applied and rolled back')

  by_command()

  -- One server for each of the two projects.
  local servers = vim.lsp.get_active_clients()
  assert(#servers == 2, #servers .. ' servers')
  for _, server in ipairs(servers) do server.stop() end
  await('the servers to end', function() return #exits == 2 end, 10000)
  assert(exits[1] == '0/0' and exits[2] == '0/0', vim.inspect(exits))
  say('the servers have ended')
end

local ok, problem = xpcall(main, debug.traceback)
if not ok then
  io.stderr:write('FAILED ' .. tostring(problem) .. '\n')
  vim.cmd('cquit 1')
end
vim.cmd('qall!')
