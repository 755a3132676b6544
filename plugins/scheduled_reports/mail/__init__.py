"""E-mail: the messages, and the server that takes them.

| file          | what it does                                                                      |
| ------------- | --------------------------------------------------------------------------------- |
| `headers.py`  | headers that no text can break                                                    |
| `letter.py`   | a message with its headers: whom it names                                         |
| `content.py`  | what it carries: text, pictures, files; `links.py` says what it does not carry    |
| `wire.py`     | a message as it goes over the line                                                |
| `account.py`  | the way to a server: address, encryption, login, from an Airflow connection       |
| `server.py`   | one SMTP session for many messages                                                |
| `answers.py`  | what a server's refusals mean                                                     |
| `pace.py`     | how many messages a provider takes in which time                                  |
| `rehearsal.py`| a mail that is not sent, to see whether the server would take it                  |
| `outbox.py`   | the session of an e-mail destination                                              |
"""

from scheduled_reports.mail.headers import ascii_domain
from scheduled_reports.mail.letter import letter
from scheduled_reports.mail.rehearsal import rehearsed
from scheduled_reports.mail.server import MailServer, mail_server

__all__ = ["MailServer", "ascii_domain", "letter", "mail_server", "rehearsed"]
