"""What comes with the product, and how it is made again: `python -m genre_core shipped`.

rows.py    the runs that ship: what each learns from, and how
build.py   train, calibrate, write the card
cards.py   a run's card
gtzan.py   the data sets that they learn from, out of a folder with GTZAN's tables and songs
sounds.py  sounds that are no music
music.py   the check for music, taught on both
"""
