"""Where to read, and as whom."""

from __future__ import annotations

from msgspec import Struct


class Settings(Struct, frozen=True):
    """What the flags say; what is empty comes from the environment and the AWS configuration files.

    `role_arn` is a role to assume with the profile's credentials, `role` its name. `sandbox` is for an endpoint that
    checks no signature: made-up credentials, and none of the person's own configuration is read.
    """

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    sandbox: bool = False
    role_arn: str = ""
    role: str = ""
    external_id: str = ""


class PageSizes(Struct, frozen=True):
    """How many records to ask for at a time; the defaults are the most that EC2 gives."""

    usual: int = 1000
    associations: int = 100
