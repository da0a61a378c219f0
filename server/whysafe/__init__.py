"""whysafe asks of every security weakness in a Python file: fixed, or why is it safe?"""

__version__ = "0.1.0"
