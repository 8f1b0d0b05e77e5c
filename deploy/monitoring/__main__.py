"""`python -m deploy.monitoring`: the pages anew, from the code and `alerts.yaml`."""

from deploy.monitoring.pages import DOCS, metrics_page, operations_page

for name, text in (("metrics.md", metrics_page()), ("operations.md", operations_page())):
    (DOCS / name).write_text(text, "utf-8")
