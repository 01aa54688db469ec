"""Many songs at a time: what a folder holds, what a run says of each, which sound alike, playlists.

playlists.py  M3U8 written and read
"""
