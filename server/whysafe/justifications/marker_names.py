"""The names by which other tools' comments call our rules; data, and loads no libcst.

Each maps to an alias that rules declare (Bandit's and Ruff's ids) or to one of our names, so that a rule that does not
exist here is simply not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BANDIT: Mapping[str, str] = {
    "assert_used": "B101",
    "exec_used": "B102",
    "set_bad_file_permissions": "B103",
    "hardcoded_bind_all_interfaces": "B104",
    "hardcoded_password_string": "B105",
    "hardcoded_password_funcarg": "B106",
    "hardcoded_password_default": "B107",
    "hardcoded_tmp_directory": "B108",
    "try_except_pass": "B110",
    "try_except_continue": "B112",
    "request_without_timeout": "B113",
    "flask_debug_true": "B201",
    "tarfile_unsafe_members": "B202",
    "pickle": "B301",
    "marshal": "B302",
    "md5": "B303",
    "mktemp_q": "B306",
    "eval": "B307",
    "mark_safe": "B308",
    "urllib_urlopen": "B310",
    "random": "B311",
    "unverified_context": "B323",
    "hashlib": "B324",
    "import_pickle": "B403",
    "import_subprocess": "B404",
    "request_with_no_cert_validation": "B501",
    "ssl_with_bad_version": "B502",
    "weak_cryptographic_key": "B505",
    "yaml_load": "B506",
    "ssh_no_host_key_verification": "B507",
    "paramiko_calls": "B601",
    "subprocess_popen_with_shell_equals_true": "B602",
    "subprocess_without_shell_equals_true": "B603",
    "any_other_function_with_shell_equals_true": "B604",
    "start_process_with_a_shell": "B605",
    "start_process_with_no_shell": "B606",
    "start_process_with_partial_path": "B607",
    "hardcoded_sql_expressions": "B608",
    "linux_commands_wildcard_injection": "B609",
    "jinja2_autoescape_false": "B701",
}
"""Bandit's test names, as its documentation lists them; `nosec` takes them in place of ids."""

RUFF: Mapping[str, str] = {
    "assert": "S101",
    "exec-builtin": "S102",
    "bad-file-permissions": "S103",
    "hardcoded-bind-all-interfaces": "S104",
    "hardcoded-password-string": "S105",
    "hardcoded-password-func-arg": "S106",
    "hardcoded-password-default": "S107",
    "hardcoded-temp-file": "S108",
    "try-except-pass": "S110",
    "try-except-continue": "S112",
    "request-without-timeout": "S113",
    "flask-debug-true": "S201",
    "tarfile-unsafe-members": "S202",
    "suspicious-pickle-usage": "S301",
    "suspicious-marshal-usage": "S302",
    "suspicious-mktemp-usage": "S306",
    "suspicious-eval-usage": "S307",
    "suspicious-url-open-usage": "S310",
    "suspicious-non-cryptographic-random-usage": "S311",
    "suspicious-unverified-context-usage": "S323",
    "hashlib-insecure-hash-function": "S324",
    "suspicious-pickle-import": "S403",
    "suspicious-subprocess-import": "S404",
    "request-with-no-cert-validation": "S501",
    "ssl-insecure-version": "S502",
    "weak-cryptographic-key": "S505",
    "unsafe-yaml-load": "S506",
    "ssh-no-host-key-verification": "S507",
    "paramiko-call": "S601",
    "subprocess-popen-with-shell-equals-true": "S602",
    "subprocess-without-shell-equals-true": "S603",
    "call-with-shell-equals-true": "S604",
    "start-process-with-a-shell": "S605",
    "start-process-with-no-shell": "S606",
    "start-process-with-partial-path": "S607",
    "hardcoded-sql-expression": "S608",
    "unix-command-wildcard-injection": "S609",
    "jinja2-autoescape-false": "S701",
}
"""Ruff's rule names, as `ruff rule --all` lists them; `ruff: ignore` takes them in place of ids."""

PYLINT: Mapping[str, str] = {
    "eval-used": "eval-use",
    "W0123": "eval-use",
    "exec-used": "exec-use",
    "W0122": "exec-use",
}
"""Pylint's two messages about security."""

SEMGREP: Mapping[str, str] = {
    "eval-detected": "eval-use",
    "exec-detected": "exec-use",
    "avoid-pickle": "pickle-load",
    "avoid-dill": "dill-load",
    "avoid-shelve": "shelve-open",
    "avoid-pyyaml-load": "yaml-unsafe-load",
    "insecure-hash-algorithm-md5": "weak-hash-stdlib",
    "insecure-hash-algorithm-sha1": "weak-hash-stdlib",
    "unverified-ssl-context": "ssl-unverified-context",
    "non-literal-import": "dynamic-import-module",
    "dangerous-system-call": "os-system-shell",
    "dangerous-subprocess-use": "subprocess-dynamic-args",
    "dangerous-subprocess-use-audit": "subprocess-dynamic-args",
}
"""The last part of ids in Semgrep's registry, where it is not our own name."""
