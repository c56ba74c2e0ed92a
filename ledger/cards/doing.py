"""What every round of work in this room is given, for none of them opens a database or asks the
clock itself: web hands both in."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

Transactions = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
Clock = Callable[[], datetime]
