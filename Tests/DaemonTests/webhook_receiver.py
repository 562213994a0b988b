"""A receiver of webhooks for the tests: python3 webhook_receiver.py RECORD SECRET

Prints its port, then writes one JSON line a request to RECORD. What it answers is in the path: /500,200/anything
answers 500 to the first request of that path, 200 to all others. Words: a status; `hang` answers nothing; `301` names
/trap; `later` is 503 with Retry-After: 1; `long` is 500 with an endless body. It checks signatures as Standard Webhooks
1.0.0 describes it, with code of its own.
"""

import base64, collections, hashlib, hmac, http.server, json, sys, threading, time

record, secret = sys.argv[1], base64.b64decode(sys.argv[2].removeprefix("whsec_"))
counts, lock = collections.Counter(), threading.Lock()


def is_signed(headers, body):
    signatures = headers.get("webhook-signature")
    if signatures is None:
        return None
    if abs(time.time() - int(headers["webhook-timestamp"])) > 300:
        return False
    content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    expected = base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()
    return any(hmac.compare_digest(word, "v1," + expected) for word in signatures.split(" "))


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        with lock:
            plan = self.path.split("/")[1].split(",")
            word = plan[min(counts[self.path], len(plan) - 1)]
            counts[self.path] += 1
            line = {
                "at": time.time(), "path": self.path, "answer": word, "signed": is_signed(self.headers, body), "body": body.decode(),
                "headers": [[name.lower(), value] for name, value in self.headers.items()],
            }
            with open(record, "a") as file:
                file.write(json.dumps(line) + "\n")
        if word == "hang":
            self.rfile.read(1)
            return
        self.send_response({"later": 503, "long": 500, "trap": 200}.get(word) or int(word))
        if word == "301":
            self.send_header("Location", "/trap")
        if word == "later":
            self.send_header("Retry-After", "1")
        self.end_headers()
        try:
            self.wfile.write(b"because\x1b[31m\nof it")
            while word == "long":
                self.wfile.write(b"x" * 65536)
        except OSError:
            pass

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_address[1], flush=True)
server.serve_forever()
