"""All tests, and what they share: data, small models, a browser, visits without one."""
