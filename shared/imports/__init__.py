"""Files of an operator: checked as a whole, then applied a thousand rows at a time."""
