"""Settings: flags over environment over TOML file over defaults."""
