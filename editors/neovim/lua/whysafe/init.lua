--- What the plugin does beside the server: it finds the executable, shows rule pages and fills the quickfix list.
local M = {}

local RULES_TIMEOUT = 10000
local LEVELS = { error = 'E', warning = 'W', information = 'I', hint = 'N' }
local INSTALL = 'Install it (`pipx install whysafe`) so that it is on PATH, or set vim.g.whysafe_command.'

local function tell(message, level)
  vim.notify('whysafe: ' .. message, level or vim.log.levels.INFO)
end

--- The absolute path of a program. A relative one would let an opened workspace choose what is started, and so would
--- a relative entry of PATH: both are left out.
local function resolve(program)
  if program:find('[/\\]') then
    local path = vim.fs.normalize(program)
    if vim.fn.isabsolutepath(path) == 0 then
      return nil, ('vim.g.whysafe_command is the relative path %s; give the whole path.'):format(program)
    elseif vim.fn.executable(path) == 0 then
      return nil, ('%s, from vim.g.whysafe_command, is no program that can be started.'):format(program)
    end
    return path
  end
  for folder in vim.gsplit(vim.env.PATH or '', vim.fn.has('win32') == 1 and ';' or ':', { plain = true }) do
    local path = vim.fs.joinpath(folder, program)
    if vim.fn.isabsolutepath(folder) == 1 and vim.fn.executable(path) == 1 then
      return path
    end
  end
  return nil, ('no program %s is on PATH. %s'):format(program, INSTALL)
end

--- The command line of whysafe with these arguments; nil and a message where it cannot be found.
---@param ... string
---@return string[]?, string?
function M.command(...)
  local set = vim.g.whysafe_command or 'whysafe'
  local words = type(set) == 'table' and vim.list_slice(set) or { set }
  if type(words[1]) ~= 'string' or words[1] == '' then
    return nil, 'vim.g.whysafe_command is neither the path of a program nor a list that begins with one.'
  end
  local path, problem = resolve(words[1])
  if not path then
    return nil, problem
  end
  words[1] = path
  return vim.list_extend(words, { ... })
end

--- Run whysafe outside the workspace; `done` gets the finished process, on the main loop. Nil where it does not start.
local function run(arguments, done)
  local command, problem = M.command(unpack(arguments))
  if not command then
    return tell(problem, vim.log.levels.ERROR)
  end
  local options = { text = true, cwd = vim.uv.os_homedir() }
  local started, process = pcall(vim.system, command, options, done and vim.schedule_wrap(done))
  if not started then
    return tell(('%s does not start: %s'):format(command[1], process), vim.log.levels.ERROR)
  end
  return process
end

-- Rule pages ---------------------------------------------------------------------------------------------------------

local function rule_under_cursor()
  local line, column = unpack(vim.api.nvim_win_get_cursor(0))
  local here
  for _, item in ipairs(vim.diagnostic.get(0, { lnum = line - 1 })) do
    if item.source == 'whysafe' and item.code and not vim.startswith(item.code, 'justification-') then
      local covers = item.col <= column and (item.end_lnum > item.lnum or column < item.end_col)
      here = covers and item.code or here or item.code
    end
  end
  return here
end

local function show_page(rule, markdown)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(vim.trim(markdown), '\n'))
  vim.bo[buffer].filetype = 'markdown'
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].bufhidden = 'wipe'
  vim.api.nvim_buf_set_name(buffer, ('whysafe://%s/%d'):format(rule, buffer))
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, desc = 'Close the rule page' })
  vim.api.nvim_open_win(buffer, true, { split = 'below' })
end

local function explain_by_command_line(rule)
  run({ 'explain', rule }, function(process)
    if process.code ~= 0 then
      return tell((vim.trim(process.stderr):gsub('^whysafe explain: ', '')), vim.log.levels.ERROR)
    end
    show_page(rule, process.stdout)
  end)
end

--- Show the page of a rule in a window below; without a name, that of the finding under the cursor.
---@param rule string? a rule's name or another tool's id
function M.explain(rule)
  rule = rule or rule_under_cursor()
  if not rule then
    return tell('no finding is under the cursor; give the name of a rule.', vim.log.levels.WARN)
  end
  local client = vim.lsp.get_clients({ name = 'whysafe' })[1]
  if not client then
    return explain_by_command_line(rule)
  end
  local request = { command = 'whysafe.explain', arguments = { rule } }
  client:request('workspace/executeCommand', request, function(problem, page)
    if problem or type(page) ~= 'string' then
      return explain_by_command_line(rule)
    end
    show_page(rule, page)
  end)
end

local names

--- The names of all rules, for completion; empty where they cannot be had.
---@return string[]
function M.rules()
  if not names then
    local process = run({ 'rules', '--format', 'json' })
    local result = process and process:wait(RULES_TIMEOUT)
    if not result or result.code ~= 0 then
      return {}
    end
    names = vim.tbl_map(function(rule)
      return rule.name
    end, vim.json.decode(result.stdout).rules)
  end
  return names
end

-- What is looked at, and how things stand ----------------------------------------------------------------------------

--- Have the current file looked at, wherever it is: by itself, the server leaves out what is not your own.
function M.inspect()
  local client = vim.lsp.get_clients({ name = 'whysafe', bufnr = 0 })[1]
  if not client then
    return tell('no server runs for this buffer; :checkhealth whysafe says why.', vim.log.levels.WARN)
  end
  local request = { command = 'whysafe.inspect', arguments = { vim.uri_from_bufnr(0) } }
  client:request('workspace/executeCommand', request, function(problem, answer)
    if problem then
      return tell(problem.message, vim.log.levels.ERROR)
    end
    tell((answer:gsub('^whysafe ', '')))
  end)
end

local statuses = {}

--- Take what a server tells of how things stand; the handler of `whysafe/status`.
function M.on_status(status, client_id)
  statuses[client_id] = status
  vim.api.nvim_exec_autocmds('User', { pattern = 'WhysafeStatus', modeline = false })
  vim.cmd.redrawstatus()
end

--- How things stand, for a status line: "whysafe 2 open, 1 justified"; empty where no server runs for the buffer.
---@return string
function M.status()
  local client = vim.lsp.get_clients({ name = 'whysafe', bufnr = 0 })[1]
  local status = client and statuses[client.id]
  if not status then
    return ''
  end
  local parts = { ('whysafe %d open, %d justified'):format(status.open, status.justified) }
  if status.attention > 0 then
    parts[#parts + 1] = ('%d needing attention'):format(status.attention)
  end
  if status.state ~= 'ready' then
    parts[#parts + 1] = status.state
  end
  return table.concat(parts, ', ')
end

-- The workspace in the quickfix list ----------------------------------------------------------------------------------

local function workspace()
  local client = vim.lsp.get_clients({ name = 'whysafe' })[1]
  local folder = client and client.root_dir or vim.fs.root(0, vim.lsp.config.whysafe.root_markers)
  return vim.fs.normalize(folder or vim.fn.getcwd())
end

--- Byte columns from code points: the quickfix list counts bytes.
local function byte_columns()
  local files = {}
  return function(path, place)
    if not files[path] then
      local read, lines = pcall(vim.fn.readfile, path)
      files[path] = read and lines or {}
    end
    local line = files[path][place.line]
    return line and vim.str_byteindex(line, 'utf-32', place.column - 1, false) + 1 or place.column
  end
end

--- Rule, the answer if there is one, message: "assert-used, accepted by M. Smit until 2027-05-24: ...".
local function text_of(finding)
  local parts = { finding.rule }
  if finding.state ~= 'open' and finding.state ~= 'valid' then
    parts[#parts + 1] = ', ' .. finding.state
  end
  local answer = finding.justification or {}
  for _, field in ipairs({ { ', ', 'decision' }, { ' by ', 'who' }, { ' until ', 'review_by' } }) do
    local before, name = unpack(field)
    if answer[name] then
      parts[#parts + 1] = before .. answer[name]
    end
  end
  return table.concat(parts) .. ': ' .. finding.message
end

--- The entries of the quickfix list for what `whysafe check --format json` printed; with `answered`, also the findings
--- that have a justification which counts.
local function quickfix_items(answer, answered)
  local byte_column = byte_columns()
  local items = {}
  for _, problem in ipairs(answer.errors) do
    items[#items + 1] = { filename = problem.path, type = 'E', text = problem.message }
  end
  for _, finding in ipairs(answer.findings) do
    if answered or finding.state ~= 'valid' then
      items[#items + 1] = {
        filename = finding.path,
        lnum = finding.start.line,
        col = byte_column(finding.path, finding.start),
        end_lnum = finding['end'].line,
        end_col = byte_column(finding.path, finding['end']),
        type = LEVELS[finding.severity],
        text = text_of(finding),
      }
    end
  end
  return items
end

local checking

--- Check the workspace in the background and list what needs an answer.
---@param options? { answered: boolean } with `answered`, the findings that are answered are listed too
function M.check(options)
  if checking then
    return tell('a check is already running.')
  end
  local folder = workspace()
  local answered = options ~= nil and options.answered
  tell('checking ' .. folder)
  checking = run({ 'check', '--format', 'json', folder }, function(process)
    checking = nil
    local decoded, answer = pcall(vim.json.decode, process.stdout, { luanil = { object = true } })
    if not decoded or type(answer) ~= 'table' then
      return tell('the check failed: ' .. vim.trim(process.stderr), vim.log.levels.ERROR)
    end
    local items = quickfix_items(answer, answered)
    local summary = ('%d entries, %d files checked'):format(#items, answer.files)
    vim.fn.setqflist({}, ' ', { title = 'whysafe: ' .. summary, items = items })
    tell(summary)
    if #items > 0 then
      vim.cmd('botright copen')
    end
  end)
end

return M
