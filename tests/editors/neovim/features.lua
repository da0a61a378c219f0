-- Everything that the server and the plugin do in Neovim, in one session with the real server.
local t = dofile(vim.fs.joinpath(vim.env.WHYSAFE_TESTS, 'harness.lua'))
local check, becomes, part, diagnostic = t.check, t.becomes, t.part, t.diagnostic
local ERROR, HINT = vim.diagnostic.severity.ERROR, vim.diagnostic.severity.HINT

t.write('pyproject.toml', { '[tool.whysafe]' })
t.write('sample.py', {
  'import subprocess',
  'import yaml',
  '',
  '',
  'def run(command):',
  '    text = "é漢𝄞"; subprocess.run(command, shell=True)',
  '    return text',
  '',
  '',
  'def load(stream):',
  '    return yaml.load(stream)',
})

local function line_of(text)
  local line = t.place(text)
  return line and vim.api.nvim_buf_get_lines(0, line, line + 1, false)[1]
end

local function columns_are_right(item, text)
  local line, column = t.place(text)
  return item.lnum == line and item.col == column and item.end_lnum == line and item.end_col == column + #text
end

part('open', function()
  vim.cmd.edit(vim.fs.joinpath(t.folder, 'sample.py'))
  becomes('opening a Python file starts the server', function()
    return #vim.lsp.get_clients({ bufnr = 0, name = 'whysafe' }) == 1
  end)
  becomes('both findings are shown', function()
    return #vim.diagnostic.get(0) == 2
  end)
  check(
    'the finding after é, 漢 and 𝄞 has the right columns',
    columns_are_right(diagnostic('subprocess-shell-true'), 'subprocess.run')
  )
  check('the other finding has the right columns', columns_are_right(diagnostic('yaml-unsafe-load'), 'yaml.load'))
  check('findings come once, not both pushed and pulled', #vim.diagnostic.get(0) == 2)
end)

part('hover', function()
  t.go_to('subprocess.run')
  vim.lsp.buf.hover()
  local float
  becomes('hover opens a window', function()
    float = vim.iter(vim.api.nvim_list_wins()):find(function(window)
      return vim.api.nvim_win_get_config(window).relative ~= ''
    end)
    return float
  end)
  local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(float), 0, -1, false)
  local text = table.concat(lines, '\n')
  for _, words in ipairs({ 'subprocess-shell-true', 'Why it is weak', 'How to fix it', 'CWE-78' }) do
    check('hover says: ' .. words, text:find(words, 1, true), text)
  end
  vim.api.nvim_win_close(float, true)
end)

part('safe fix and undo', function()
  t.go_to('yaml.load')
  local titles = t.menu('Use')
  check('the menu begins with the safe fix', #titles == 5 and vim.startswith(titles[1], 'Use `yaml.safe_load`'), titles)
  for number, words in ipairs({ 'accepted', 'false alarm', 'mitigated', 'deferred' }) do
    check('the menu offers to justify as ' .. words, (titles[number + 1] or ''):find(words, 1, true), titles)
  end
  becomes('the safe fix changes the call', function()
    return line_of('yaml.safe_load(stream)') == '    return yaml.safe_load(stream)'
  end)
  becomes('the fixed finding goes', function()
    return not diagnostic('yaml-unsafe-load')
  end)
  t.type('u')
  check('undo takes the fix back', line_of('yaml.load(stream)') ~= nil)
  becomes('undo brings the finding back', function()
    return diagnostic('yaml-unsafe-load', ERROR)
  end)
end)

part('justify', function()
  t.go_to('subprocess.run')
  t.menu('Justify subprocess-shell-true as accepted')
  becomes('the justification is inserted above the call, with a short TODO', function()
    return t.place('# justified[subprocess-shell-true] accepted: TODO') == 5 and t.place('#   -- E. Tester') == 6
  end)
  becomes('as long as its reason is to be written, the finding stays an error', function()
    return diagnostic('justification-placeholder') and diagnostic('subprocess-shell-true', ERROR)
  end)
  t.go_to('TODO')
  t.type('COnly operators type it, on their own machine.<Esc>')
  becomes('with a reason typed over the TODO, the finding becomes a hint', function()
    return diagnostic('subprocess-shell-true', HINT)
  end)
  local message = diagnostic('subprocess-shell-true').message
  check(
    'the hint names decision and person',
    vim.startswith(message, 'Justified (accepted by E. Tester until '),
    message
  )
  check('a justification that counts has no diagnostic of its own', #vim.diagnostic.get(0) == 2)
end)

part('stale', function()
  t.go_to('shell=True')
  t.type('ienv={}, <Esc>')
  becomes('an edit of the justified call makes the justification stale', function()
    return diagnostic('justification-stale') and diagnostic('subprocess-shell-true', ERROR)
  end)
  t.type('u')
  becomes('undoing the edit makes it count again', function()
    return not diagnostic('justification-stale') and diagnostic('subprocess-shell-true', HINT)
  end)
  t.type('<C-r>')
  becomes('redoing it makes it stale again', function()
    return diagnostic('justification-stale')
  end)
  t.go_to('subprocess.run')
  local titles = t.menu('Re-confirm')
  becomes('re-confirming makes it count for the code of now', function()
    return not diagnostic('justification-stale') and diagnostic('subprocess-shell-true', HINT)
  end)
  check('a stale justification can be re-confirmed or removed', #titles == 2, titles)
end)

part('code lens', function()
  t.show_lenses()
  check('a justification that counts has no lens', vim.deep_equal(t.lenses(), {}), t.lenses())
  t.go_to('env={}')
  t.type('cf}env=None<Esc>')
  local titles = { 'subprocess-shell-true: stale', 're-confirm', 'remove' }
  becomes('one that an edit made stale has a line that says so, and what can be done', function()
    return vim.deep_equal(t.lenses(), titles)
  end)
  t.go_to('# justified')
  local offered = t.choose('re-confirm', vim.lsp.codelens.run)
  check('it is run from the line of the justification', vim.startswith(offered[#offered], 'remove'), offered)
  becomes('re-confirming by the lens makes it count again', function()
    return not diagnostic('justification-stale') and diagnostic('subprocess-shell-true', HINT)
  end)
  becomes('and the line goes', function()
    return vim.deep_equal(t.lenses(), {})
  end)
end)

part('status', function()
  becomes('a status line can say how things stand', function()
    return require('whysafe').status() == 'whysafe 1 open, 1 justified'
  end)
end)

part('broken syntax', function()
  t.go_to('return text')
  t.type('Oif (:<Esc>')
  becomes('a broken line is said not to be analysed', function()
    local gap = diagnostic('not-analysed')
    return gap and gap.lnum <= t.place('if (:') and gap.end_lnum >= t.place('if (:')
  end)
  local finding = diagnostic('yaml-unsafe-load', ERROR)
  check('findings elsewhere stay, at their places', finding and columns_are_right(finding, 'yaml.load'))
  t.type('u')
  becomes('repaired text is analysed again', function()
    return not diagnostic('not-analysed') and diagnostic('subprocess-shell-true', HINT)
  end)
end)

part('undo of everything', function()
  vim.cmd('silent earlier 1f')
  becomes('undoing the justification makes the finding an error again', function()
    return not t.place('# justified') and diagnostic('subprocess-shell-true', ERROR)
  end)
end)

part('inspect', function()
  local path = t.write('site-packages/copied.py', { 'eval(text)' })
  local sample = vim.api.nvim_get_current_buf()
  vim.cmd.split(path)
  becomes('the server hears of a file that is not the user\'s own', function()
    return #vim.lsp.get_clients({ bufnr = 0, name = 'whysafe' }) == 1
  end)
  vim.lsp.buf_request_sync(0, 'textDocument/codeLens', { textDocument = vim.lsp.util.make_text_document_params() })
  check('it shows nothing there', #vim.diagnostic.get(0) == 0)
  vim.cmd('WhysafeInspect')
  becomes(':WhysafeInspect shows what it finds', function()
    return diagnostic('eval-use')
  end)
  vim.cmd.close()
  check('the other file is as it was', #vim.diagnostic.get(sample) == 2)
end)

part('settings', function()
  local sample = vim.api.nvim_get_current_buf()
  vim.cmd('silent write')
  vim.cmd.split(vim.fs.joinpath(t.folder, 'pyproject.toml'))
  vim.api.nvim_buf_set_lines(0, 0, -1, false, { '[tool.whysafe.ignore]', 'yaml-unsafe-load = "read by tests alone"' })
  vim.cmd('silent write')
  becomes('settings apply when pyproject.toml is written', function()
    local left = vim.diagnostic.get(sample)
    return #left == 1 and left[1].code == 'subprocess-shell-true'
  end)
  vim.api.nvim_buf_set_lines(0, 0, -1, false, { '[tool.whysafe]', 'program-typo = "cli"' })
  vim.cmd('silent write')
  becomes('a mistake in pyproject.toml is shown at its place', function()
    local item = vim.diagnostic.get(0)[1]
    return item and item.lnum == 1 and item.code == 'settings'
  end)
  vim.api.nvim_buf_set_lines(0, 0, -1, false, {})
  vim.cmd('silent write')
  becomes('without them, everything is as before', function()
    return #vim.diagnostic.get(0) == 0 and #vim.diagnostic.get(sample) == 2
  end)
  vim.cmd.close()
end)

part('crashes', function()
  local server, workers = t.processes()
  check('the server has one process for the analysis', #workers == 1, workers)
  vim.uv.kill(workers[1], 'sigkill')
  t.go_to('return text')
  t.type('Oeval(command)<Esc>')
  becomes('after the analysis was killed, new findings come', function()
    return #vim.diagnostic.get(0) == 3
  end)
  local same, others = t.processes()
  check('they come from a new process of the same server', same == server and others[1] ~= workers[1], others)
  vim.cmd('silent write')
  vim.uv.kill(server, 'sigkill')
  becomes('a killed server leaves no client behind', function()
    return #vim.lsp.get_clients({ name = 'whysafe' }) == 0
  end)
  vim.cmd('silent edit')
  becomes(':edit starts it again', function()
    return #vim.diagnostic.get(0) == 3 and t.processes() ~= server
  end)
end)

t.finish()
