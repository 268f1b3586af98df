"""A server on 127.0.0.1 that answers every request with the same payment intent, as fast as it can.

Prints its URL when it listens. For benches only: it reads no more of HTTP than it must.
"""

import asyncio

BODY = b'{"id":"pi_1","object":"payment_intent","amount":2000,"currency":"usd","livemode":false}'
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nRequest-Id: req_1\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


class FastAnswer(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.seen = b""

    def data_received(self, data):
        self.seen += data
        head, end, body = self.seen.partition(b"\r\n\r\n")
        if not end:
            return
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if len(body) >= length:
            self.transport.write(ANSWER)
            self.transport.close()


async def serve():
    server = await asyncio.get_running_loop().create_server(FastAnswer, "127.0.0.1", 0, backlog=512)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
