"""latticetop: which /28 blocks a subnet has left, and which endpoints failed for want of one."""

__version__ = "0.1.0"
