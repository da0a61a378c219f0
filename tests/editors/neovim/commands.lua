-- What the plugin adds to the server: rule pages, the quickfix list, the health check, the help file.
local t = dofile(vim.fs.joinpath(vim.env.WHYSAFE_TESTS, 'harness.lua'))
local check, becomes, part = t.check, t.becomes, t.part

t.write('pyproject.toml', { '[tool.whysafe]' })
t.write('opened.py', { 'import yaml', '', '', 'def load(stream):', '    return yaml.load(stream)' })
t.write('closed.py', { 'text = "é漢𝄞"; eval(text)' })
t.write('broken.py', { 'def (:' })
t.write('answered.py', { 'def twice(command):', '    return exec(command)' })

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

local function is_page(rule)
  return vim.startswith(vim.api.nvim_buf_get_name(0), 'whysafe://' .. rule) and text():find('Why it is weak', 1, true)
end

part('answer a finding', function()
  vim.cmd.edit(vim.fs.joinpath(t.folder, 'answered.py'))
  becomes('a finding to answer', function()
    return #vim.diagnostic.get(0) == 1
  end)
  t.go_to('exec')
  t.menu('Justify exec-use as accepted')
  becomes('a justification to fill in', function()
    return t.place('TODO')
  end)
  t.go_to('TODO')
  t.type('COnly operators type it, on their own machine.<Esc>')
  becomes('an answer', function()
    return t.diagnostic('exec-use', vim.diagnostic.severity.HINT)
  end)
  vim.cmd('silent write')
end)

part('rule pages', function()
  vim.cmd.edit(vim.fs.joinpath(t.folder, 'opened.py'))
  becomes('a finding to explain', function()
    return #vim.diagnostic.get(0) == 1
  end)
  t.go_to('yaml.load')
  vim.cmd('WhysafeExplain')
  becomes(':WhysafeExplain shows the rule under the cursor', function()
    return is_page('yaml-unsafe-load')
  end)
  t.type('q')
  check('q closes the page', vim.endswith(vim.api.nvim_buf_get_name(0), 'opened.py'))
  vim.cmd('WhysafeExplain B602')
  becomes(':WhysafeExplain takes the id of another tool', function()
    return is_page('B602')
  end)
  t.type('q')
  local completed = vim.fn.getcompletion('WhysafeExplain yaml-', 'cmdline')
  check(':WhysafeExplain completes the names of rules', vim.tbl_contains(completed, 'yaml-unsafe-load'), completed)
  vim.cmd('WhysafeExplain yaml-unsafe-laod')
  becomes('an unknown rule gets a message that helps', function()
    return vim.fn.execute('messages'):find('Did you mean yaml-unsafe-load', 1, true)
  end)
end)

local function entries()
  return vim.tbl_map(function(item)
    local name = vim.fs.basename(vim.api.nvim_buf_get_name(item.bufnr))
    return ('%s:%d:%d:%d %s %s'):format(
      name,
      item.lnum,
      item.col,
      item.end_col,
      item.type,
      item.text:match('^[%w-]+: ') or ''
    )
  end, vim.fn.getqflist())
end

part('workspace', function()
  vim.cmd('WhysafeCheck')
  becomes(':WhysafeCheck opens the quickfix list', function()
    return vim.bo.buftype == 'quickfix'
  end)
  local found = entries()
  check(
    'it has the open findings, with byte columns',
    vim.deep_equal(vim.list_slice(found, 2), {
      'closed.py:1:21:25 I eval-use: ',
      'opened.py:5:12:21 E yaml-unsafe-load: ',
    }),
    found
  )
  check('it says which file was not analysed', vim.startswith(found[1], 'broken.py:'), found)
  vim.cmd.cclose()
  vim.fn.setqflist({}, 'f')
  vim.cmd('WhysafeCheck!')
  becomes(':WhysafeCheck! opens it, too', function()
    return #vim.fn.getqflist() == 4
  end)
  local answered = vim.fn.getqflist()[2].text
  check(
    ':WhysafeCheck! lists the answered ones with their decision',
    vim.startswith(answered, 'exec-use, accepted by E. Tester until '),
    answered
  )
  vim.cmd.cclose()
end)

part('without a server', function()
  vim.lsp.enable('whysafe', false)
  becomes('vim.lsp.enable can switch the server off', function()
    return #vim.lsp.get_clients({ name = 'whysafe' }) == 0
  end)
  vim.cmd('WhysafeExplain yaml-unsafe-load')
  becomes('then :WhysafeExplain asks the command line', function()
    return is_page('yaml-unsafe-load')
  end)
  t.type('q')
  vim.lsp.enable('whysafe')
end)

part('health', function()
  vim.cmd('checkhealth whysafe')
  local seen = text()
  for _, words in ipairs({ 'OK Neovim', 'is whysafe ', 'OK the server starts and answers' }) do
    check(':checkhealth whysafe says: ' .. words, seen:find(words, 1, true), seen)
  end
  check(':checkhealth whysafe finds no fault', not seen:find('ERROR') and not seen:find('WARNING'), seen)
  vim.cmd.close()
end)

part('help', function()
  vim.cmd.help('whysafe')
  check(':help whysafe opens', vim.endswith(vim.api.nvim_buf_get_name(0), 'doc/whysafe.txt'))
  local committed = vim.fn.readfile(vim.fs.joinpath(vim.fs.dirname(vim.api.nvim_buf_get_name(0)), 'tags'))
  local copy = t.write('whysafe.txt', vim.api.nvim_buf_get_lines(0, 0, -1, false))
  vim.cmd.helptags(vim.fs.dirname(copy))
  local fresh = vim.fn.readfile(vim.fs.joinpath(t.folder, 'tags'))
  check('doc/tags is fresh (:helptags editors/neovim/doc)', vim.deep_equal(committed, fresh), fresh)
end)

t.finish()
