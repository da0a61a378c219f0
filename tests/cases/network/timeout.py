"""Requests that may wait for ever."""

import functools
import urllib.request
from urllib.request import urlopen

import aiohttp
import httpx
import requests
from requests import get as fetch

requests.get(url)  # expect: http-request-no-timeout
requests.post(url, json={})  # expect: http-request-no-timeout
requests.request("GET", url)  # expect: http-request-no-timeout
requests.get(url, timeout=None)  # expect: http-request-no-timeout
requests.get(url, timeout=(3.05, None))  # expect: http-request-no-timeout
requests.get(url, **{"params": {}})  # expect: http-request-no-timeout
fetch(url)  # expect: http-request-no-timeout
getattr(requests, "get")(url)  # expect: http-request-no-timeout
requests.Session().get(url)  # expect: http-request-no-timeout
requests.session().put(url, data)  # expect: http-request-no-timeout
session = requests.Session()
session.delete(url)  # expect: http-request-no-timeout
session.request("GET", url)  # expect: http-request-no-timeout
with requests.Session() as inner:
    inner.head(url)  # expect: http-request-no-timeout
urlopen("https://example.org/")  # expect: http-request-no-timeout
urllib.request.urlopen("https://example.org/", timeout=None)  # expect: http-request-no-timeout
httpx.get(url, timeout=None)  # expect: http-request-no-timeout
httpx.Client(timeout=None)  # expect: http-request-no-timeout
httpx.AsyncClient().post(url, timeout=None)  # expect: http-request-no-timeout
httpx.Timeout(None)  # expect: http-request-no-timeout
aiohttp.ClientTimeout(total=None)  # expect: http-request-no-timeout

requests.get(url, timeout=5)
requests.get(url, timeout=(3.05, 27))
requests.get(url, timeout=settings.timeout)
requests.get(url, **options)
requests.get(url, **{"timeout": 5})
session.get(url, timeout=5)
session.request("GET", url, None, None, None, None, None, None, 5)
session.mount("https://", adapter)
urlopen("https://example.org/", None, 5)
urlopen("https://example.org/", timeout=5)
httpx.get(url)
httpx.Client()
httpx.Timeout(None, connect=5.0)
httpx.Timeout(10)
aiohttp.ClientTimeout(total=60)
aiohttp.ClientTimeout(total=None, sock_read=30)
functools.partial(requests.get, timeout=5)
functools.partial(requests.get)

pending_requests = {}
pending_requests.get("first")
my_requests.get("first")
response.get("first")


class Api:
    def __init__(self):
        self.session = requests.Session()

    def load(self):
        return self.session.get(self.url)  # expect: http-request-no-timeout

    def get(self, url):
        return self.session.get(url, timeout=self.timeout)

    def call(self):
        return self.get("first")
