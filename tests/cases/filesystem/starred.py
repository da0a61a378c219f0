"""Names that come with a star."""

from os import *
from tempfile import *

chmod("settings.ini", 0o777)  # expect: permissive-file-mode
mktemp()  # expect: tempfile-mktemp
