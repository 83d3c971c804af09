"""Long work outside the request: in the server's own threads, or on Celery where BROKER_URL names a broker."""
