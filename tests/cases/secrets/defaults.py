"""Credentials that are the default of a parameter."""


def first(user, password="Admin"):  # expect: hardcoded-password-default
    return user, password


def keyword_only(user, *, secret_key="supersecret"):  # expect: hardcoded-password-default
    return user, secret_key


def positional_only(password="hunter2", /, user=None):  # expect: hardcoded-password-default
    return user, password


def annotated(
    user: str,
    password: str = "hunter2",  # expect: hardcoded-password-default
    token: bytes = b"abc123def456",  # expect: hardcoded-password-default
) -> None:
    print(user)


class Client:
    async def login(self, api_key="9f8a7b6c5d4e3f2a"):  # expect: hardcoded-password-default
        return api_key


login = lambda user, pwd="letmein": (user, pwd)  # expect: hardcoded-password-default


def quiet(password="", token=None, secret=DEFAULT, token_type="Bearer", password_field="hunter2", pad_token="<pad>"):
    return password, token, secret


def called(password=make("hunter2"), prompt="Password"):
    return password
