--- What the tests share: one line for each check, the end at the first failure, and waiting without fixed sleeps.
local M = { folder = assert(vim.env.WHYSAFE_TEST_FOLDER, 'run these tests with run.sh') }

local TIMEOUT = 20000
local INTERVAL = 10

function M.check(name, holds, detail)
  local verdict = holds and 'ok' or 'FAILED'
  io.stdout:write(('%s - %s\n'):format(verdict, name))
  if not holds then
    io.stdout:write(vim.inspect(detail == nil and M.seen() or detail) .. '\n')
    vim.cmd('cquit 1')
  end
end

--- The check that a condition comes to hold.
function M.becomes(name, condition)
  local holds = vim.wait(TIMEOUT, condition, INTERVAL)
  M.check(name, holds)
end

--- Run a part of the tests, so that an error in it is a failure with a name.
function M.part(name, body)
  local fine, problem = xpcall(body, debug.traceback)
  if not fine then
    M.check(name, false, problem)
  end
end

--- What a failure shows: the text and the diagnostics.
function M.seen()
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  return {
    lines = lines,
    diagnostics = vim.tbl_map(M.brief, vim.diagnostic.get(0)),
    messages = vim.fn.execute('messages'),
  }
end

function M.brief(item)
  return ('%d:%d-%d:%d %s %s %s'):format(
    item.lnum,
    item.col,
    item.end_lnum,
    item.end_col,
    vim.diagnostic.severity[item.severity],
    item.code,
    item.message
  )
end

function M.write(name, lines)
  local path = vim.fs.joinpath(M.folder, name)
  vim.fn.mkdir(vim.fs.dirname(path), 'p')
  vim.fn.writefile(lines, path)
  return path
end

--- The first diagnostic of the current buffer with this code, and with this severity if one is given.
function M.diagnostic(code, severity)
  for _, item in ipairs(vim.diagnostic.get(0)) do
    if item.code == code and (severity == nil or item.severity == severity) then
      return item
    end
  end
end

--- Line and byte column, both from 0, of a text in the current buffer.
function M.place(text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(text, 1, true)
    if column then
      return number - 1, column - 1
    end
  end
end

function M.go_to(text)
  local line, column = M.place(text)
  vim.api.nvim_win_set_cursor(0, { assert(line, text) + 1, column })
end

function M.type(keys)
  vim.api.nvim_feedkeys(vim.keycode(keys), 'xt', false)
end

--- The titles that the editor's own menu has after `open`; the first that begins with `choice` is chosen.
function M.choose(choice, open)
  local titles
  local select = vim.ui.select
  vim.ui.select = function(items, options, choose)
    titles = vim.tbl_map(options.format_item, items)
    for number, title in ipairs(titles) do
      if choice and vim.startswith(title, choice) then
        return choose(items[number], number)
      end
    end
    choose(nil, nil)
  end
  open()
  vim.wait(TIMEOUT, function()
    return titles ~= nil
  end, INTERVAL)
  vim.ui.select = select
  return titles or {}
end

--- The titles of the code actions at the cursor, of which one is chosen.
function M.menu(choice)
  return M.choose(choice, vim.lsp.buf.code_action)
end

--- Have the code lenses of the current buffer shown; Neovim 0.11 has to be asked to look again.
function M.show_lenses()
  if vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(true, { bufnr = 0 })
  end
end

--- The titles of the lenses that are shown.
function M.lenses()
  local found
  if vim.lsp.codelens.enable then
    found = vim.tbl_map(function(item)
      return item.lens
    end, vim.lsp.codelens.get({ bufnr = 0 }))
  else
    vim.lsp.codelens.refresh({ bufnr = 0 })
    found = vim.lsp.codelens.get(0)
  end
  return vim.tbl_map(function(lens)
    return lens.command.title
  end, found)
end

--- The server's process and those that it started.
function M.processes()
  local server = vim.api.nvim_get_proc_children(vim.fn.getpid())[1]
  return server, server and vim.api.nvim_get_proc_children(server) or {}
end

--- The end of a file of tests. Neovim is started so that it fails where this is not reached.
function M.finish()
  vim.cmd('qall!')
end

return M
