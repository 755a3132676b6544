"""Pages: what `formats/pdf.py` is made of.

| file             | what it does                                                                              |
| ---------------- | ----------------------------------------------------------------------------------------- |
| `paper.py`       | sizes of paper, and the room that is left between the margins                             |
| `letters.py`     | how wide texts are in a brand's font                                                      |
| `placed.py`      | tables with their columns' widths: on upright pages, on turned ones, or in groups          |
| `sections.py`    | the blocks, divided into what stands upright, what is turned, and what the typesetter sets |
| `rows.py`        | the lines of a short table as the templates take them                                     |
| `style.py`       | the style sheet with its fonts, made once per brand, paper and language                   |
| `flows.py`       | the sections as parts for `typeset`                                                       |
| `about.py`       | metadata, and PDF/A together with PDF/UA                                                  |
| `data.py`        | the data of the tables, to be embedded                                                    |
| `templates/`     | HTML and CSS                                                                              |
"""
