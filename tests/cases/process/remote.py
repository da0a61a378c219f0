"""Commands for other machines."""

import shlex

import asyncssh
import fabric
import paramiko
from fabric import Connection
from paramiko import SSHClient


def with_paramiko(host, cmd):
    client = paramiko.SSHClient()
    client.connect(host)
    client.exec_command(cmd)  # expect: paramiko-exec-command
    client.exec_command(command=f"ls {cmd}")  # expect: paramiko-exec-command
    client.exec_command("ls " + shlex.quote(cmd))  # expect: paramiko-exec-command
    client.exec_command("uptime")
    client.invoke_shell()  # expect: paramiko-exec-command
    channel = client.get_transport().open_session()
    channel.exec_command(cmd)  # expect: paramiko-exec-command
    with SSHClient() as other:
        other.exec_command(cmd)  # expect: paramiko-exec-command


class Machine:
    def __init__(self, host):
        self.client = paramiko.SSHClient()
        self.client.connect(host)

    def run(self, cmd):
        return self.client.exec_command(cmd)  # expect: paramiko-exec-command


def typed(client: paramiko.SSHClient, cmd):
    client.exec_command(cmd)  # expect: paramiko-exec-command


def by_name(client, cmd):
    client.exec_command(cmd)  # expect: paramiko-exec-command


async def with_asyncssh(host, cmd):
    async with asyncssh.connect(host) as connection:
        await connection.run(cmd)  # expect: paramiko-exec-command
        await connection.run("uptime")
    connection = await asyncssh.connect(host)
    await connection.create_process(cmd)  # expect: paramiko-exec-command


def with_fabric(host, cmd):
    Connection(host).run(cmd)  # expect: paramiko-exec-command
    fabric.Connection(host).sudo("rm " + cmd)  # expect: paramiko-exec-command
    fabric.SerialGroup(host).run(cmd)  # expect: paramiko-exec-command
    with Connection(host) as connection:
        connection.run(f"ls {cmd}")  # expect: paramiko-exec-command
        connection.run("ls")
        connection.get(cmd)


def quiet(panel, cmd):
    panel.run(cmd)
    panel.sudo(cmd)
