"""A receiver of webhooks and pings: receiver.py FOLDER [CERTIFICATE KEY]

FOLDER/port tells where it listens, FOLDER/requests.jsonl what it got. How it answers is the first part of the path.
"""
import http.server
import json
import os
import ssl
import sys
import threading

folder = sys.argv[1]
lock = threading.Lock()


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        with lock, open(folder + "/requests.jsonl", "a") as log:
            log.write(json.dumps({"path": self.path, "headers": headers, "body": body}) + "\n")
        way = self.path.split("/")[1]
        if way == "hang":
            threading.Event().wait()
        elif way == "loop":
            self.answer(307, self.path)
        elif way == "moved":
            self.answer(308, "/ok")
        elif way == "away":
            self.answer(307, f"http://localhost:{self.server.server_port}/ok/s3cret")
        elif way == "down":
            self.answer(500)
        elif way == "flaky":
            self.answer(200 if os.path.exists(folder + "/up") else 500)
        elif way == "gone":
            self.answer(404)
        elif way == "drop":
            self.close_connection = True
        else:
            self.answer(200)

    def answer(self, status, location=None):
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
with open(folder + "/port.partial", "w") as port:
    port.write(str(server.server_port))
os.rename(folder + "/port.partial", folder + "/port")
server.serve_forever()
