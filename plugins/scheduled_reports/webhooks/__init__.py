"""Reports as HTTP requests that others' programs take: what is sent, how it is signed, and what the answer means."""
