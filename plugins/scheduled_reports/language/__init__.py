"""The language and the locale of a report: its numbers, its dates and our own texts in it.

| file          | what it does                                                                     |
| ------------- | -------------------------------------------------------------------------------- |
| `language.py` | `Language`: what everything that readers see is written with                     |
| `codes.py`    | what a spec may write under `language` and `locale`                              |
| `value_format.py` | what it may write as a `format`                                              |
| `texts.py`    | our own texts, from gettext catalogues: `de.po`, and an operator's in include/   |
| `named.py`    | formats with a name (`currency EUR`, `medium`) as patterns of a locale           |
| `numbers.py`  | a number as text; `number_columns.py` writes a whole column                      |
| `moments.py`  | a date or time as text; `moment_columns.py` writes a whole column                |
| `columns.py`  | an Arrow column as readers see it                                                |
| `periods.py`  | a period in words                                                                |
| `excel.py`    | the same formats for Excel                                                       |
| `messages.py` | finds every text of ours in the code: `python -m scheduled_reports.language.messages` |
"""

from scheduled_reports.language.codes import LanguageCode, LocaleCode, require_one_language
from scheduled_reports.language.language import ENGLISH, Language, language_of
from scheduled_reports.language.value_format import ValueFormat

__all__ = [
    "ENGLISH", "Language", "LanguageCode", "LocaleCode", "ValueFormat", "language_of", "require_one_language",
]  # fmt: skip
