"""Many songs at a time: what a folder holds, what a run says of each, which sound alike, playlists.

files.py          which songs are meant
hearing.py        a run hears them over all cores; a bad file is an answer too
memory.py         what it said, noted as it comes
kept.py           collections on disk
table.py          verdicts by one threshold, filters
exporting.py      CSV, JSON, a playlist a genre
classify_work.py  the job
similar.py        what sounds alike
playlists.py      M3U8 written and read
"""
