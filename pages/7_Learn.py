"""Learn: how does it work?"""

from __future__ import annotations

import streamlit as st

from pages.lessons.frame import choose_language, choose_lesson, is_for_class, show, views
from pages.lessons.lesson import PAGE
from pages.lessons.table import LESSONS
from pages.ui.page import open_page

for_class = is_for_class()
beside = open_page(PAGE, bare=for_class)
stage = st.container()  # drawn last: which lesson is chosen below it, before a class
with st.container(horizontal=True, vertical_alignment="bottom") if for_class else beside:
    choose_language()
    lesson = choose_lesson(LESSONS)
    if for_class:
        views()
with stage:
    show(lesson, LESSONS)
if not for_class:
    views()
