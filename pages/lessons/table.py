"""The lessons in their order. To add one: a module with a LESSON, its file of words, and a row here."""

from __future__ import annotations

from pages.lessons import backprop, descent, leak, neuron, overfitting, patterns, sound
from pages.lessons.lesson import Lesson

LESSONS: dict[str, Lesson] = {
    lesson.name: lesson
    for lesson in (sound.LESSON, neuron.LESSON, backprop.LESSON, descent.LESSON, overfitting.LESSON, leak.LESSON, patterns.LESSON)
}
