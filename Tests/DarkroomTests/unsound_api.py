"""An image API that is not the local one: it fails, or charges other prices than the client expects.

    unsound_api.py KIND PORT-FILE LOG

Kinds: `broken` answers 500 to everything; `barred` 401 to everything; `blind` 500 to whatever is free, and pictures;
`dear` does not say which resolution it takes by default, and charges the dearest; `remapped` sends requests for one model
to another, at that one's price. LOG gets one JSON line for each request: time, path, status, usd.
"""

import base64
import http.server
import json
import pathlib
import struct
import sys
import threading
import time
import zlib

FREE = ("/models", "/image/styles", "/billing/balance", "/api_keys/rate_limits")


def model(name, **more):
    return {"id": name, "type": "image", "object": "model", "owned_by": "test", "created": 1,
            "model_spec": {"name": name, "traits": [], **more}}


TIERS = {tier: {"usd": usd} for tier, usd in (("1K", 0.1), ("2K", 0.2), ("4K", 0.4))}
MODELS = {
    "dear": [model("tiered", pricing={"resolutions": TIERS})],
    "remapped": [
        model("old", pricing={"generation": {"usd": 0.01}}, deprecation={
            "autoRemap": True, "replacementModelId": "new", "date": "2030-01-01T00:00:00.000Z"}),
        model("new", pricing={"generation": {"usd": 0.5}})],
}
CHARGES = {"dear": 0.4, "remapped": 0.5, "blind": 0.01}


def picture():
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes((x * 2, y * 2, x ^ y)[channel] for x in range(64) for channel in range(3))
                    for y in range(64))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def serve(kind, port_file, log):
    lock = threading.Lock()
    lines = open(log, "a", buffering=1)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status, body, usd=None, **headers):
            with lock:
                lines.write(json.dumps({"time": time.time(), "path": self.path, "status": status, "usd": usd}) + "\n")
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(data)

        def handle_request(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = self.path.removeprefix("/api/v1").split("?")[0]
            if kind == "broken" or kind == "blind" and path in FREE:
                return self.answer(500, {"error": "Inference processing failed"})
            if kind == "barred":
                return self.answer(401, {"error": "Authentication failed"})
            if path == "/models":
                wanted = self.path.partition("type=")[2]
                found = [entry for entry in MODELS[kind] if entry["type"] == wanted]
                return self.answer(200, {"object": "list", "data": found})
            if path == "/image/styles":
                return self.answer(200, {"object": "list", "data": []})
            name = {"remapped": "new", "dear": "tiered"}.get(kind, "venice-sd35")
            self.answer(200, {"id": "x", "images": [base64.b64encode(picture()).decode()]}, CHARGES[kind],
                        x_venice_model_id=name)

        do_GET = do_POST = handle_request

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pathlib.Path(port_file + ".part").write_text(str(server.server_address[1]))
    pathlib.Path(port_file + ".part").rename(port_file)
    server.serve_forever()


if __name__ == "__main__":
    serve(*sys.argv[1:])
