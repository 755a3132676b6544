"""What Excel workbooks are made of.

| file              | what it does                                                              |
| ----------------- | ------------------------------------------------------------------------- |
| `report_book.py`  | a report as a workbook: which sheets, in which order                      |
| `front.py`        | the first sheet; `canvas.py` is written on, `figures.py` writes key figures |
| `table_sheets.py` | plans the sheets of a table before its rows are there                     |
| `rows.py`         | its lines as XML; `columns.py` makes the cells of Arrow columns           |
| `totals.py`       | subtotals and totals as formulas                                          |
| `conditional.py`  | colours by rules, scales and bars                                         |
| `native_charts.py`| Excel's own charts, which read from the sheet of `chart_data.py`          |
| `styles.py`       | how cells look; `line_styles.py` knows those of tables                    |
| `page.py`         | how sheets print                                                          |
| `package.py`      | the file: openpyxl's frame with rows streamed in                          |
| `cells.py`        | what a cell can hold; `names.py` what a sheet may be called               |
| `marks.py`        | whether a workbook shows anything                                         |
"""
