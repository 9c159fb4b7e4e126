"""The rows of a long result, piece by piece, with a connection that is always given back."""

from collections.abc import Iterator, Sequence

from datagateway_api.sql.connections import Connections, Lease
from datagateway_api.sql.errors import translated
from datagateway_api.sql.streams import Parameters, Row, Stream


def row_pieces(
    connections: Connections, sql: str, parameters: Parameters, size: int
) -> Iterator[Sequence[Row]]:
    """Run a statement now, and return an iterator over its rows, by the ``size``.

    It must be read to its end or closed. A connection that was lost is replaced before.
    """

    def start(lease: Lease) -> Iterator[Sequence[Row]]:
        stream = lease.stream(sql, parameters, size)
        first = next(stream, ())
        lease.is_kept = True
        flow = _flow(lease, first, stream)
        next(flow)
        return flow

    return connections.run(start)


def _flow(lease: Lease, first: Sequence[Row], stream: Stream) -> Iterator[Sequence[Row]]:
    """Yield the pieces, after an empty one: a generator never started would free nothing."""
    is_over = False
    try:
        with translated():
            yield ()
            if first:
                yield first
            yield from stream
            is_over = True
    finally:
        stream.close()
        if is_over:
            lease.release()
        else:
            lease.discard()
