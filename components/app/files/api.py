"""Notes over HTTP, kept in PostgreSQL: the application's API.

GET /        a page: which instance answered, how many notes there are, the latest
GET /health  200 while the database answers, else 503
GET /notes   the latest notes as JSON
POST /notes  {"text": "..."} writes one and returns it
Every answer names the instance in the header X-Instance.
"""
import html
import json
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2

LONGEST_BODY = 16 * 1024
LONGEST_TEXT = 1000
LATEST = 20
INSTANCE = socket.gethostname().split(".")[0]
COLUMNS = ("id", "text", "instance", "written")
SELECT = f"SELECT id, text, instance, written::text FROM notes ORDER BY id DESC LIMIT {LATEST}"
INSERT = "INSERT INTO notes (text, instance) VALUES (%s, %s) RETURNING id, text, instance, written::text"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font-family:sans-serif;max-width:44em;margin:2em auto;padding:0 1em}}li{{margin:.3em 0}}small{{color:#666}}</style>
</head><body><h1>{title}</h1>
<p>Answered by <b>{instance}</b>. The database holds <b>{count}</b> {noun}.</p>
<ul>{items}</ul></body></html>
"""


class Unavailable(Exception):
    """The database cannot be asked now."""


class Database:
    """One connection, opened when it is first needed and again after it was lost."""

    def __init__(self, settings):
        self._settings = settings
        self._lock = threading.Lock()
        self._connection = None

    def rows(self, sql, *values):
        # A connection that went stale is seen only when it is used; reading twice does no harm, writing twice would.
        attempts = 2 if sql.startswith("SELECT") else 1
        if not self._lock.acquire(timeout=5):
            raise Unavailable("the database is busy")
        try:
            for attempt in range(attempts):
                try:
                    return self._ask(sql, values)
                except psycopg2.Error as error:
                    self._drop()
                    if attempt + 1 == attempts:
                        raise Unavailable(type(error).__name__) from error
        finally:
            self._lock.release()

    def _ask(self, sql, values):
        if self._connection is None:
            self._connection = psycopg2.connect(
                connect_timeout=3, tcp_user_timeout=5000, options="-c statement_timeout=5000", **self._settings)
            self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def _drop(self):
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except psycopg2.Error:
                pass


def note(row):
    return dict(zip(COLUMNS, row))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    wbufsize = -1  # header and body in one packet: with two, the second waits for an acknowledgement

    def do_GET(self):
        routes = {"/": self.page, "/health": self.health, "/notes": self.list_notes}
        self.answer(routes.get(self.path.split("?")[0]))

    do_HEAD = do_GET

    def do_POST(self):
        self.answer({"/notes": self.write_note}.get(self.path.split("?")[0]))

    def answer(self, route):
        try:
            status, kind, body = route() if route else self.json(404, {"error": f"nothing is at {self.path}"})
        except Unavailable as error:
            status, kind, body = self.json(503, {"error": f"the database cannot be reached: {error}"})
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Instance", INSTANCE)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    @staticmethod
    def json(status, value):
        return status, "application/json", json.dumps(value) + "\n"

    def page(self):
        count = self.server.database.rows("SELECT count(*) FROM notes")[0][0]
        items = "".join(
            f"<li>{html.escape(n['text'])} <small>{n['id']}, {html.escape(n['instance'])}, {n['written']}</small></li>"
            for n in map(note, self.server.database.rows(SELECT)))
        return 200, "text/html", PAGE.format(
            title=html.escape(self.server.title), instance=INSTANCE, count=count,
            noun="note" if count == 1 else "notes", items=items)

    def health(self):
        self.server.database.rows("SELECT 1 FROM notes LIMIT 1")
        return self.json(200, {"instance": INSTANCE, "database": "ok"})

    def list_notes(self):
        return self.json(200, {"instance": INSTANCE, "notes": [note(row) for row in self.server.database.rows(SELECT)]})

    def write_note(self):
        given = self.headers.get("Content-Length", "")
        length = int(given) if given.isdecimal() and len(given) < 10 else 0
        if not 0 < length <= LONGEST_BODY:
            self.close_connection = True
            return self.json(413, {"error": f"the body must have 1 to {LONGEST_BODY} bytes"})
        try:
            text = json.loads(self.rfile.read(length))["text"]
        except (ValueError, KeyError, TypeError):
            text = None
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST_TEXT or "\0" in text:
            return self.json(400, {"error": f'the body must be {{"text": "..."}} with 1 to {LONGEST_TEXT} characters'})
        return self.json(201, note(self.server.database.rows(INSERT, text, INSTANCE)[0]))

    def log_message(self, format, *args):
        if getattr(self, "path", "") != "/health":
            sys.stderr.write(f"{self.address_string()} {format % args}\n")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        settings = json.load(file)
    server = Server(("", settings["port"]), Handler)
    server.title, server.database = settings["title"], Database(settings["database"])
    server.serve_forever()


if __name__ == "__main__":
    main()
