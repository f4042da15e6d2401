from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What the environment says; the key of the carrier's API has no default."""

    model_config = SettingsConfigDict(env_prefix="PARCELS_")

    carrier_key: str
    history: int = 20


settings = Settings()
