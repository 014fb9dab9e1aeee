"""Drives a server with kazoo, the Python client, and tells for each check whether the server behaved.

  checks.py HOST:PORT    one JSON line a check on stdout: {"name": ..., "ok": ..., "error": ...}
  checks.py --list       the names

The same script runs against Apache ZooKeeper, which shows that the script is right.
"""
import json
import sys
import traceback

# The folder stays as it is.
sys.dont_write_bytecode = True

# Each of these registers its checks when it is imported, in this order.
import nodes  # noqa: F401
import watches  # noqa: F401
import transactions  # noqa: F401
import recipes  # noqa: F401
import access  # noqa: F401
import sessions  # noqa: F401
import operations  # noqa: F401
from harness import CHECKS, Context


def main():
    if sys.argv[1] == '--list':
        for function in CHECKS:
            print(function.__name__)
        return
    for function in CHECKS:
        error, context = None, None
        try:
            context = Context(sys.argv[1])
            function(context)
        except Exception:
            error = traceback.format_exc()
        try:
            if context is not None:
                context.close()
        except Exception:
            error = error or traceback.format_exc()
        print(json.dumps({'name': function.__name__, 'ok': error is None, 'error': error}), flush=True)
        if context is None:
            return


main()
