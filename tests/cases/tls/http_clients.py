"""requests, httpx, urllib3 and aiohttp with the certificate check turned off."""
import functools
import ssl

import aiohttp
import httpx
import requests
import urllib3
from requests import Session, get

INSECURE = False
OPTIONS = {"verify": False, "timeout": 5}


def with_requests(url):
    requests.get(url, timeout=5, verify=False)  # expect: http-client-verify-disabled
    requests.request("GET", url, timeout=5, verify=False)  # expect: http-client-verify-disabled
    requests.post(url, timeout=5, verify=0)  # expect: http-client-verify-disabled
    requests.put(url, timeout=5, verify=INSECURE)  # expect: http-client-verify-disabled
    requests.delete(url, timeout=5, **{"verify": False})  # expect: http-client-verify-disabled
    requests.head(url, **OPTIONS)  # expect: http-client-verify-disabled
    get(url, timeout=5, verify=False)  # expect: http-client-verify-disabled
    requests.api.patch(url, timeout=5, verify=False)  # expect: http-client-verify-disabled
    getattr(requests, "options")(url, timeout=5, verify=False)  # expect: http-client-verify-disabled
    fetch = functools.partial(requests.get, timeout=5, verify=False)  # expect: http-client-verify-disabled
    return fetch(url)


def by_default(url, verify=False):
    return requests.get(url, timeout=5, verify=verify)  # expect: http-client-verify-disabled


def with_sessions(url, prepared):
    session = requests.Session()
    session.verify = False  # expect: http-client-verify-disabled
    session.get(url, timeout=5, verify=False)  # expect: http-client-verify-disabled
    session.send(prepared, timeout=5, verify=False)  # expect: http-client-verify-disabled
    requests.Session().post(url, timeout=5, verify=False)  # expect: http-client-verify-disabled
    with Session() as other:
        other.verify = None  # expect: http-client-verify-disabled
        other.request("GET", url, timeout=5, verify=False)  # expect: http-client-verify-disabled
    setattr(session, "verify", False)  # expect: http-client-verify-disabled


class Api(requests.Session):
    def __init__(self):
        super().__init__()
        self.verify = False  # expect: http-client-verify-disabled

    def ping(self, url):
        return self.get(url, timeout=5, verify=False)  # expect: http-client-verify-disabled


class Client:
    def __init__(self, verify):
        self.session = requests.Session()
        self.session.verify = False  # expect: http-client-verify-disabled
        self.verify = False

    def ping(self, url):
        return self.session.get(url, timeout=5, verify=False)  # expect: http-client-verify-disabled


def unknown_session(session, url):
    session.verify = False  # expect: http-client-verify-disabled
    return session.get(url, verify=False)  # expect: http-client-verify-disabled


async def with_httpx(url):
    httpx.get(url, verify=False)  # expect: http-client-verify-disabled
    httpx.request("GET", url, verify=False)  # expect: http-client-verify-disabled
    httpx.stream("GET", url, verify=False)  # expect: http-client-verify-disabled
    httpx.Client(verify=False)  # expect: http-client-verify-disabled
    httpx.HTTPTransport(False)  # expect: http-client-verify-disabled
    httpx.create_ssl_context(verify=False)  # expect: http-client-verify-disabled
    async with httpx.AsyncClient(verify=False) as client:  # expect: http-client-verify-disabled
        await client.get(url)


def with_urllib3(url):
    urllib3.PoolManager(cert_reqs="CERT_NONE")  # expect: http-client-verify-disabled
    urllib3.PoolManager(cert_reqs=ssl.CERT_NONE)  # expect: http-client-verify-disabled
    urllib3.ProxyManager(url, cert_reqs="NONE")  # expect: http-client-verify-disabled
    urllib3.HTTPSConnectionPool("localhost", cert_reqs=0)  # expect: http-client-verify-disabled
    urllib3.PoolManager(assert_hostname=False)  # expect: http-client-verify-disabled
    urllib3.PoolManager(**{"cert_reqs": "CERT_NONE"})  # expect: http-client-verify-disabled
    urllib3.connection_from_url(url, cert_reqs="CERT_NONE")  # expect: http-client-verify-disabled


async def with_aiohttp(url):
    aiohttp.TCPConnector(ssl=False)  # expect: http-client-verify-disabled
    aiohttp.TCPConnector(verify_ssl=False)  # expect: http-client-verify-disabled
    async with aiohttp.ClientSession() as session:
        await session.get(url, ssl=False)  # expect: http-client-verify-disabled
        await session.ws_connect(url, verify_ssl=False)  # expect: http-client-verify-disabled
    async with aiohttp.request("GET", url, ssl=False) as answer:  # expect: http-client-verify-disabled
        return answer


async def harmless(url, verify, cache, form, options):
    requests.get(url, timeout=5)
    requests.get(url, timeout=5, verify=True)
    requests.get(url, timeout=5, verify="ca.pem")
    requests.get(url, timeout=5, verify=None)
    requests.get(url, timeout=5, verify=verify)
    requests.get(url, timeout=5, **options)
    cache.get(url, verify=False)
    {}.get("verify", False)
    form.verify = False
    httpx.Client(verify=True)
    httpx.Client(verify=ssl.create_default_context())
    urllib3.PoolManager(cert_reqs="CERT_REQUIRED")
    urllib3.PoolManager(assert_hostname="other.example")
    async with aiohttp.ClientSession() as session:
        await session.get(url, ssl=True)
        await session.get(url, ssl=None)
    checked = requests.Session()
    checked.verify = "ca.pem"
    return checked
