"""MD4, MD5 and SHA-1 in all their spellings."""
import functools
import hashlib
import hashlib as h
import hmac
from hashlib import md5
from hashlib import sha1 as digest

ALGORITHM = "md5"
PREFIX = "sha"
NO_SECURITY = {"usedforsecurity": False}


def weak(data, file):
    hashlib.md5(data)  # expect: weak-hash-stdlib
    hashlib.md5()  # expect: weak-hash-stdlib
    h.sha1(data)  # expect: weak-hash-stdlib
    md5(data)  # expect: weak-hash-stdlib
    digest(data)  # expect: weak-hash-stdlib
    hashlib.md5(data, usedforsecurity=True)  # expect: weak-hash-stdlib
    hashlib.new("md5", data)  # expect: weak-hash-stdlib
    hashlib.new("MD4", data)  # expect: weak-hash-stdlib
    hashlib.new("sha", data)  # expect: weak-hash-stdlib
    hashlib.new(name="SHA1", data=data)  # expect: weak-hash-stdlib
    hashlib.new(ALGORITHM)  # expect: weak-hash-stdlib
    hashlib.new(PREFIX + "1")  # expect: weak-hash-stdlib
    hashlib.new(f"{PREFIX}1")  # expect: weak-hash-stdlib
    hashlib.new(**{"name": "md5"})  # expect: weak-hash-stdlib
    getattr(hashlib, "md5")(data)  # expect: weak-hash-stdlib
    getattr(hashlib, ALGORITHM)(data)  # expect: weak-hash-stdlib
    hashlib.__dict__["sha1"](data)  # expect: weak-hash-stdlib
    hashlib.file_digest(file, "sha1")  # expect: weak-hash-stdlib
    hashlib.file_digest(file, hashlib.md5)  # expect: weak-hash-stdlib
    list(map(hashlib.md5, data))  # expect: weak-hash-stdlib
    start = functools.partial(hashlib.md5, data)  # expect: weak-hash-stdlib
    return start()


def inside(data):
    import hashlib as inner

    make = inner.md5
    return make(data)  # expect: weak-hash-stdlib


def by_default(data, algorithm="md5"):
    return hashlib.new(algorithm, data)  # expect: weak-hash-stdlib


HASHES = {"short": hashlib.sha1, "long": hashlib.sha256}


def tabled(data):
    HASHES["short"](data)  # expect: weak-hash-stdlib
    HASHES["long"](data)


def harmless(data, name, file, options, hasher):
    hashlib.md5(data, usedforsecurity=False)
    hashlib.md5(usedforsecurity=False)
    hashlib.new("md5", data, usedforsecurity=False)
    hashlib.md5(data, **{"usedforsecurity": False})
    hashlib.sha1(data, **NO_SECURITY)
    hashlib.sha256(data)
    hashlib.new("sha256", data)
    hashlib.new(name, data)
    hashlib.file_digest(file, "sha256")
    hmac.new(data, data, hashlib.sha512)
    hasher.md5(data)
    getattr(hashlib, name)(data)
    checksum = functools.partial(hashlib.md5, usedforsecurity=False)
    return checksum(data)


def shadowed(data):
    def md5(text):
        return text

    return md5(data)
