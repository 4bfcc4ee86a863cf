"""Bringing people in from a file: read it, map its columns, run it in the background, report each row.

`intake` and below it `encodings`, `delimited`, `workbooks` read; `mapping`, `guess`, `presets` decide what a
column is; `columns` and `batches` turn rows into values; `statements` and `blocking` write them in sets;
`run` is the loop; `report` reads what came of it. `actions` is what screens call.
"""
