import structlog
from litestar import Litestar, MediaType, get
from litestar.exceptions import NotFoundException

from rates.table import RATES, convert

log = structlog.get_logger()


@get("/health", media_type=MediaType.TEXT)
async def health() -> str:
    return "ok"


@get("/convert/{source:str}/{target:str}")
async def rate(source: str, target: str, amount: float = 1.0) -> dict[str, float]:
    if not {source, target} <= RATES.keys():
        raise NotFoundException(f"only {', '.join(sorted(RATES))}")
    log.info("converted", source=source, target=target)
    return {"amount": convert(amount, source, target)}


async def say_goodbye() -> None:
    log.info("closed")


app = Litestar(route_handlers=[health, rate], on_shutdown=[say_goodbye])
