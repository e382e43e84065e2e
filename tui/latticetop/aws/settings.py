"""Which account and Region to read, and with which credentials."""

from __future__ import annotations

from msgspec import Struct

ALL_REGIONS = "all"
"""In place of a Region's name: every Region of the account that has VPC Lattice."""
DEFAULT_REGION = "us-east-1"
"""The Region that ALL_REGIONS begins with, and in which a role is assumed, when no other is set."""


class Settings(Struct, frozen=True):
    """The AWS options of the command line. An empty one is taken from the environment or the AWS configuration files.

    `role_arn` is a role to assume with the profile's credentials, `role` its name for display. `sandbox` is for an
    endpoint that checks no signatures: it uses placeholder credentials and reads none of the user's configuration.
    """

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    sandbox: bool = False
    role_arn: str = ""
    role: str = ""
    external_id: str = ""

    @property
    def account_id(self) -> str:
        """The id of the role's account; empty without a role."""
        return account_of_role(self.role_arn)


def account_of_role(role_arn: str) -> str:
    """Return the account id in the ARN of a role; empty for anything else."""
    return role_arn.split(":")[4] if role_arn.count(":") >= 5 else ""
