-- Switches the server on and adds the commands. `vim.g.whysafe_enable = false` in init.lua leaves the server off.
if vim.g.loaded_whysafe then
  return
end
vim.g.loaded_whysafe = true

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify('whysafe needs Neovim 0.11 or later; this is an older one.', vim.log.levels.WARN)
  return
end

local group = vim.api.nvim_create_augroup('whysafe', {})

if vim.g.whysafe_enable ~= false then
  vim.lsp.enable('whysafe')
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = 'python',
    once = true,
    desc = 'Say once that whysafe is not there',
    callback = function()
      local _, problem = require('whysafe').command('server')
      if problem and not vim.lsp.config.whysafe.cmd then
        vim.notify('whysafe: ' .. problem, vim.log.levels.WARN)
      end
    end,
  })
end

-- Neovim watches no files on Linux, so that it would not tell the server of new settings.
vim.api.nvim_create_autocmd('BufWritePost', {
  group = group,
  pattern = { 'pyproject.toml', 'whysafe.toml', '.whysafe.toml' },
  desc = 'Tell whysafe that settings were written',
  callback = function(event)
    local changes = { { uri = vim.uri_from_fname(vim.fs.abspath(event.file)), type = 2 } }
    for _, client in ipairs(vim.lsp.get_clients({ name = 'whysafe' })) do
      client:notify('workspace/didChangeWatchedFiles', { changes = changes })
    end
  end,
})

vim.api.nvim_create_user_command('WhysafeExplain', function(call)
  require('whysafe').explain(call.fargs[1])
end, {
  nargs = '?',
  complete = function(typed)
    return vim.tbl_filter(function(name)
      return vim.startswith(name, typed)
    end, require('whysafe').rules())
  end,
  desc = 'Explain a rule; without a name, that of the finding under the cursor',
})

vim.api.nvim_create_user_command('WhysafeCheck', function(call)
  require('whysafe').check({ answered = call.bang })
end, { bang = true, desc = 'List the findings of the workspace; with !, the answered ones too' })

vim.api.nvim_create_user_command('WhysafeInspect', function()
  require('whysafe').inspect()
end, { desc = 'Look at this file, although it is not a part of the workspace' })
