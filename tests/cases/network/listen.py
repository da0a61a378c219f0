"""Servers and what they listen on."""

import asyncio
import http.server
import socket
import socketserver
import xmlrpc.server

import flask
import grpc
import uvicorn
from aiohttp import web

HOST = "0.0.0.0"
ADDRESS = ("", 8080)
LOCAL = "127.0.0.1"

server = socket.socket()
server.bind(("0.0.0.0", 8080))  # expect: bind-all-interfaces
server.bind(("", 8080))  # expect: bind-all-interfaces
server.bind(("::", 8080, 0, 0))  # expect: bind-all-interfaces
server.bind((HOST, 8080))  # expect: bind-all-interfaces
server.bind(ADDRESS)  # expect: bind-all-interfaces
server.bind(("127.0.0.1", 8080))
server.bind((LOCAL, 8080))
server.bind((socket.gethostname(), 8080))
server.bind("/run/service.sock")
server.connect(("0.0.0.0", 8080))
socket.create_server(("", 80))  # expect: bind-all-interfaces

socketserver.TCPServer(("0.0.0.0", 80), Handler)  # expect: bind-all-interfaces
socketserver.ThreadingUDPServer(("", 80), Handler)  # expect: bind-all-interfaces
http.server.HTTPServer(("", 80), Handler)  # expect: bind-all-interfaces
http.server.HTTPServer(server_address=("0.0.0.0", 80), RequestHandlerClass=Handler)  # expect: bind-all-interfaces
xmlrpc.server.SimpleXMLRPCServer(("0.0.0.0", 80))  # expect: bind-all-interfaces


class Threaded(socketserver.ThreadingMixIn, http.server.HTTPServer):
    pass


Threaded(("0.0.0.0", 80), Handler)  # expect: bind-all-interfaces
http.server.HTTPServer(("localhost", 80), Handler)

app = flask.Flask(__name__)
app.run("0.0.0.0")  # expect: bind-all-interfaces
app.run(host="0.0.0.0", port=80)  # expect: bind-all-interfaces
app.run(host=HOST)  # expect: bind-all-interfaces
app.run(**{"host": "0.0.0.0"})  # expect: bind-all-interfaces
app.run(host="localhost")
app.run(host="")
uvicorn.run(app, host="0.0.0.0")  # expect: bind-all-interfaces
uvicorn.run(app, host="::")  # expect: bind-all-interfaces
uvicorn.run(app)
web.run_app(app, host="0.0.0.0")  # expect: bind-all-interfaces
grpc.server(pool).add_insecure_port("[::]:50051")  # expect: bind-all-interfaces


async def main(loop, host="0.0.0.0"):
    await asyncio.start_server(handle, "0.0.0.0", 80)  # expect: bind-all-interfaces
    await asyncio.start_server(handle, host="127.0.0.1", port=80)
    await asyncio.get_running_loop().create_server(Protocol, "0.0.0.0", 80)  # expect: bind-all-interfaces
    await loop.create_server(Protocol, host="0.0.0.0", port=80)  # expect: bind-all-interfaces
    uvicorn.run(app, host=host)  # expect: bind-all-interfaces


def unknown(s, made, demo):
    s.bind(("0.0.0.0", 80))  # expect: bind-all-interfaces
    s.bind("tcp://*:5555")  # expect: bind-all-interfaces
    made.run(host="0.0.0.0")  # expect: bind-all-interfaces
    demo.launch(server_name="0.0.0.0")  # expect: bind-all-interfaces
    s.bind("<Button-1>", unknown)
    s.bind("tcp://127.0.0.1:5555")
    made.run(host=settings.HOST)
    made.run()


if address == "0.0.0.0" or address in ("::", "0.0.0.0"):
    pass
settings = {"host": "0.0.0.0", "version": "0.0.0.0"}
parser.add_argument("--host", default="0.0.0.0")
