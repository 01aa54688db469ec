"""Live sound: what the last seconds are, said again and again."""

from genre_core.live.listener import WINDOWS as WINDOWS
from genre_core.live.listener import Listener as Listener
from genre_core.live.listener import Moment as Moment
from genre_core.live.samples import KEPT_SECONDS as KEPT_SECONDS
from genre_core.live.samples import RATES as RATES
