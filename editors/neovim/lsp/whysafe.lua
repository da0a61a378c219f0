-- The server, as data for `vim.lsp.enable('whysafe')`; `vim.lsp.config('whysafe', {...})` changes any of it.
local capabilities
if vim.fn.has('nvim-0.12') == 0 then
  -- Neovim 0.11 pulls diagnostics but cannot be told to pull again, as new settings ask for: the server is to push.
  capabilities = { textDocument = { diagnostic = vim.NIL } }
end

return {
  -- nil, and so not started, where no executable is found; `:checkhealth whysafe` then says what to do.
  cmd = require('whysafe').command('server'),
  -- Never the workspace: whatever `vim.g.whysafe_command` starts must not load modules that lie there.
  cmd_cwd = vim.uv.os_homedir(),
  capabilities = capabilities,
  filetypes = { 'python' },
  root_markers = { 'pyproject.toml', 'whysafe.toml', '.whysafe.toml', '.git' },
  settings = { whysafe = vim.empty_dict() },
}
