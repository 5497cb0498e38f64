"""How the HTTP server listens: plain for the AWS tools, with TLS for the emulated internet."""

from __future__ import annotations

import os
import socket
import ssl
import sys

from hypercorn.config import Config

from server.certificate_authority import CertificateAuthority


class ServerConfiguration(Config):  # type: ignore[misc] # It has no types.
    """Two loopback listeners; the one with TLS presents the emulated authority's certificates."""

    def __init__(self, authority: CertificateAuthority, plain: socket.socket, secure: socket.socket) -> None:
        super().__init__()
        self._authority = authority
        self.bind = [f"fd://{secure.fileno()}"]
        self.insecure_bind = [f"fd://{plain.fileno()}"]
        # Terraform's AWS SDK keeps idle connections for 90 seconds and takes as many requests
        # through one as it likes. A server that closes first now and then closes while a request is
        # under way; the SDK repeats it, and a repeated creation is a conflict.
        self.keep_alive_timeout = 600
        self.keep_alive_max_requests = sys.maxsize
        self.graceful_timeout = 2
        self.loglevel = os.environ["LOG_LEVEL"]

    @property
    def ssl_enabled(self) -> bool:
        """Whether `bind` is for TLS."""
        return True

    def create_ssl_context(self) -> ssl.SSLContext:
        """The context of the listener with TLS."""
        return self._authority.server_context()
