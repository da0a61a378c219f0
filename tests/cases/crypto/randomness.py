"""`random` where it matters and where it does not."""
import random
import random as rnd
import secrets
import string
from random import Random, SystemRandom, choice

import numpy as np


def information(items):
    random.random()  # expect: insecure-random
    random.randrange(10)  # expect: insecure-random
    random.randint(1, 6)  # expect: insecure-random
    random.choice(items)  # expect: insecure-random
    random.choices(items, k=2)  # expect: insecure-random
    random.sample(items, 2)  # expect: insecure-random
    random.uniform(0, 1)  # expect: insecure-random
    random.triangular()  # expect: insecure-random
    random.randbytes(8)  # expect: insecure-random
    random.getrandbits(8)  # expect: insecure-random
    random.shuffle(items)  # expect: insecure-random
    rnd.random()  # expect: insecure-random
    choice(items)  # expect: insecure-random
    getattr(random, "random")()  # expect: insecure-random
    simulation = Random(7)  # expect: insecure-random
    return simulation.random()


def new_password():
    letters = string.ascii_letters
    return "".join(random.choice(letters) for _ in range(12))  # expect: insecure-random


def secret_names(user):
    token = random.getrandbits(128)  # expect: insecure-random
    user.session_id = rnd.randint(0, 10**9)  # expect: insecure-random
    user["apiKey"] = "%x" % random.getrandbits(64)  # expect: insecure-random
    user.update(nonce=random.random())  # expect: insecure-random
    generator = Random()  # expect: insecure-random
    salt = generator.randbytes(8)  # expect: insecure-random
    csrf_token = np.random.bytes(16)  # expect: insecure-random
    rng = np.random.default_rng()
    otp = rng.integers(0, 999_999)  # expect: insecure-random
    return {"token": token, "salt": salt, "csrf": csrf_token, "otp": otp}


def harmless(items, values):
    secrets.choice(items)
    random.SystemRandom().choice(items)
    SystemRandom().random()
    system = random.SystemRandom()
    token = system.getrandbits(128)
    noise = np.random.uniform(size=3)
    np.random.default_rng(3).integers(0, 3)
    monkey = values.random()
    return token, noise, monkey


def shadowed(random):
    return random.random()
