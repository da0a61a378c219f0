"""TLS contexts: made without checks, or robbed of them."""
import ssl
import ssl as tls
from ssl import CERT_NONE, SSLContext, _create_unverified_context, create_default_context

import ldap3
import OpenSSL
from OpenSSL import SSL


def unverified(opener):
    ssl._create_unverified_context()  # expect: ssl-unverified-context
    ssl._create_stdlib_context()  # expect: ssl-unverified-context
    _create_unverified_context()  # expect: ssl-unverified-context
    tls._create_unverified_context(cafile="ca.pem")  # expect: ssl-unverified-context
    ssl._create_unverified_context(cert_reqs=ssl.CERT_REQUIRED)  # expect: ssl-unverified-context
    ssl._create_unverified_context(cert_reqs=ssl.CERT_REQUIRED, check_hostname=True)
    ssl._create_default_https_context = ssl._create_unverified_context  # expect: ssl-unverified-context
    ssl._create_default_https_context = _create_unverified_context  # expect: ssl-unverified-context
    setattr(ssl, "_create_default_https_context", ssl._create_unverified_context)  # expect: ssl-unverified-context
    opener(context_factory=ssl._create_unverified_context)  # expect: ssl-unverified-context
    ssl._https_verify_certificates(enable=False)  # expect: ssl-unverified-context
    ssl._https_verify_certificates(True)
    ssl._create_default_https_context = ssl.create_default_context


def weakened():
    context = ssl.create_default_context()
    context.check_hostname = False  # expect: ssl-verification-off
    context.verify_mode = ssl.CERT_NONE  # expect: ssl-verification-off
    other = create_default_context()
    other.check_hostname = 0  # expect: ssl-verification-off
    other.verify_mode = CERT_NONE  # expect: ssl-verification-off
    other.verify_mode = ssl.VerifyMode.CERT_NONE  # expect: ssl-verification-off
    other.verify_mode = 0  # expect: ssl-verification-off
    setattr(other, "check_hostname", False)  # expect: ssl-verification-off
    other.check_hostname, other.verify_mode = False, ssl.CERT_REQUIRED  # expect: ssl-verification-off
    client = SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False  # expect: ssl-verification-off


def unknown(context, settings, ssl_context):
    context.verify_mode = ssl.CERT_NONE  # expect: ssl-verification-off
    settings.backend.verify_mode = ssl.CERT_NONE  # expect: ssl-verification-off
    ssl_context.check_hostname = False  # expect: ssl-verification-off


class Transport:
    def __init__(self):
        self.context = ssl.create_default_context()
        self.context.check_hostname = False  # expect: ssl-verification-off
        self.check_hostname = False


class Server:
    def __init__(self):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    def relax(self):
        self.context.verify_mode = ssl.CERT_NONE


class OwnContext(ssl.SSLContext):
    def relax(self):
        self.check_hostname = False  # expect: ssl-verification-off


def bare():
    ssl.SSLContext()  # expect: ssl-verification-off
    ssl.SSLContext(ssl.PROTOCOL_TLS)  # expect: ssl-verification-off
    checked = ssl.SSLContext(ssl.PROTOCOL_TLS)
    checked.verify_mode = ssl.CERT_REQUIRED
    return checked


def arguments(sock, connect):
    ssl.wrap_socket(sock, cert_reqs=ssl.CERT_NONE)  # expect: ssl-verification-off
    ssl.wrap_socket(sock, None, None, False, ssl.CERT_NONE)  # expect: ssl-verification-off
    ssl.wrap_socket(sock, None, None, True, ssl.CERT_NONE)
    connect("localhost", ssl_cert_reqs=ssl.CERT_NONE)  # expect: ssl-verification-off
    connect("localhost", sslopt={"cert_reqs": ssl.CERT_NONE})  # expect: ssl-verification-off
    ldap3.Tls(validate=ssl.CERT_NONE)  # expect: ssl-verification-off
    ldap3.Tls(validate=ssl.CERT_REQUIRED)
    connect("localhost", level=ssl.CERT_NONE)


def pyopenssl(connection):
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_verify(SSL.VERIFY_NONE, print)  # expect: ssl-verification-off
    context.set_verify(OpenSSL.SSL.VERIFY_NONE)  # expect: ssl-verification-off
    context.set_verify(0)  # expect: ssl-verification-off
    connection.set_verify(SSL.VERIFY_NONE)  # expect: ssl-verification-off
    context.set_verify(SSL.VERIFY_PEER, print)
    connection.set_verify(0)


def harmless(context, test, mode):
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_mode = mode
    context.check_hostname = True
    test.assertEqual(context.verify_mode, ssl.CERT_NONE)
    if context.verify_mode == ssl.CERT_NONE:
        return {"none": ssl.CERT_NONE, "required": ssl.CERT_REQUIRED}
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.verify_mode = ssl.CERT_NONE
    clients = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    clients.verify_mode = ssl.CERT_NONE
    return ssl.create_default_context(cafile="ca.pem")
