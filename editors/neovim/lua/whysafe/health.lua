--- `:checkhealth whysafe`: whether the server can be found and started, and what to do where it cannot.
local M = {}

local TIMEOUT = 15000

local function check_neovim()
  local version = tostring(vim.version())
  if vim.fn.has('nvim-0.11') == 0 then
    vim.health.error(('Neovim %s is too old'):format(version), 'Install Neovim 0.11 or later.')
    return false
  end
  vim.health.ok('Neovim ' .. version)
  return true
end

local function check_executable()
  local whysafe = require('whysafe')
  local command, problem = whysafe.command('--version')
  if not command then
    vim.health.error(problem)
    return false
  end
  local started, process = pcall(vim.system, command, { text = true, cwd = vim.uv.os_homedir() })
  local result = started and process:wait(TIMEOUT) or { code = -1, stderr = process }
  if result.code ~= 0 then
    vim.health.error(
      ('%s does not run: %s'):format(table.concat(command, ' '), vim.trim(result.stderr or '')),
      'Install whysafe again: `pipx install --force whysafe`.'
    )
    return false
  end
  vim.health.ok(('%s is %s'):format(command[1], vim.trim(result.stdout)))
  return true
end

--- Starts a server of its own, so that a running one is left alone, and ends it.
local function check_server()
  local config = vim.tbl_extend('force', vim.lsp.config.whysafe, { name = 'whysafe-health', root_dir = vim.NIL })
  config.root_dir = nil
  local id = vim.lsp.start(config, { attach = false })
  local client = id and vim.lsp.get_client_by_id(id)
  local answered = client
    and vim.wait(TIMEOUT, function()
      return client.initialized or client:is_stopped()
    end, 20)
  if not answered or not client.initialized then
    vim.health.error('the server does not start', 'Look at what it wrote: `:edit ' .. vim.lsp.log.get_filename() .. '`')
  else
    local encoding = client.offset_encoding
    vim.health.ok(('the server starts and answers (positions in %s)'):format(encoding))
  end
  if client then
    client:stop(true)
  end
end

local function check_clients()
  -- Neovim 0.11 does not tell what is enabled.
  if vim.lsp.is_enabled and not vim.lsp.is_enabled('whysafe') then
    vim.health.warn('the server is not enabled', "Call `vim.lsp.enable('whysafe')`, or unset vim.g.whysafe_enable.")
  end
  for _, client in ipairs(vim.lsp.get_clients({ name = 'whysafe' })) do
    local buffers = vim.tbl_count(client.attached_buffers)
    vim.health.info(('running for %s, %d buffers'):format(client.root_dir or 'single files', buffers))
  end
end

function M.check()
  vim.health.start('whysafe')
  if check_neovim() and check_executable() then
    check_server()
    check_clients()
  end
end

return M
