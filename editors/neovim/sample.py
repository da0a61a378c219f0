"""A tour of whysafe in Neovim; nothing here is ever run. Put the cursor on underlined code:

K    why it is weak                         :WhysafeExplain   the page of the rule
gra  fix it, or justify it and type the     :WhysafeCheck     everything that needs an answer
     reason in its place                    :checkhealth whysafe
]d   the next finding                       :help whysafe
"""

import hashlib
import subprocess

import yaml


def restore(stream):
    return yaml.load(stream)


def archive(folder):
    subprocess.run("tar czf backup.tgz " + folder, shell=True)


def etag(body):
    return hashlib.md5(body).hexdigest()
