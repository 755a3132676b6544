"""A call centre to try the reports on: its warehouse, a mail server and an SFTP server, all local."""
