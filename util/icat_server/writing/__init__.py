"""Creating, updating and deleting, with ICAT's checks, cascades and messages."""
