"""Widgets that draw many customers or one."""
