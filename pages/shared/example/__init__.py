"""One example on a page: choosing it, scoring it, showing its reconstruction."""
