"""Real HTTP servers on loopback, and an environment without proxies."""

import contextlib
import http.server
import threading
import urllib.request
from unittest import mock


@contextlib.contextmanager
def serving(answer):
    """A server that lets `answer` do the talking; yields its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def saying(status, body):
    """An answer that is always the same."""

    def answer(handler):
        handler.send_response(status)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@contextlib.contextmanager
def environment(**variables):
    """These environment variables only, and an opener that has not seen others."""
    with mock.patch.dict("os.environ", variables, clear=True), mock.patch.object(urllib.request, "_opener", None):
        yield
