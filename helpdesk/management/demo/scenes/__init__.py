"""Forty conversations in four languages."""

from helpdesk.management.demo.scenes import english, german, russian, ukrainian

ALL = (*ukrainian.SCENES, *russian.SCENES, *english.SCENES, *german.SCENES)
