"""Mock catalogues: fills an empty database with the rows of an invented facility.

A catalogue of Y years opens with the shape that DataGateway API 10 gave its mock data: ids from 1,
`INVESTIGATION 1`, 12Y-1 investigations, 24Y-1 datasets, (360Y-1) x scale datafiles and so on, as
`size.py` counts them. After these, with the ids that follow, come 10+2Y investigations of another
make (`variety.py`) with what real catalogues hold too: many users, instruments and keywords each,
missing dates and samples, odd characters, filled data collections, typed data publications. So
every table has rows, and the shape of a single row is told by its id.
"""

from util.icat_db_generator.load import generate

__all__ = ["generate"]
