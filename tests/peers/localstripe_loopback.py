"""Runs localstripe on 127.0.0.1 only: its own start binds every interface and keeps a file in /tmp.

Usage: localstripe_loopback.py [PORT]. Port 0 takes a free one. The URL is printed when it listens.
"""

import asyncio
import sys

from aiohttp import web
from localstripe.resources import store
from localstripe.server import app

# Nothing is kept from one run to the next, and nothing is written outside the test's home.
store.dump_to_disk = lambda: None


async def serve(port):
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    except KeyboardInterrupt:
        pass
