"""The interactive page: one file of HTML that lives without a network.

| file            | what it does                                                                          |
| --------------- | ------------------------------------------------------------------------------------- |
| `page.py`       | puts the page together: content, styles, scripts, and the policy that binds them      |
| `gathered.py`   | reads the lines of a table, up to as many rows as a page holds                        |
| `packed.py`     | writes a column as its different texts and a number for each row                      |
| `table_data.py` | writes a table, and the rows behind its rows, as what the page's script reads         |
| `still.py`      | the first lines of a table, for readers without JavaScript and for the first moment    |
| `charts.py`     | a chart as a picture, and as what Vega draws alive in light and in the dark           |
| `sparkline.py`  | the small line beside a key figure                                                    |
| `fonts.py`      | the brand's fonts, as much of them as the page needs                                  |
| `vega.py`       | Vega around our script for charts, kept on disk                                       |
| `words.py`      | our own texts for the script                                                          |
| `marks.py`      | whether a page shows anything beyond its frame                                        |
| `script/*.js`   | modules of JavaScript, one thing each; `page.py` joins them                           |

No grid library is in it. The ones we know weigh from 300 KB to 2 MB, want one object a row (100,000 rows x 8 cells take
more memory than a phone gives a page), know nothing of subtotals that stay below their group while it is sorted, and
print what happens to be on the screen. What a report needs of one is the few hundred lines in `script/`.
"""
