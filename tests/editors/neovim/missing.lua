-- A workspace must not choose what is started; a missing server, and one that ends at once, are said once.
local t = dofile(vim.fs.joinpath(vim.env.WHYSAFE_TESTS, 'harness.lua'))
local check, becomes, part = t.check, t.becomes, t.part

local sentinel = vim.fs.joinpath(t.folder, 'started')
local program = t.write('whysafe', { '#!/bin/sh', 'touch ' .. sentinel })
vim.uv.fs_chmod(program, tonumber('755', 8))
t.write('one.py', { 'eval(x)' })
t.write('two.py', { 'eval(x)' })
t.write('three.py', { 'eval(x)' })
vim.cmd.cd(t.folder)

local function problem()
  return select(2, require('whysafe').command('server')) or ''
end

part('missing', function()
  -- Both the point and an empty entry mean the current folder.
  vim.env.PATH = '.::/usr/bin:/bin'
  vim.cmd.edit('one.py')
  vim.cmd.edit('two.py')
  local _, count = vim.fn.execute('messages'):gsub('no program whysafe is on PATH', '')
  check('a missing server is said once', count == 1, vim.fn.execute('messages'))
  vim.cmd('silent! WhysafeCheck')
  vim.cmd('silent! WhysafeExplain yaml-unsafe-load')
  vim.cmd('checkhealth whysafe')
  local health = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  check(':checkhealth says what to do', health:find('ERROR no program whysafe is on PATH', 1, true), health)
  check('no client is running', #vim.lsp.get_clients() == 0)
  vim.g.whysafe_command = './whysafe'
  check('a relative path is refused', problem():find('relative path', 1, true), problem())
  vim.g.whysafe_command = '/nowhere/whysafe'
  check('a path that is no program is refused', problem():find('no program', 1, true), problem())
  vim.g.whysafe_command = { false }
  check('a setting of another type is refused', problem():find('neither', 1, true), problem())
  vim.g.whysafe_command = { program, 'extra' }
  local command = require('whysafe').command('server')
  check('a whole path with arguments is taken', vim.deep_equal(command, { program, 'extra', 'server' }), command)
  check('nothing of the workspace was started', vim.uv.fs_stat(sentinel) == nil)
end)

part('crashing', function()
  vim.lsp.config('whysafe', { cmd = { vim.fn.exepath('false') } })
  vim.cmd.edit('three.py')
  becomes('a server that ends at once is said', function()
    return vim.fn.execute('messages'):find('Client whysafe quit with exit code 1', 1, true)
  end)
  check('it is not started again and again', #vim.api.nvim_get_proc_children(vim.fn.getpid()) == 0)
end)

t.finish()
