"""Laws are checked on a machine that may be busy: no deadline for an example."""

from hypothesis import settings

settings.register_profile("metering", deadline=None)
settings.load_profile("metering")
