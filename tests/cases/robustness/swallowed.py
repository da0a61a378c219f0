"""Errors that are dropped."""

import contextlib
import logging

try:
    work()
except:  # expect: try-except-pass
    pass

try:
    work()
except Exception:  # expect: try-except-pass
    pass

try:
    work()
except BaseException as error:  # expect: try-except-pass
    ...

try:
    work()
except (ValueError, Exception):  # expect: try-except-pass
    pass

try:
    work()
except ValueError:  # expect: try-except-pass
    pass
except (KeyError, IndexError):  # expect: try-except-pass
    """Nothing to do."""
except OSError:
    logging.exception("work")

try: work()
except Exception: pass  # expect: try-except-pass

try:
    work()
except* ValueError:  # expect: try-except-pass
    pass

for item in items:
    try:
        work(item)
    except ValueError:
        continue

try:
    work()
except ValueError:
    raise
except KeyError as error:
    result = error
else:
    pass
finally:
    pass

with contextlib.suppress(FileNotFoundError):
    work()


class Empty(Exception):
    pass
