"""The body of a mail: HTML for mail programs, Outlook's Word engine and Gmail's limit among them.

| file          | what it does                                                          |
| ------------- | --------------------------------------------------------------------- |
| `page.py`     | fills the templates, with as many rows as fit below Gmail's limit     |
| `budget.py`   | shares the room among the tables                                      |
| `tables.py`   | a table: its first rows, its total, what is said of the others        |
| `rows.py`     | its rows as HTML, in few bytes                                        |
| `inks.py`     | colours on light and dark paper                                       |
| `inlined.py`  | prose with its styles in its tags                                     |
| `pictures.py` | charts, logo and images as PNG or JPEG                                |
| `prose.py`    | prose as plain text, for the mail's twin                              |
"""

from scheduled_reports.mail_body.page import mail_page, mail_size

__all__ = ["mail_page", "mail_size"]
