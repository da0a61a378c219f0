"""Connections of multiprocessing and ZeroMQ, and sockets that only share their method's name."""
import multiprocessing as mp
import socket
from multiprocessing import Pipe, Process
from multiprocessing.connection import Client, Connection, Listener

import zmq


def clients(address):
    conn = Client(address)
    conn.recv()  # expect: multiprocessing-recv
    with Client(address) as other:
        other.recv()  # expect: multiprocessing-recv
    mp.connection.Client(address).recv()  # expect: multiprocessing-recv
    return conn.recv_bytes()


def servers(address):
    listener = Listener(address)
    accepted = listener.accept()
    accepted.recv()  # expect: multiprocessing-recv
    with Listener(address) as another, another.accept() as peer:
        peer.recv()  # expect: multiprocessing-recv


def pipes():
    ours, theirs = Pipe()
    ours.recv()  # expect: multiprocessing-recv
    left, right = mp.get_context("spawn").Pipe()
    left.recv()  # expect: multiprocessing-recv
    left.send(right.poll())


def typed(end: Connection):
    return end.recv()  # expect: multiprocessing-recv


def made(handle):
    connection = Connection(handle)  # expect: multiprocessing-recv
    return connection.recv()


def child(conn):
    return conn.recv()  # expect: multiprocessing-recv


class Worker:
    def __init__(self):
        self.parent_end, self.child_end = Pipe()
        self.process = Process(target=child, args=(self.child_end,))

    def answer(self):
        return self.parent_end.recv()  # expect: multiprocessing-recv


def queues():
    zmq.Context().socket(zmq.PULL).recv_pyobj()  # expect: multiprocessing-recv
    subscriber = zmq.Context.instance().socket(zmq.SUB)
    subscriber.recv_pyobj()  # expect: multiprocessing-recv
    subscriber.recv()
    return subscriber.recv_json()


def sockets(conn, address, websocket):
    conn.recv(1024)
    websocket.recv()
    with socket.create_connection(address, 5) as sock:
        sock.recv(10)
    connection = socket.socket()
    connection.recv(10)
    peer, _ = connection.accept()
    return peer.recv(10)
