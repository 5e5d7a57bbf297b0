"""A mail server that wants a password: mailbox.py FOLDER USER PASSWORD

FOLDER/port tells where it listens; each message is a file FOLDER/message.N.
"""
import os
import socket
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

folder, user, password = sys.argv[1:]


class Mailbox:
    count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        with open(f"{folder}/message.partial", "wb") as message:
            message.write(("To " + " ".join(envelope.rcpt_tos) + "\r\n").encode() + envelope.content)
        os.rename(f"{folder}/message.partial", f"{folder}/message.{self.count}")
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    known = (data.login.decode(), data.password.decode()) == (user, password)
    # Not handled: the refusal is left to the server.
    return AuthResult(success=known, handled=known)


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
Controller(
    Mailbox(), hostname="127.0.0.1", port=port, authenticator=authenticate, auth_required=True, auth_require_tls=False
).start()
with open(folder + "/port.partial", "w") as file:
    file.write(str(port))
os.rename(folder + "/port.partial", folder + "/port")
threading.Event().wait()
