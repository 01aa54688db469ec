"""Seven lessons of ten minutes: how it works, by doing it.

Each lesson is a module with a `LESSON`: its steps in order, each drawn by one function. The words stand in
`pages/texts/lessons/<language>/<lesson>.md`, where a teacher can translate or change them, labels and words of pictures in
`phrases.md` beside it; the mathematics in `genre_core.teaching`, the pictures in `pages.figures`.
"""
