"""Learn: how does it work?"""

from __future__ import annotations

from pages.lessons.frame import choose_lesson, is_for_class, show, views
from pages.lessons.lesson import PAGE
from pages.lessons.table import LESSONS
from pages.ui.page import open_page

with open_page(PAGE, bare=is_for_class()):
    lesson = choose_lesson(LESSONS)
show(lesson)
views()
