"""Process rules: the text that a fix leaves, the severity of each kind of command, and what counts as a word."""

import ast
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whysafe.analysis.finding import Confidence, Severity
from whysafe.analysis.program import Program
from whysafe.rules import CATALOGUE
from whysafe.rules.process_arguments import as_list, words_without_shell

SUBPROCESS = "import subprocess\nsubprocess.run({})\n"
OS = "import os\n{}\n"


def findings(text, rule):
    return [finding for finding in Program(text, CATALOGUE).findings() if finding.rule == rule]


def fixed(text, rule):
    """The text after the only fix of the only finding, and whether the fix is safe."""
    [finding] = findings(text, rule)
    [fix] = finding.fixes
    program = Program(text, CATALOGUE)
    for edit in sorted(fix.edits, key=lambda edit: edit.span, reverse=True):
        program.edit(edit)
    return program.text, fix.safe


@pytest.mark.parametrize(
    ("before", "after", "safe"),
    [
        ('"/bin/ls -l", shell=True', '["/bin/ls", "-l"]', True),
        ('"ls -l", shell=True', '["ls", "-l"]', False),
        ('shell=True, args="/bin/ls -l", check=True', 'args=["/bin/ls", "-l"], check=True', True),
        ("\"/bin/echo 'a b'\", shell=True", '["/bin/echo", "a b"]', True),
        ("'/bin/echo \"a b\"', shell=1", '["/bin/echo", "a b"]', True),
        ('["/bin/ls", "-l"], shell=True', '["/bin/ls", "-l"]', True),
        ('["npm", "install"], shell=True', '["npm", "install"]', False),
        (
            '"/bin/ls", -1, None, None, None, None, None, True, True',
            '["/bin/ls"], -1, None, None, None, None, None, True, False',
            True,
        ),
    ],
)
def test_a_constant_command_loses_its_shell(before, after, safe):
    found = fixed(SUBPROCESS.format(before), "subprocess-shell-true-constant")
    assert found == (SUBPROCESS.format(after), safe)


@pytest.mark.parametrize(
    "arguments",
    [
        '"/bin/ls | wc", shell=True',
        '"/bin/ls *.py", shell=True',
        '"cd /srv", shell=True',
        '"HOME=/srv /bin/ls", shell=True',
        '"/bin/echo $HOME", shell=True',
        '"/bin/echo \'a", shell=True',
        '"/bin/ls\\n/bin/pwd", shell=True',
        '"/bin/ls", shell=True, executable="/bin/bash"',
        '"/bin/ls", **{"shell": True}',
        '"/bin/ls", shell=__import__("os").name == "nt"',
        'f"/bin/ls", shell=True',
        '["/bin/ls -l"], shell=True',
        '["cd", "/srv"], shell=True',
    ],
)
def test_no_fix_where_the_shell_may_matter(arguments):
    [finding] = findings(SUBPROCESS.format(arguments), "subprocess-shell-true-constant")
    assert finding.fixes == ()


def test_a_list_with_a_value_loses_its_shell():
    before = SUBPROCESS.format('["/bin/ls", name], shell=True')
    assert fixed(before, "subprocess-shell-true") == (SUBPROCESS.format('["/bin/ls", name]'), True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('os.system("/bin/sync")', 'subprocess.run(["/bin/sync"], check=False)'),
        ('os.system("touch a b")', 'subprocess.run(["touch", "a", "b"], check=False)'),
    ],
)
def test_os_system_becomes_subprocess_run(before, after):
    text, safe = fixed(OS.format(before), "os-system-shell")
    assert text == "import subprocess\n" + OS.format(after)
    assert not safe


@pytest.mark.parametrize("line", ['status = os.system("/bin/sync")', 'os.system("ls | wc")', 'os.popen("/bin/ls")'])
def test_os_system_stays_where_more_hangs_on_it(line):
    [finding] = findings(OS.format(line), "os-system-shell")
    assert finding.fixes == ()


def test_no_fix_writes_a_name_that_means_something_else():
    text = 'import os\n\n\ndef run(subprocess):\n    os.system("/bin/sync")\n'
    [finding] = findings(text, "os-system-shell")
    assert finding.fixes == ()


@pytest.mark.parametrize(
    ("line", "after", "safe"),
    [
        ('os.system("/bin/chown www *")', 'os.system("/bin/chown www ./*")', True),
        ('os.system("/bin/tar cf x.tar *.py")', 'os.system("/bin/tar cf x.tar ./*.py")', False),
    ],
)
def test_a_wildcard_is_anchored(line, after, safe):
    assert fixed(OS.format(line), "shell-wildcard-injection") == (OS.format(after), safe)


@pytest.mark.parametrize(
    ("command", "severity"),
    [
        ("name", Severity.ERROR),
        ('"ls " + name', Severity.ERROR),
        ('f"ls {name!r}"', Severity.ERROR),
        ('"ls " + shlex.quote(name) + name', Severity.ERROR),
        ('" ".join(names)', Severity.ERROR),
        ('f"ls {shlex.quote(name)}"', Severity.WARNING),
        ('"ls %s" % shlex.quote(name)', Severity.WARNING),
        ('"ls {}".format(shlex.quote(name))', Severity.WARNING),
        ('"ls " + shlex.join(names)', Severity.WARNING),
        ('"ls " + " ".join(shlex.quote(each) for each in names)', Severity.WARNING),
        ('"ls " + " ".join(map(shlex.quote, names))', Severity.WARNING),
        ('f"head -n {len(names)}"', Severity.WARNING),
        ('f"head -n {name:d}"', Severity.WARNING),
        ('"head -n %d" % name', Severity.WARNING),
        ('"head -n %d %s" % (1, name)', Severity.ERROR),
        ('"ls"', Severity.INFORMATION),
        ('"ls" if name else "pwd"', Severity.INFORMATION),
    ],
)
def test_severity_follows_what_is_in_the_command(command, severity):
    text = f"import os\nimport shlex\n\n\ndef run(name, names):\n    os.system({command})\n"
    [finding] = findings(text, "os-system-shell")
    assert (finding.severity, finding.confidence) == (severity, Confidence.HIGH)


@pytest.mark.parametrize(
    ("call", "severity"),
    [
        ('os.execv("/bin/ls", ["ls", "-l"])', Severity.HINT),
        ('os.execv("/bin/ls", ["ls", name])', Severity.INFORMATION),
        ("os.execv(sys.executable, [sys.executable, *sys.argv])", Severity.INFORMATION),
        ("os.execv(name, [name])", Severity.WARNING),
        ('os.execl("/bin/sh", "sh", "-c", name)', Severity.WARNING),
    ],
)
def test_exec_severity(call, severity):
    [finding] = findings(f"import os\nimport sys\n\n\ndef run(name):\n    {call}\n", "os-exec-spawn")
    assert finding.severity is severity


def test_a_command_that_is_put_together_elsewhere_is_shown_there():
    text = 'import os\n\n\ndef run(name):\n    line = "ls " + name\n    os.system(line)\n'
    [finding] = findings(text, "os-system-shell")
    assert [(step.span.start.line, step.message) for step in finding.steps] == [
        (4, "The command is put together here.")
    ]


@given(st.text(alphabet=st.sampled_from("ab/-=.:,@+ '\"$*;\\\n~é"), max_size=30))
def test_words_are_those_of_the_shell(text):
    words = words_without_shell(text)
    assert words is None or (list(words) == shlex.split(text) == ast.literal_eval(as_list(words)))
