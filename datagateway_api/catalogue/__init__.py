"""Mode ``datagateway_api``: every ICAT entity as REST."""
