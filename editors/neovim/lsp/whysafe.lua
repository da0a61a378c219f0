-- The server, as data for `vim.lsp.enable('whysafe')`; `vim.lsp.config('whysafe', {...})` changes any of it.
return {
  -- nil, and so not started, where no executable is found; `:checkhealth whysafe` then says what to do.
  cmd = require('whysafe').command('server'),
  -- Never the workspace: whatever `vim.g.whysafe_command` starts must not load modules that lie there.
  cmd_cwd = vim.uv.os_homedir(),
  -- For `require('whysafe').status()`.
  capabilities = { experimental = { whysafe = { status = true } } },
  handlers = {
    ['whysafe/status'] = function(_, status, context)
      require('whysafe').on_status(status, context.client_id)
    end,
  },
  filetypes = { 'python' },
  root_markers = { 'pyproject.toml', 'whysafe.toml', '.whysafe.toml', '.git' },
  settings = { whysafe = vim.empty_dict() },
}
